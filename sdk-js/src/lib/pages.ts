import type { PageView } from '../types.js';
import { guard } from './guard.js';
import { listen } from './listen.js';
import { timestamp } from './timestamp.js';
import { track } from './track.js';
import { flush, flushHealthy } from './transport.js';

/** How long a page view waits for its title, which a single-page app sets after the address. */
const TITLE_MS_MAX = 100;
/** A pause between two signs of life counts as engaged up to this long: reading needs no hands. */
const PAUSE_MS_MAX = 30_000;

/** The page in view, as events name it. */
export let url = '';
// What the browser shows, which may differ.
let address = '';
let left: boolean;
let untitled: Record<string, unknown> | undefined;

let engagedMs = 0;
let lastMs = 0;
let engaged: boolean;
// The part of the page that was seen, from its top; over 1 when a page is pulled past its end.
let seen = 0;

/** Records the page view that still waits for its title. */
export const settleTitle = (): void => {
  const event = untitled;
  untitled = undefined;
  if (event) track({ title: document.title, ...event });
};

// Counts the time up to now, and looks whether the page has the visitor's attention from here on.
const tick = (): void => {
  const now = performance.now();
  if (engaged) engagedMs += Math.min(now - lastMs, PAUSE_MS_MAX);
  lastMs = now;
  engaged = !document.hidden && document.hasFocus();
};

const measureScroll = (): void => {
  seen = Math.max(seen, (scrollY + innerHeight) / document.documentElement.scrollHeight);
};

// A page view may be left several times, as its tab is put away and taken up again. Each leave tells
// what came since the one before: engaged times add up, and of the depths the greatest counts.
const leave = (): void => {
  tick();
  measureScroll();
  const engaged_ms = Math.round(engagedMs);
  const scroll_pct = Math.round(Math.min(seen, 1) * 100);
  engagedMs = seen = 0;
  if (!left || engaged_ms) track({ kind: 'page_leave', engaged_ms, scroll_pct }, true);
  left = true;
};

/** Leaves the page in view, if any, and records the view of the next. */
export const view = (next: PageView = {}): void => {
  const shown = location.href;
  const viewed = new URL(next.url || shown, shown).href;
  if (url) leave();
  untitled = { kind: 'page_view', ts: timestamp(), referrer: url || document.referrer, ...next, url: viewed };
  url = viewed;
  left = false;
  setTimeout(guard(settleTitle), TITLE_MS_MAX);
};

const navigated = (pathOnly?: boolean): void => {
  const page = (): string => address.split(pathOnly ? /[?#]/ : '#')[0];
  const before = page();
  address = location.href;
  if (before != page()) view();
};

/** Follows the browser from page to page, and notices when it goes away. */
export const watchPages = (): void => {
  address = location.href;
  tick();
  listen('pointerdown pointermove keydown focus blur visibilitychange', tick, true);
  listen('scroll', () => (tick(), measureScroll()), true);
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    const after = guard(() => navigated(method == 'replaceState'));
    history[method] = function (...args) {
      original.apply(this, args);
      after();
    };
  }
  listen('popstate', () => navigated());
  // On the window and not captured: the last in line, after all who report while the page hides.
  listen('visibilitychange', () => {
    if (document.hidden) {
      leave();
      flushHealthy();
    }
  });
  listen<PageTransitionEvent>('pageshow', (event) => {
    if (event.persisted) view();
  });
  listen('online', flush);
  if (!url) view();
};
