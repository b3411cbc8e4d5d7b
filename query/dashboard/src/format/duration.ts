export const second_ms = 1000;
export const minute_ms = 60 * second_ms;
export const hour_ms = 60 * minute_ms;
export const day_ms = 24 * hour_ms;

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** SI symbols and the usual short forms, the same in both languages; Intl would write `1min` or `4 secs`. */
const symbols: Partial<Record<Unit, string>> = { second: 's', minute: 'min', hour: 'h' };

function withSymbol(value: number, unit: Unit, locale: string) {
  const symbol = symbols[unit];
  return symbol === undefined ? inWords(value, unit, locale) : `${new Intl.NumberFormat(locale).format(value)}\u00a0${symbol}`;
}

/** `7 days`, `1 hour`. */
export function inWords(value: number, unit: Unit, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(value);
}

/** How long something lasted, in at most two units: `3 min 4 s`. */
export function formatDuration(duration_ms: number, locale: string): string {
  const seconds = Math.round(Math.max(0, duration_ms) / second_ms);
  if (seconds < 60) return withSymbol(seconds, 'second', locale);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'minute', seconds % 60, 'second', locale);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'hour', minutes % 60, 'minute', locale);
  return pair(Math.floor(hours / 24), 'day', hours % 24, 'hour', locale);
}

function pair(large: number, largeUnit: Unit, small: number, smallUnit: Unit, locale: string): string {
  const first = withSymbol(large, largeUnit, locale);
  return small === 0 ? first : `${first} ${withSymbol(small, smallUnit, locale)}`;
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
  return inWords(value, unit, locale);
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
