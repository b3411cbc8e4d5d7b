export const second_ms = 1000;
export const minute_ms = 60 * second_ms;
export const hour_ms = 60 * minute_ms;
export const day_ms = 24 * hour_ms;

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

function withUnit(value: number, unit: Unit, locale: string, unitDisplay: 'narrow' | 'short' | 'long') {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 0 }).format(value);
}

/** How long something lasted, in at most two units: `3 min 4 s`; `narrow` for tight places. */
export function formatDuration(duration_ms: number, locale: string, display: 'narrow' | 'short' = 'short'): string {
  const seconds = Math.round(Math.max(0, duration_ms) / second_ms);
  if (seconds < 60) return withUnit(seconds, 'second', locale, display);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'minute', seconds % 60, 'second', locale, display);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'hour', minutes % 60, 'minute', locale, display);
  return pair(Math.floor(hours / 24), 'day', hours % 24, 'hour', locale, display);
}

function pair(large: number, largeUnit: Unit, small: number, smallUnit: Unit, locale: string, display: 'narrow' | 'short'): string {
  const first = withUnit(large, largeUnit, locale, largeUnit === 'day' ? 'long' : display);
  return small === 0 ? first : `${first} ${withUnit(small, smallUnit, locale, display)}`;
}

/** A measured time: milliseconds below one second, seconds with up to two decimals below a minute. */
export function formatLatency(duration_ms: number, locale: string): string {
  if (duration_ms >= minute_ms) return formatDuration(duration_ms, locale);
  const inSeconds = duration_ms >= second_ms;
  const maximumFractionDigits = !inSeconds ? 0 : duration_ms < 10 * second_ms ? 2 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits });
  // The SI symbols are the same in every language; Intl would write "secs" in English.
  return inSeconds ? `${number.format(duration_ms / second_ms)}\u00a0s` : `${number.format(duration_ms)}\u00a0ms`;
}

/** A pause between two visits, in words and one unit: `3 days`, `2 months`. */
export function formatGap(gap_ms: number, locale: string): string {
  const { value, unit } = gapUnit(gap_ms);
  return withUnit(value, unit, locale, 'long');
}

function gapUnit(gap_ms: number): { value: number; unit: Unit } {
  if (gap_ms < minute_ms) return { value: Math.max(1, Math.round(gap_ms / second_ms)), unit: 'second' };
  if (gap_ms < hour_ms) return { value: Math.round(gap_ms / minute_ms), unit: 'minute' };
  if (gap_ms < day_ms) return { value: Math.round(gap_ms / hour_ms), unit: 'hour' };
  const days = Math.round(gap_ms / day_ms);
  if (days < 14) return { value: days, unit: 'day' };
  if (days < 61) return { value: Math.round(days / 7), unit: 'week' };
  if (days < 700) return { value: Math.round(days / 30.44), unit: 'month' };
  return { value: Math.round(days / 365.25), unit: 'year' };
}

/** How far back an instant lies: `2 minutes ago`, `yesterday`. */
export function formatAgo(instant: string, now_ms: number, locale: string): string {
  const elapsed_ms = now_ms - Date.parse(instant);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (Math.abs(elapsed_ms) < 5 * second_ms) return relative.format(0, 'second');
  if (elapsed_ms < minute_ms) return relative.format(-Math.round(elapsed_ms / second_ms), 'second');
  if (elapsed_ms < hour_ms) return relative.format(-Math.round(elapsed_ms / minute_ms), 'minute');
  if (elapsed_ms < day_ms) return relative.format(-Math.round(elapsed_ms / hour_ms), 'hour');
  const days = Math.round(elapsed_ms / day_ms);
  if (days < 31) return relative.format(-days, 'day');
  if (days < 365) return relative.format(-Math.round(days / 30.44), 'month');
  return relative.format(-Math.round(days / 365.25), 'year');
}

/** Height in pixels of the stretch that stands for a pause: grows with its logarithm, 28..120. */
export function gapHeight(gap_ms: number): number {
  const decades = Math.log10(Math.max(1, gap_ms / minute_ms));
  return Math.round(Math.min(120, 28 + decades * 17));
}
