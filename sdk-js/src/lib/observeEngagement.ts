import type { hooks as Hooks } from './hooks.js';
import { listen } from './listen.js';

/** A pause between two signs of life counts as engaged up to this long: reading needs no hands. */
const PAUSE_MS_MAX = 30_000;

// When there was first something to see, and somebody to see it: a prerendered page waits for its visitor.
const shownSince = (): number => {
  const [navigation] = performance.getEntriesByType('navigation') as (PerformanceEntry & { activationStart?: number })[];
  const [paint] = performance.getEntriesByType('paint');
  return Math.max(navigation?.activationStart || 0, paint ? paint.startTime : performance.now());
};

/** Measures how long a page had the visitor's attention, and how much of it was seen. */
export const observeEngagement = (hooks: typeof Hooks): void => {
  const isEngaged = (): boolean => !document.hidden && document.hasFocus();
  let engaged = isEngaged();
  let engagedMs = 0;
  // The page could be seen before this; what it has told already counts no more.
  let lastMs = hooks._measure()[0] ? shownSince() : performance.now();
  // The part of the page that was seen, from its top; over 1 when a page is pulled past its end.
  let seen = 0;

  // Counts the time up to now, and looks whether the page has the visitor's attention from here on.
  const tick = (): void => {
    const now = performance.now();
    if (engaged) engagedMs += Math.min(now - lastMs, PAUSE_MS_MAX);
    lastMs = now;
    engaged = isEngaged();
  };
  const measureScroll = (): void => {
    seen = Math.max(seen, (scrollY + innerHeight) / document.documentElement.scrollHeight);
  };

  listen('pointerdown pointermove keydown focus blur visibilitychange', tick, true);
  listen('scroll', () => (tick(), measureScroll()), true);
  hooks._measure = () => {
    tick();
    measureScroll();
    const measured = [engagedMs, Math.min(seen, 1) * 100].map(Math.round);
    engagedMs = seen = 0;
    return measured;
  };
};
