import type { Alert, AlertLook, Watched } from '../../api/types';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { useNumberName, useNumberText } from '../../reports/useNumberName';

/** The time that a look was about: `19 Nov`, `19 Nov, 10:00–11:00`. */
export function useSpan(): (from: string, to: string, every: Watched['every']) => string {
  const { locale } = useI18n();
  const { timeZone } = useFormat();
  return (from, to, every) => {
    const text = (instant: Date, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(instant);
    const [begin, end] = [new Date(from), new Date(to)];
    const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
    const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
    if (every === 'hour') return `${text(begin, { ...day, ...clock })}–${text(end, clock)}`;
    const [first, last] = [text(begin, day), text(new Date(end.getTime() - 1), day)];
    return first === last ? first : `${first} – ${last}`;
  };
}

/** What an alert watches for, as a sentence. */
export function useRuleSentence(): (watched: Watched) => string {
  const { t, locale } = useI18n();
  const nameOf = useNumberName();
  const text = useNumberText();
  return ({ number, rule, every, window }) => {
    const name = nameOf(number);
    const when = t(`alerts.when.${every}`, { count: window ?? 1 });
    if ('above' in rule) return t('alerts.rule.above', { name, value: text(number, rule.above), when });
    if ('below' in rule) return t('alerts.rule.below', { name, value: text(number, rule.below), when });
    const { direction = 'both', deviations = 3.5 } = rule.unusual;
    return t(`alerts.rule.unusual.${direction}`, { name, when: t(`alerts.usual.${every}`), deviations: formatNumber(deviations, locale, 2) });
  };
}

type Found = Pick<AlertLook, 'value' | 'usual' | 'from' | 'to' | 'reason'>;

/** What a look found, and why that is an alarm or none. */
export function useFoundSentence(): (watched: Watched, found: Found) => string {
  const { t } = useI18n();
  const text = useNumberText();
  const span = useSpan();
  return ({ number, rule, every }, { value, usual, from, to, reason }) => {
    const when = span(from, to, every);
    const write = (one: number | null | undefined) => text(number, one);
    const told = t('alerts.found', { value: write(value), when });
    const range = usual == null ? '' : t('alerts.usual', { median: write(usual.median), low: write(usual.low), high: write(usual.high), weeks: String(usual.weeks) });
    switch (reason) {
      case 'above':
        return `${told} ${t('alerts.reason.above', { value: write('above' in rule ? rule.above : null) })}`;
      case 'below':
        return `${told} ${t('alerts.reason.below', { value: write('below' in rule ? rule.below : null) })}`;
      case 'no_number':
        return t('alerts.reason.no_number', { when });
      case 'not_enough_weeks':
        return `${told} ${t('alerts.reason.not_enough_weeks')}`;
      case 'failed':
        return t('alerts.reason.failed', { when });
      case 'cooling_down':
        return `${told} ${t('alerts.reason.cooling_down')}`;
      case 'unusually_high':
      case 'unusually_low':
        return `${told} ${t(`alerts.reason.${reason}`)} ${range}`;
      default:
        return `${told} ${t('alerts.reason.fine')} ${range}`.trim();
    }
  };
}

/** Whether an alert wants somebody to look. */
export const isOpen = ({ state, acknowledged }: Alert): boolean => state === 'firing' && acknowledged == null;
