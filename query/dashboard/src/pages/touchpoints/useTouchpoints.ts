import type { TouchpointCell, Touchpoints, TouchpointsRequest } from '../../api/types';
import { parseConversion } from '../../events/conversion';
import { conditionOf } from '../../state/condition';
import { useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { formatBehind, formatPlace, isReady, parseBehind, parsePlace, requestOf, type Behind, type Place, type TouchpointChoices } from './question';

export interface TouchpointsState {
  readonly choices: TouchpointChoices;
  readonly request: TouchpointsRequest;
  readonly isReady: boolean;
  /** The place that is looked at. */
  readonly place: Place | undefined;
  /** The number of it behind which the people are listed. */
  readonly behind: Behind | undefined;
  readonly look: (place: Place | undefined) => void;
  readonly show: (place: Place, behind: Behind | undefined) => void;
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly data: Touchpoints;
  readonly stale: boolean;
  readonly touchpoints: TouchpointsState;
}

/** What the address of the page asks. */
export function useTouchpoints(): TouchpointsState {
  const { timezone } = useSite();
  const { period, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [members] = useChoice('members');
  const [lostAfter] = useChoice('lost_after');
  const [support] = useChoice('support');
  const [shade] = useChoice('shade');
  const [breakdown] = useChoice('breakdown');
  const [text] = useTexts();
  const { behind, value, show } = useBehind();
  const conversion = parseConversion(text('conversion'));
  const choices = { members, conversion, lostAfter, support, shade, breakdown, compare: period.compare, from, to, condition: conditionOf(filters) };
  return {
    choices,
    request: requestOf(choices),
    isReady: isReady(choices),
    place: parsePlace(text('cell')),
    behind: parseBehind(behind, value),
    look: (place) => show({ cell: place ? formatPlace(place) : null, behind: null, value: null }),
    show: (place, one) => show({ cell: formatPlace(place), behind: one ? formatBehind(one) : null, value: one?.group ?? null }),
  };
}

/** Where a place stands in an answer. */
export function cellAt({ cells, touchpoints }: Pick<Touchpoints, 'cells' | 'touchpoints'>, { touchpoint, stage }: Place): TouchpointCell | undefined {
  return stage === undefined
    ? touchpoints.find((one) => one.touchpoint === touchpoint)
    : cells.find((one) => one.touchpoint === touchpoint && one.stage === stage);
}
