import type { JourneySession } from '../../api/types';
import { sessionKey } from '../../steps/fold';

export interface Merged {
  readonly items: readonly JourneySession[];
  /** True when sessions may lie between what was loaded and what was polled: load anew. */
  readonly apart: boolean;
}

/**
 * Puts a freshly polled first page (newest first) over what is loaded. What has not changed keeps
 * its identity, and a poll without news returns `loaded` itself, so nothing is drawn again.
 */
export function mergeJourney(loaded: readonly JourneySession[], polled: readonly JourneySession[], polledMore: boolean): Merged {
  const oldest = polled.at(-1);
  if (!oldest) return { items: loaded, apart: false };
  const known = new Map(loaded.map((session) => [sessionKey(session), session]));
  const fresh = polled.map((session) => {
    const before = known.get(sessionKey(session));
    return before && JSON.stringify(before) === JSON.stringify(session) ? before : session;
  });
  const polledKeys = new Set(polled.map(sessionKey));
  const oldestStart = Date.parse(oldest.started_at);
  const older = loaded.filter(
    (session) => !polledKeys.has(sessionKey(session)) && Date.parse(session.started_at) < oldestStart,
  );
  const items = [...fresh, ...older];
  const unchanged = items.length === loaded.length && items.every((session, index) => session === loaded[index]);
  const apart = polledMore && loaded.length > 0 && !polled.some((session) => known.has(sessionKey(session)));
  return { items: unchanged ? loaded : items, apart };
}
