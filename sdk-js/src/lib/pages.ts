import type { PageView } from '../types.js';
import { guard } from './guard.js';
import { hooks } from './hooks.js';
import { track } from './track.js';
import { flushHealthy } from './transport.js';

/** How long the first page view waits for a title that a script sets. */
const TITLE_MS_MAX = 100;
/** The collector keeps no more of an address. */
const URL_CHARS_MAX = 4096;

// What the browser shows, which may differ from the page in view.
let path: string;
let left: boolean;

const shownPath = (): string => hooks._shown().split(/[?#]/)[0];

// Until the rest knows better, the time that the page has been there, told once.
hooks._measure = () => [left ? 0 : performance.now() | 0];
hooks._look = () => {
  if (path != shownPath()) view();
};

// A page view may be left several times, as its tab is put away and taken up again. Each leave tells
// what came since the one before: engaged times add up, and of the depths the greatest counts.
const leave = (): void => {
  const [engaged_ms, scroll_pct] = hooks._measure();
  if (!left || engaged_ms) track({ kind: 'page_leave', engaged_ms, scroll_pct }, true);
  left = true;
};

/** Leaves the page in view, if any, and records the view of the next; answers it as it is queued. */
export const view = (next?: PageView): string => {
  const viewed = new URL(next?.url || hooks._shown(), location.href).href.slice(0, URL_CHARS_MAX);
  if (hooks._url) leave();
  const referrer = hooks._url || document.referrer;
  hooks._url = viewed;
  path = shownPath();
  left = false;
  return track({ kind: 'page_view', referrer, title: document.title, ...next, url: viewed }, false);
};

/** Notices when the page comes and when it goes away. */
export const watchPages = (): void => {
  // On the window and not captured: the last in line, after all who report while the page hides.
  addEventListener(
    'visibilitychange',
    guard(() => {
      if (!document.hidden) return;
      leave();
      flushHealthy();
    }),
  );
  setTimeout(guard(hooks._look), TITLE_MS_MAX);
};
