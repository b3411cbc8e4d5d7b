import { addDays, daysBetween, firstOfMonth, localDate } from '../format/time';

export const periodNames = ['today', '7d', '30d', '12m', 'custom'] as const;
export type PeriodName = (typeof periodNames)[number];
export type Interval = 'hour' | 'day' | 'week' | 'month';

/** A period as somebody chose it. Dates are days of the site. */
export interface Period {
  readonly name: PeriodName;
  /** Only for `custom`; `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly compare: boolean;
}

export interface ResolvedPeriod {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
}

const datePattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Dates and bucket size, seen from the site's own today. */
export function resolvePeriod(period: Period, timeZone: string, now_ms: number): ResolvedPeriod {
  const today = localDate(now_ms, timeZone);
  switch (period.name) {
    case 'today':
      return { from: today, to: today, interval: 'hour' };
    case '7d':
      return { from: addDays(today, -6), to: today, interval: 'day' };
    case '12m':
      // Whole months, so that they are compared with the same months of the year before.
      return { from: firstOfMonth(today, -11), to: addDays(firstOfMonth(today, 1), -1), interval: 'month' };
    case 'custom':
      if (period.from && period.to) return { from: period.from, to: period.to, interval: intervalFor(period.from, period.to) };
      return { from: addDays(today, -29), to: today, interval: 'day' };
    default:
      return { from: addDays(today, -29), to: today, interval: 'day' };
  }
}

/** At most about a hundred buckets, so that a bar or point stays readable. */
function intervalFor(from: string, to: string): Interval {
  const days = daysBetween(from, to);
  if (days <= 2) return 'hour';
  if (days <= 92) return 'day';
  if (days <= 400) return 'week';
  return 'month';
}

export function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}
