import type { Cohort, RetentionRequest } from '../../api/types';
import { parseEvent } from '../../events/event';
import { formatBucket } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { conditionOf } from '../../state/condition';
import { useFormat, useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { formatCell, isReady, parseCell, requestOf, type Cell, type RetentionChoices } from './question';

export interface RetentionState {
  readonly choices: RetentionChoices;
  readonly request: RetentionRequest;
  readonly isReady: boolean;
  readonly cell: Cell | undefined;
  /** The value of the dimension whose rows are shown; undefined shows those of all. */
  readonly group: string | undefined;
  readonly showGroup: (value: string | undefined) => void;
  /** Shows the people behind a number; undefined closes them. */
  readonly show: (cell: Cell | undefined) => void;
}

/** What the address of the page asks. */
export function useRetention(): RetentionState {
  const { timezone } = useSite();
  const { period, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [stretch] = useChoice('stretch');
  const [mode] = useChoice('mode');
  const [members] = useChoice('members');
  const [breakdown] = useChoice('breakdown');
  const [text] = useTexts();
  const { behind, value, show } = useBehind();
  const event = (name: 'first' | 'again') => {
    const said = text(name);
    return said === null ? undefined : parseEvent(said);
  };
  const choices = {
    first: event('first'),
    again: event('again'),
    stretch,
    mode,
    members,
    from,
    to,
    breakdown,
    compare: period.compare,
    condition: conditionOf(filters),
  };
  return {
    choices,
    request: requestOf(choices),
    isReady: isReady(choices),
    cell: parseCell(behind),
    group: value ?? undefined,
    showGroup: (next) => show({ behind: null, value: next ?? null }),
    show: (cell) => show({ behind: cell ? formatCell(cell) : null }),
  };
}

/** Names a row: `week of 16 Nov`. */
export function useCohortName(stretch: RetentionChoices['stretch']): (cohort: Cohort['cohort']) => string {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  return (cohort) => t(`retention.cohort.${stretch}`, { day: formatBucket(cohort, stretch, locale, timeZone) });
}
