// Each page has a queue of its own, in storage from the moment an event is tracked until the collector has
// it; so a reload, a crash or a day without network loses nothing. No other page writes to it while its page
// lives, for storage offers no way to change a value that two pages share without losing what one of them
// wrote. Once its page is gone another one takes it over (adoptQueues.ts). What is stored comes before what a
// page remembers: a page that wakes from a long sleep and finds its queue taken sends nothing of it again.
//
// What is in flight when its page goes away may arrive twice, with the same id, and the collector counts it
// once. Without storage the queue lives as long as the page.
import { hooks } from './hooks.js';
import { firstBatch, headerOf, itemsOf, QUEUE_EVENTS_MAX } from './queue.js';
import { settings } from './settings.js';
import { read, write } from './storage.js';
import { timestamp } from './timestamp.js';
import { uuidv7 } from './uuidv7.js';

/** How long an event waits for company: short, so that a live view sees each step at once. */
const FLUSH_MS_MAX = 150;
/** How long a failure stops this page until the rest has come, which knows better. */
const FAILURE_MS = 5000;

/** Where this page's queue is stored. */
export const queueKey = 'queue.' + uuidv7();

let unstored: string | undefined;
let flying: string[] = [];
// While the collector fails, the milliseconds between two tries.
let stopped = 0;
let timer = 0;

/** What the collector does not have yet. */
export const load = (): string[] => itemsOf(unstored || read(queueKey));

/** Replaces what is waiting. The time in front tells other pages that this one is alive. */
export const save = (items: string[]): void => {
  const text = items[0] && [hooks._sign(), ...items.slice(-QUEUE_EVENTS_MAX)].join('\n');
  unstored = write(queueKey, text) ? '' : text;
};

const without = (others: string[]): string[] => load().filter((item) => !others.includes(item));

/** Sends what is waiting, then. */
export const wait = (ms: number): void => {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
};

// Until then whatever is not taken is kept.
hooks._deliver = async (endpoint, body) => {
  const response = await fetch(endpoint, { method: 'POST', body, keepalive: true });
  return response.ok ? 0 : (response.headers.get('retry-after') as never) * 1000 || FAILURE_MS;
};

/** Sends what is waiting, one request at a time, through beacons while hidden. Never rejects. */
export const flush = async (): Promise<void> => {
  timer = 0;
  // A hidden page may be gone before an answer, and with it a request in flight. While the collector fails
  // or the network is away, storage is safer than a beacon, whose failure nobody would see.
  const parting = document.hidden && !stopped && navigator.onLine;
  const batch = firstBatch(parting ? load() : without(flying));
  if (!batch[0]) return;
  const body =
    `${headerOf(batch[0]).slice(0, -1)},"sent_at":"${timestamp()}",` +
    `"events":[${batch.map((item) => item.split('\t')[1])}]}`;
  const endpoint = settings.host.replace(/\/$/, '') + '/v1/events';
  if (parting && navigator.sendBeacon?.(endpoint, body)) {
    save(without(batch));
    return flush();
  }
  if (flying[0]) return;
  flying = batch;
  let pause = FAILURE_MS;
  try {
    pause = await hooks._deliver(endpoint, body);
  } catch {}
  flying = [];
  if (!pause) save(without(batch));
  if (pause || !timer) wait(pause);
  stopped = pause;
};

/** Sends what is waiting now, unless the collector is failing: then its pause holds. */
export const flushHealthy = (): void => {
  if (!stopped) flush();
};

/** Takes one event. */
export const enqueue = (item: string): void => {
  save([...load(), item]);
  // Others may report while the page hides; a timer would come too late for them.
  if (document.hidden) queueMicrotask(flushHealthy);
  else if (!timer) wait(FLUSH_MS_MAX);
};
