/** Dates and times, always in the zone that is passed: the site's. */

export function formatTime(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(Date.parse(instant));
}

export function formatClock(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit' }).format(Date.parse(instant));
}

/** `venerdì 21 novembre 2026, 14:03` */
export function formatMoment(instant: string, locale: string, timeZone: string): string {
  const date = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  return `${date.format(Date.parse(instant))}, ${formatClock(instant, locale, timeZone)}`;
}

/** `21 nov 2026` */
export function formatDay(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short', year: 'numeric' }).format(Date.parse(instant));
}

/** `2–30 Nov 2026`: local dates, both included. */
export function formatDays(from: string, to: string, locale: string): string {
  const date = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  return date.formatRange(Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`));
}

/** `21 nov, 14:03` */
export function formatShort(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(instant));
}

/**
 * The name of a time bucket as `/stats` gives it: a local date (day, Monday of the week, first of
 * the month) or a local instant with offset (hour, minute).
 */
export function formatBucket(bucket: string, interval: string, locale: string, timeZone: string, long = false): string {
  if (bucket.length > 10) {
    return new Intl.DateTimeFormat(locale, {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      ...(long ? { day: 'numeric', month: 'short' } : {}),
    }).format(Date.parse(bucket));
  }
  // A local date has no zone any more: read and written as UTC it stays the same date.
  const options: Intl.DateTimeFormatOptions =
    interval === 'month'
      ? { month: long ? 'long' : 'short', year: 'numeric' }
      : { day: 'numeric', month: 'short', ...(long ? { weekday: 'short', year: 'numeric' } : {}) };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.parse(`${bucket}T00:00:00Z`));
}

/** Whether a time bucket of `/stats` begins only after `now_ms`. */
export function isAhead(bucket: string, now_ms: number, timeZone: string): boolean {
  return bucket.length > 10 ? Date.parse(bucket) > now_ms : bucket > localDate(now_ms, timeZone);
}

/**
 * Which of the buckets of a period had begun when the question was answered, `last`, and which of them was going on,
 * `index`: its number is that of a part. None where the period was over.
 */
export function unfinishedIndex(
  buckets: readonly string[],
  now_ms: number,
  to_ms: number,
  timeZone: string,
): { readonly last: number; readonly index: number | undefined } {
  const ahead = buckets.findIndex((bucket) => isAhead(bucket, now_ms, timeZone));
  const last = (ahead === -1 ? buckets.length : ahead) - 1;
  return { last, index: now_ms < to_ms && last >= 0 ? last : undefined };
}

/** Today's date in a zone, `YYYY-MM-DD`. */
export function localDate(now_ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now_ms);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Moves a date by whole days; daylight saving does not matter because no clock is involved. */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** First day of the month that lies `months` from the date's month. */
export function firstOfMonth(date: string, months: number): string {
  const moved = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  return moved.toISOString().slice(0, 10);
}

/** Days from one date to another, both counted. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}
