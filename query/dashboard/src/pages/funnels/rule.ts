import type { Condition } from '../../api/types';
import { matcherOf } from '../../events/event';
import { hour_ms } from '../../format/duration';
import { daysBetween } from '../../format/time';
import { sequence_max } from '../../segments/rule';
import { requestOf, type Behind, type FunnelChoices } from './question';

/** How far back a segment can look. */
const days_max = 396;

/** A segment's rule for those behind a number of the funnel; undefined where none says just that. */
export function ruleOfFunnel(choices: FunnelChoices, { step, outcome, value }: Behind, today: string): { condition: Condition; days: number } | undefined {
  const { unit, order, exclude, from, to, condition: filters } = choices;
  const days = daysBetween(from, to);
  // A segment looks back from now, and knows neither another order nor what must not lie in between.
  const isLike = unit === 'people' && order === 'ordered' && !exclude && value === undefined && to === today && days <= days_max;
  const hours = (requestOf(choices).window_ms ?? 0) / hour_ms;
  const asked = outcome === 'dropped' ? step + 1 : step;
  if (!isLike || !Number.isInteger(hours) || hours < 1 || asked > sequence_max) return undefined;
  const events = choices.steps.map(({ event }) => matcherOf(event));
  const reached = (count: number): Condition =>
    count === 1 && events[0] ? { did: { event: events[0] } } : { sequence: { events: events.slice(0, count), ...spanOf(hours) } };
  const members: Condition[] = [
    ...membersOf(filters),
    reached(step),
    ...(outcome === 'dropped' ? [{ not: reached(step + 1) }] : []),
  ];
  return { condition: { all: members }, days };
}

function spanOf(hours: number): { within_days: number } | { within_hours: number } {
  return hours % 24 === 0 ? { within_days: hours / 24 } : { within_hours: hours };
}

function membersOf(condition: Condition | undefined): readonly Condition[] {
  if (!condition) return [];
  return 'all' in condition ? condition.all : [condition];
}
