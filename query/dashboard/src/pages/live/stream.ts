import type { LiveActivity } from '../../api/types';

/** Rows kept on the page; the oldest leave. */
export const activities_max = 80;

/** Puts new activity on top, once each, and bounds the list. */
export function addActivities(list: readonly LiveActivity[], added: readonly LiveActivity[]): readonly LiveActivity[] {
  if (added.length === 0) return list;
  const seen = new Set(list.map((one) => one.event_id));
  const fresh = added.filter((one) => !seen.has(one.event_id) && seen.add(one.event_id));
  return [...fresh.reverse(), ...list].slice(0, activities_max);
}

/** Wait before the next connection: doubles from half a second to fifteen. */
export function reconnectDelay_ms(attempt: number): number {
  return Math.min(15_000, 500 * 2 ** Math.min(attempt, 5));
}
