// A queued event is one string, `{header JSON}\t{event JSON}`; the stored queue is such strings, one
// a line, behind a line of its own with the time of the last sign of life of its page, in epoch
// milliseconds. JSON text holds neither a tab nor a line feed of its own, so no escaping is needed.

/** Events kept until the collector has them; beyond that the oldest are lost. */
export const QUEUE_EVENTS_MAX = 100;
/** Bytes of one request: browsers let 64 KiB be in flight after a page is gone, for all requests. */
export const REQUEST_BYTES_MAX = 48 * 1024;

/** Length in UTF-8. */
export const byteLength = (text: string): number => new Blob([text]).size;

/** The events of a stored queue. */
export const itemsOf = (text = ''): string[] => text.split('\n').slice(1);

/** The part of an item that a request sends once. */
export const headerOf = (item: string): string => item.split('\t')[0];

/**
 * The items from the front that go into one request: one header, and within `REQUEST_BYTES_MAX`. The header is
 * counted with each item although it is sent once, which leaves room for site and time.
 */
export const firstBatch = (items: string[]): string[] => {
  let bytes = 0;
  let fits = true;
  return items.filter(
    (item, index) =>
      (fits &&=
        ((bytes += byteLength(item)) <= REQUEST_BYTES_MAX && headerOf(item) == headerOf(items[0])) || !index),
  );
};
