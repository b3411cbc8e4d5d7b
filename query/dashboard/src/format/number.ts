import type { MetricValue, Money } from '../api/types';

/** What a formatter needs: never the machine's own language or zone. */
export interface FormatContext {
  /** BCP 47. */
  readonly locale: string;
  /** IANA zone of the site. */
  readonly timeZone: string;
  /** ISO 4217 of the site. */
  readonly currency: string;
}

export const missing = '–';

export function formatNumber(value: number, locale: string, maximumFractionDigits = 0): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value);
}

/** 12,345 → 12.3K; below 10,000 in full. */
export function formatCompact(value: number, locale: string): string {
  if (Math.abs(value) < 10_000) return formatNumber(value, locale, Math.abs(value) < 10 ? 1 : 0);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/**
 * A rate 0..1. One decimal below 10 % and above 99 %, where whole numbers would hide what matters;
 * a little is never written as nothing, nor nearly all as all.
 */
export function formatRate(rate: number, locale: string): string {
  if (rate > 0 && rate < 0.001) return `<${formatRate(0.001, locale)}`;
  if (rate > 0.999 && rate < 1) return `>${formatRate(0.999, locale)}`;
  const digits = (rate > 0 && rate < 0.1) || (rate > 0.99 && rate < 1) ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(rate);
}

/** Relative change, signed: 0.08 → +8 %. */
export function formatChange(change: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0,
    signDisplay: 'exceptZero',
  }).format(change);
}

export function formatMoney(money: Money, locale: string): string {
  // As text: Intl reads it digit by digit, a number would hold only sixteen of them.
  const amount = money.amount as `${number}`;
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(amount);
  } catch {
    // A currency Intl does not know is still money.
    const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    return `${decimal.format(amount)} ${money.currency}`.trim();
  }
}

/** Bytes as kB, MB, GB (decimal). */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  let index = 0;
  let value = bytes;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[index] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && index > 0 ? 1 : 0,
  }).format(value);
}

/** The number behind a metric value; null where there is none. */
export function numeric(value: MetricValue | undefined): number | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** Relative change between two values; null when there is nothing to compare with. */
export function relativeChange(now: MetricValue | undefined, before: MetricValue | undefined): number | null {
  const current = numeric(now);
  const previous = numeric(before);
  if (current === null || previous === null || previous === 0) return null;
  return current / previous - 1;
}

/** Money in the site's currency and in others, each for itself: `12,90 € · 5,00 US$`. Empty when there is none. */
export function formatMoneys(own: Money | null | undefined, others: readonly Money[] | undefined, locale: string): string {
  const all = [...(own ? [own] : []), ...(others ?? [])].filter((money) => Number(money.amount) !== 0);
  return all.map((money) => formatMoney(money, locale)).join(' · ');
}
