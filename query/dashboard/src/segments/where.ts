import type { Condition, EventMatcher } from '../api/types';
import { isChosen, matcherOf, unchosen, type ChosenEvent } from '../events/event';
import { eventOf } from './event-of';
import { comparisonOfRow, isRow, type IsRow } from './is-row';

/** What somebody did: an event, and what must hold for the same one. */
export interface Done {
  readonly event: ChosenEvent;
  readonly where: readonly IsRow[];
}

/** The field `where` of these; none of them is none. */
export function conditionOfWhere(where: readonly IsRow[]): { where?: Condition } {
  return joined(where.map(comparisonOfRow));
}

/** The rows of a `where` that they would write as it stands. */
export function whereOf(where: Condition | undefined): readonly IsRow[] | undefined {
  if (where === undefined) return [];
  const rows = ('all' in where ? where.all : [where]).map(isRow);
  const found = rows.filter((row) => row !== undefined);
  return found.length === rows.length && isSame(conditionOfWhere(found).where, where) ? found : undefined;
}

export function matcherOfDid({ event, where }: Done): EventMatcher {
  const { where: own, ...fields } = isChosen(event) ? matcherOf(event) : {};
  return { ...fields, ...joined([...(own === undefined ? [] : [own]), ...where.map(comparisonOfRow)]) };
}

/** The event of a matcher and what must hold for it, where both together would write the same; undefined for all others. */
export function didOf(matcher: EventMatcher): Done | undefined {
  const alone = eventOf(matcher);
  if (alone) return { event: alone, where: [] };
  const { where, ...fields } = matcher;
  const members = where === undefined ? [] : 'all' in where ? where.all : [where];
  // What the event itself says comes first, where it is more than a field.
  for (const own of [0, 1]) {
    const event = eventOf({ ...fields, ...joined(members.slice(0, own)) }) ?? (Object.keys(fields).length === 0 && own === 0 ? unchosen : undefined);
    const rows = members.slice(own).map(isRow).filter((row) => row !== undefined);
    const done = event && rows.length === members.length - own ? { event, where: rows } : undefined;
    if (done && isSame(matcherOfDid(done), matcher)) return done;
  }
  return undefined;
}

function joined(members: readonly Condition[]): { where?: Condition } {
  const [only] = members;
  if (!only) return {};
  return { where: members.length === 1 ? only : { all: [...members] } };
}

/** Whether two say the same in the same way, whatever the order of their fields. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

function sorted(_: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value;
}
