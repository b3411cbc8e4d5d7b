// A queue outlives its page when the collector fails, the network is away or the browser is killed. Then
// another page of the site takes it over.
import { guard } from './guard.js';
import type { hooks as Hooks } from './hooks.js';
import { listen } from './listen.js';
import { headerOf, itemsOf, QUEUE_EVENTS_MAX } from './queue.js';

/** How often a page shows that it lives, and looks for those that no longer do. */
const ROUND_MS = 10_000;
/** A queue without a sign of life for this long has lost its page. Longer than a request may take. */
export const SILENCE_MS_MAX = 20_000;
/** Queues that wait for room in another; beyond that the oldest are lost, lest they fill the site's storage. */
export const WAITING_QUEUES_MAX = 8;
/** What one page has removed from storage, another may still see for a moment. */
const SETTLE_MS = 300;

const PREFIX = 'orma.queue';

/** This page's own queue: its key, and how it is read, replaced and sent. */
export type Queue = [key: string, load: () => string[], save: (items: string[]) => void, flush: () => void];

/** Whether the page of a queue has gone; `text` as it is stored. */
export const isOrphan = (text: string, now: number): boolean =>
  !(Math.abs(now - parseInt(text)) < SILENCE_MS_MAX);

/** The site of a queue's events: two sites on one page, or one after the other, have their own. */
export const siteOf = (items: string[]): string | undefined => {
  try {
    return JSON.parse(headerOf(items[0])).site;
  } catch {
    return undefined;
  }
};

// The queue of version 1.0.0, which all pages shared, tells no time.
const readQueue = (key: string): string => (key == PREFIX ? '0\n' : '') + localStorage[key];

/** Keeps this page's queue known as alive, and takes over those of the same site that are not. */
export const adoptQueues = (site: string, hooks: typeof Hooks, wait: (ms: number) => void, ...[ownKey, load, save, flush]: Queue): void => {
  const own = 'orma.' + ownKey;

  // The keys of queues that have lost their pages, in the order in which these came.
  const orphans = (): string[] =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && key != own && isOrphan(readQueue(key), Date.now()))
      .sort();

  const take = (): boolean => {
    const before = load();
    let items = before;
    const left = orphans().filter((key) => {
      const adopted = itemsOf(readQueue(key));
      if (adopted[0] && (siteOf(adopted) != site || adopted.length + items.length > QUEUE_EVENTS_MAX)) return true;
      delete localStorage[key];
      items = [...adopted, ...items];
      return false;
    });
    for (const key of left.slice(0, -WAITING_QUEUES_MAX)) delete localStorage[key];
    if (items == before) return false;
    save(items);
    wait(0);
    return true;
  };

  const round = guard(() => {
    // A sign of life.
    if (localStorage[own]) save(load());
    if (!orphans()[0]) return;
    // Without the lock, on plain-http pages, two that look at the same moment may both send an event; its id
    // makes that harmless. Held for a moment only: a page with a lock cannot go into the back/forward cache.
    if (!navigator.locks) take();
    else
      navigator.locks
        .request('orma', { ifAvailable: true }, (lock) =>
          lock && take() ? new Promise((resolve) => setTimeout(resolve, SETTLE_MS)) : undefined,
        )
        .catch(() => {}); // a page that the browser lets have no locks
  });

  round();
  setInterval(round, ROUND_MS);
  // A page that goes says so, whatever it still records; one that comes back from the back/forward cache keeps
  // what is still there.
  listen('pagehide pageshow', ({ type }) => {
    hooks._sign = type == 'pagehide' ? () => 0 : Date.now;
    if (localStorage[own]) save(load());
  });
  listen('pageshow', round);
  listen('online', flush);
};
