// The queue lives in storage, shared by the pages of the site, from the moment an event is tracked
// until the collector has it; so a reload, a crash or a day without network loses nothing. What is in
// flight when its page goes away may be sent again by the next page, with the same id, and the
// collector counts it once. Without storage the queue lives as long as the page.
import { byteLength, firstBatch, headerOf, QUEUE_EVENTS_MAX, REQUEST_BYTES_MAX } from './queue.js';
import { RETRYABLE, retryDelay } from './retry.js';
import { settings } from './settings.js';
import { read, write } from './storage.js';
import { timestamp } from './timestamp.js';

/** How long an event waits for company: short, so that a live view sees each step at once. */
const FLUSH_MS_MAX = 150;

let unstored = '';
let flying: string[] = [];
let failures = 0;
let eventsMax = QUEUE_EVENTS_MAX;
let timer = 0;

/** What the collector does not have yet. */
export const load = (): string[] => (unstored || read('queue') || '').split('\n').filter((item) => item);

/** Replaces what is waiting. */
export const save = (items: string[]): void => {
  const text = items.slice(-QUEUE_EVENTS_MAX).join('\n');
  unstored = write('queue', text) ? '' : text;
};

const without = (others: string[]): string[] => load().filter((item) => !others.includes(item));

const wait = (ms: number): void => {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
};

/** Sends what is waiting, one request at a time, through beacons while hidden. Never rejects. */
export const flush = async (): Promise<void> => {
  const batch = firstBatch(without(flying), eventsMax);
  timer = 0;
  if (!batch[0]) return;
  const body =
    `${headerOf(batch[0]).slice(0, -1)},"sent_at":"${timestamp()}",` +
    `"events":[${batch.map((item) => item.split('\t')[1])}]}`;
  const endpoint = settings.host.replace(/\/$/, '') + '/v1/events';
  // A hidden page may be gone before an answer. While there is none, storage is safer than a beacon,
  // whose failure nobody would see.
  if (
    document.hidden &&
    !failures &&
    navigator.onLine &&
    navigator.sendBeacon?.(endpoint, body)
  ) {
    save(without(batch));
    return flush();
  }
  if (flying[0]) return;
  flying = batch;
  let status = 0;
  let retryAfter;
  try {
    // The page and the SDK share what keepalive may carry: a second try does without it.
    const response = await fetch(endpoint, { method: 'POST', body, keepalive: !failures });
    status = response.status;
    retryAfter = response.headers.get('retry-after');
  } catch {
    // No answer: status 0.
  }
  flying = [];
  if (RETRYABLE.test(status as never)) {
    failures++;
    return wait(retryDelay(failures, retryAfter));
  }
  failures = 0;
  // What was too large once will be so again: smaller requests from here on.
  if (status == 413 && batch[1]) eventsMax = batch.length >> 1;
  else save(without(batch));
  wait(0);
};

/** Sends what is waiting now, unless the collector is failing: then its pause holds. */
export const flushHealthy = (): void => {
  if (!failures) flush();
};

/** Takes one event. */
export const enqueue = (item: string): void => {
  // It would fit no request.
  if (byteLength(item) > REQUEST_BYTES_MAX) return;
  save([...load(), item]);
  // Others may report while the page hides; a timer would come too late for them.
  if (document.hidden) queueMicrotask(flushHealthy);
  else if (!timer) wait(FLUSH_MS_MAX);
};
