import { useEventName } from '../../events/useEventName';
import { inWords } from '../../format/duration';
import { formatMoney, formatRate, missing } from '../../format/number';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Explain } from '../../ui/Explain';
import { completionOf, figuresOf, largestDrop } from './figures';
import type { PartProps } from './useFunnel';

const units = { m: 'minute', h: 'hour', d: 'day' } as const;

/** What the funnel says, in sentences. */
export function Findings({ data, steps, stale, funnel }: PartProps) {
  const { t, locale } = useI18n();
  const eventName = useEventName();
  const { unit, window } = funnel.choices;
  const who = (count: number) => t(`counted.${unit}`, { count });
  const rate = (share: number | null) => (share === null ? missing : formatRate(share, locale));
  const whole = completionOf(data.steps);
  const drop = largestDrop(figuresOf(data.steps, undefined));
  const nameOf = (number: number) => {
    const step = steps[number - 1];
    return step ? eventName(step.event) : '';
  };
  return (
    <Card className="findings" stale={stale}>
      <p className="finding" data-testid="funnel-finding">
        {t('funnels.finding', {
          who: who(whole.began),
          count: whole.ended,
          share: rate(whole.share),
          window: inWords(window.count, units[window.unit], locale),
        })}
        <Explain text={t('funnels.def.conversion')} name={t('funnels.conversion')} />
      </p>
      <p data-testid="funnel-drop">
        {drop
          ? t('funnels.drop', {
              from: drop.number,
              fromName: nameOf(drop.number),
              to: drop.number + 1,
              toName: nameOf(drop.number + 1),
              count: drop.dropped,
              who: who(drop.people),
              share: rate(drop.droppedShare),
            })
          : t('funnels.noDrop')}
      </p>
      {Number(data.revenue.amount) !== 0 && (
        <p>
          {t('funnels.brought', { amount: formatMoney(data.revenue, locale) })}
          <Explain text={t('funnels.def.revenue')} name={t('metric.revenue')} />
        </p>
      )}
      {data.previous && <Before data={data} previous={data.previous} who={who} rate={rate} />}
    </Card>
  );
}

interface BeforeProps {
  data: PartProps['data'];
  previous: NonNullable<PartProps['data']['previous']>;
  who: (count: number) => string;
  rate: (share: number | null) => string;
}

function Before({ data, previous, who, rate }: BeforeProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const [now, before] = [completionOf(data.steps).share, completionOf(previous.steps)];
  const from = formatShort(previous.from, locale, timeZone);
  const to = formatShort(previous.to, locale, timeZone);
  if (before.share === null) return <p className="quiet" data-testid="funnel-before">{t('funnels.before.none', { from, to })}</p>;
  return (
    <p data-testid="funnel-before">
      {now !== null && <Change change={{ unit: 'points', size: now - before.share }} />}{' '}
      <span className="quiet">{t('funnels.before', { from, to, count: before.ended, who: who(before.began), share: rate(before.share) })}</span>
      <Explain of="change" name={t('period.compare.short')} />
    </p>
  );
}
