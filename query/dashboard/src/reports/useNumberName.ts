import { useCallback } from 'react';
import { formatNumber } from '../format/number';
import { useI18n } from '../i18n/context';
import { useValueName } from '../ui/useValueName';

/** Parts of a path that say nothing to people. */
const silent = ['totals', 'rows', 'metrics', 'items', 'links', 'cohorts', 'groups'];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // What somebody wrote by hand need not be encoded.
    return text;
  }
}

/** Names a number of a report: `/steps/1/people` is `Step 2 · people`. */
export function useNumberName(): (path: string) => string {
  const { t, named } = useI18n();
  const valueName = useValueName();
  return useCallback(
    (path: string) => {
      const parts = path.split('/').slice(1);
      const names = parts.map((part, index) => {
        if (silent.includes(part)) return '';
        if (part.includes('=')) {
          return part.split('&').map((pair) => {
            const [field = '', value = ''] = pair.split('=').map(decoded);
            return valueName(field.replace(/^dimensions\./, ''), value);
          }).join(' · ');
        }
        if (/^-?\d+$/.test(part)) {
          const place = Number(part);
          const list = parts[index - 1] ?? '';
          if (place < 0) return place === -1 ? t('numbers.last') : t('numbers.fromLast', { count: -place - 1 });
          return list === 'steps' ? t('numbers.step', { number: String(place + 1) }) : t('numbers.place', { number: String(place + 1) });
        }
        if (part === 'steps') return '';
        return named('metric', part) ?? named('numbers', part) ?? decoded(part).replaceAll('_', ' ');
      });
      const said = names.filter((name) => name !== '');
      return said.length > 0 ? said.join(' · ') : path;
    },
    [t, named, valueName],
  );
}

/** Writes a number of a report: what its name says is a share as per cent. */
export function useNumberText(): (path: string, value: number | null | undefined) => string {
  const { locale } = useI18n();
  return useCallback(
    (path: string, value: number | null | undefined) => {
      if (value == null) return '–';
      const name = path.split('/').findLast((part) => !/^-?\d+$/.test(part)) ?? '';
      if (/rate|share|conversion$/.test(name) && Math.abs(value) <= 1) {
        return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value);
      }
      return formatNumber(value, locale, 2);
    },
    [locale],
  );
}
