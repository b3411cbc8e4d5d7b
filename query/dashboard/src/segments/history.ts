import { hour_ms } from '../format/duration';
import { localDate } from '../format/time';

/** The part of a history in which the segment was there: before that nobody was counted, which is another thing than nobody. */
export function sinceMade<T extends { readonly at: string }>(items: readonly T[], made: string, timeZone: string): readonly T[] {
  const made_ms = Date.parse(made);
  const day = localDate(made_ms, timeZone);
  return items.filter(({ at }) => (at.length > 10 ? Date.parse(at) + hour_ms > made_ms : at >= day));
}
