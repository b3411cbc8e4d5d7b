/** The longest pause between two tries, whether the SDK's own or the collector's `Retry-After`. */
export const RETRY_MS_MAX = 60 * 60 * 1000;

/** The statuses after which the same request may succeed later. Status 0 is a request without an answer. */
export const RETRYABLE = /^(0|408|429|5..)$/;

/**
 * Milliseconds until the next try, after `failures` (at least 1) in a row: exponential from a second,
 * with a random half so that browsers do not return together, and never before `Retry-After` (seconds).
 */
export const retryDelay = (failures: number, retryAfter: unknown): number =>
  Math.min(
    RETRY_MS_MAX,
    Math.max(2 ** failures * (250 + Math.random() * 250), (retryAfter as number) * 1000 || 0),
  );
