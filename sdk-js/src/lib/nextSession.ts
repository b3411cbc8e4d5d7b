import { uuidv7 } from './uuidv7.js';

/** A session ends after this long without activity. */
export const SESSION_IDLE_MS_MAX = 30 * 60 * 1000;

/**
 * The session that an event of now belongs to. `stored` and the answer are
 * `"{id} {time of the last activity, epoch milliseconds}"`.
 *
 * A passive event (leaving a page, a vital) tells of what was before: it stays in its session even
 * when that has run out, and does not revive it. So closing a tab that was forgotten for hours does
 * not start a session of its own.
 */
export const nextSession = (stored: string | undefined, passive?: boolean): string => {
  const now = Date.now();
  const [id, at] = (stored || '').split(' ');
  const alive = now - +at < SESSION_IDLE_MS_MAX;
  return stored && passive && !alive ? stored : `${alive ? id : uuidv7()} ${now}`;
};
