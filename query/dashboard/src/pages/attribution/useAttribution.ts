import { useCallback } from 'react';
import type { Attribution, AttributionRequest } from '../../api/types';
import { parseConversion } from '../../events/conversion';
import { formatMoney, formatNumber, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { conditionOf } from '../../state/condition';
import { useFormat, useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { useValueName } from '../../ui/useValueName';
import type { Credit, Figures, Measure } from './figures';
import { isReady, parseBehind, parseDays, requestOf, type AttributionChoices, type Behind } from './question';

export interface AttributionState {
  readonly choices: AttributionChoices;
  readonly request: AttributionRequest;
  readonly isReady: boolean;
  readonly behind: Behind | undefined;
  /** Shows the people behind a number; undefined closes them. */
  readonly show: (behind: Behind | undefined) => void;
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly data: Attribution;
  /** Its touchpoints, those with most by the chosen model first. */
  readonly rows: readonly Figures[];
  /** Those of the period before by their names, where it is compared. */
  readonly before: ReadonlyMap<string, Figures> | undefined;
  readonly stale: boolean;
  readonly attribution: AttributionState;
}

/** What the address of the page asks. */
export function useAttribution(): AttributionState {
  const { timezone } = useSite();
  const { period, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [touch] = useChoice('touch');
  const [model] = useChoice('model');
  const [members] = useChoice('members');
  const [credit] = useChoice('credit');
  const [chain] = useChoice('chain');
  const [breakdown] = useChoice('breakdown');
  const [text] = useTexts();
  const { behind, value, show } = useBehind();
  const conversion = parseConversion(text('conversion'));
  const days = parseDays(text('window'));
  const choices = { touch, conversion, days, model, members, credit, chain, breakdown, compare: period.compare, from, to, condition: conditionOf(filters) };
  return {
    choices,
    request: requestOf(choices),
    isReady: isReady(choices),
    behind: parseBehind(behind, value),
    show: (next) => show(next && { behind: next.outcome, value: next.touchpoint ?? null }),
  };
}

/** Writes what a touchpoint has by a model: `21.5`, `€12.50`. */
export function useCreditText(measure: Measure): (credit: Credit | undefined) => string {
  const { locale, currency } = useFormat();
  return useCallback(
    (credit: Credit | undefined) => {
      if (credit === undefined) return missing;
      if (measure === 'revenue') return formatMoney({ amount: credit.revenue, currency }, locale);
      // A little is not nothing.
      const isLittle = credit.conversions > 0 && credit.conversions < 0.05;
      return isLittle ? `<${formatNumber(0.1, locale, 1)}` : formatNumber(credit.conversions, locale, 1);
    },
    [measure, locale, currency],
  );
}

/** Names a row: `google`, `Direct`, `4 others`. */
export function useRowName(dimension: string): (row: Figures) => string {
  const { t } = useI18n();
  const valueName = useValueName();
  return useCallback(
    ({ kind, value, count }: Figures) => {
      if (kind === 'touchpoint') return valueName(dimension, value);
      return kind === 'others' ? t('attribution.others', { count }) : t('attribution.total');
    },
    [dimension, t, valueName],
  );
}
