import type { PageView } from '../types.js';
import type { Queue } from './adoptQueues.js';
import { guard } from './guard.js';
import type { hooks as Hooks } from './hooks.js';
import { listen } from './listen.js';

/** How long a page view waits for its title, which a single-page app sets after the address. */
const TITLE_MS_MAX = 300;
const TITLE_CHARS_MAX = 512;

/**
 * Follows a single-page app from page to page: by `history`, back and forward, fragments and the Navigation
 * API; and notices a page that comes back from the back/forward cache.
 */
export const observePages = (
  hooks: typeof Hooks,
  view: (next?: PageView) => string,
  wait: (ms: number) => void,
  [, load, save]: Queue,
): void => {
  // The page view that waits for its title, as it is queued; and the title of the page before.
  let untitled = '';
  let staleTitle = '';
  let timer = 0;

  // Gives the page view that still waits its title, or none rather than that of the page before. Whatever was
  // recorded meanwhile stays behind it.
  const settleTitle = guard(() => {
    const item = untitled;
    const { title } = document;
    untitled = '';
    if (!item || title == staleTitle) return;
    const titled = `${item.slice(0, -1)},"title":${JSON.stringify(title.slice(0, TITLE_CHARS_MAX))}}`;
    save(load().map((other) => (other == item ? titled : other)));
  });

  const pathOf = (address: string): string => address.split(/[?#]/)[0];
  const pageOf = (address: string): string => address.split('#')[0];

  let address = hooks._shown();
  const navigated = guard((replaced?: boolean) => {
    const before = address;
    address = hooks._shown();
    // A replaced query is the same page: apps keep their state there.
    const page = replaced ? pathOf : pageOf;
    if (page(before) == page(address)) return;
    settleTitle();
    staleTitle = document.title;
    // Where only the query changes, so may the title or not: it is this page's own.
    const sameTitle = pathOf(before) == pathOf(address);
    const item = view({ title: sameTitle ? staleTitle : undefined });
    if (!sameTitle) untitled = item;
    clearTimeout(timer);
    timer = setTimeout(settleTitle, TITLE_MS_MAX);
    wait(TITLE_MS_MAX + 1);
  });

  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = function (...args) {
      original.apply(this, args);
      navigated(method == 'replaceState');
    };
  }
  listen('popstate hashchange', () => navigated());
  // Apps that go from page to page by the Navigation API pass by the others.
  (self as { navigation?: EventTarget }).navigation?.addEventListener(
    'currententrychange',
    (event: Event & { navigationType?: string }) => navigated(event.navigationType == 'replace'),
  );
  listen<PageTransitionEvent>('pageshow', (event) => {
    if (event.persisted) view();
  });
  // A change of page that came before this; not at once, for the first view may still wait for its title.
  setTimeout(guard(hooks._look), TITLE_MS_MAX);
  // Captured: before the core sends what waits, for the page may not come back.
  listen('visibilitychange', settleTitle, true);
};
