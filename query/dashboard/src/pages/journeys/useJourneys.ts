import type { JourneyMap, JourneysRequest } from '../../api/types';
import { parseConversion } from '../../events/conversion';
import { conditionOf } from '../../state/condition';
import { useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { formatBehind, isReady, isSameBehind, parseBehind, requestOf, type Behind, type JourneyChoices } from './question';

export interface JourneysState {
  readonly choices: JourneyChoices;
  readonly request: JourneysRequest;
  readonly isReady: boolean;
  readonly behind: Behind | undefined;
  readonly isShown: (behind: Behind) => boolean;
  /** Shows the people behind a number, and closes them where they are shown. */
  readonly toggle: (behind: Behind) => void;
  readonly close: () => void;
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly data: JourneyMap;
  readonly stale: boolean;
  readonly journeys: JourneysState;
}

/** What the address of the page asks. */
export function useJourneys(): JourneysState {
  const { timezone } = useSite();
  const { period, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [unit] = useChoice('unit');
  const [node] = useChoice('node');
  const [staged] = useChoice('staged');
  const [support] = useChoice('support');
  const [breakdown] = useChoice('breakdown');
  const [text] = useTexts();
  const { behind: behindText, show } = useBehind();
  const conversion = parseConversion(text('conversion'));
  const choices = { unit, node, staged, conversion, support, breakdown, compare: period.compare, from, to, condition: conditionOf(filters) };
  const behind = parseBehind(behindText);
  const isShown = (one: Behind) => isSameBehind(behind, one);
  return {
    choices,
    request: requestOf(choices),
    isReady: isReady(choices),
    behind,
    isShown,
    toggle: (one) => show(isShown(one) ? undefined : { behind: formatBehind(one) }),
    close: () => show(undefined),
  };
}
