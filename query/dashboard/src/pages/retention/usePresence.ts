import { isChosen, matcherOf, parseEvent, type ChosenEvent } from '../../events/event';
import { conditionOf } from '../../state/condition';
import { useSite } from '../../state/site';
import { useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';

/** Who is there, as the address of the page asks for lives and habits alike. */
export function usePresence() {
  const { timezone } = useSite();
  const { period: { compare }, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [members] = useChoice('members');
  const [text] = useTexts();
  const said = text('event');
  const event: ChosenEvent | undefined = said === null ? undefined : parseEvent(said);
  const condition = conditionOf(filters);
  return {
    event,
    members,
    from,
    to,
    isReady: event === undefined || isChosen(event),
    isFiltered: filters.length > 0,
    /** Of `POST /lifecycle` and `POST /stickiness`, without the interval. */
    request: { from, to, unit: members, ...(event && { event: matcherOf(event) }), ...(condition && { condition }) },
    compared: compare ? { compare: 'previous' } : {},
  };
}

export type Presence = ReturnType<typeof usePresence>;
