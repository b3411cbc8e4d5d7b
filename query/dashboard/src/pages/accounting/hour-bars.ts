import type { AccountingHour, Counts } from '../../api/types';

/** More bars than this cannot be told apart: days stand for hours then. */
export const hour_bars_max = 24 * 8;

export interface CountBar extends Counts {
  /** A local hour with offset, or a local date. */
  readonly start: string;
  readonly wholeDay: boolean;
  /** Accepted and nowhere. */
  readonly missing: number;
  /** In the store, and counted by no collector. */
  readonly tooMany: number;
}

/** The hours as bars; of a long period, summed by the site's days. Hours begin with their local date. */
export function countBars(hours: readonly AccountingHour[]): CountBar[] {
  const bar = (hour: AccountingHour, start: string, wholeDay: boolean): CountBar => ({
    ...hour,
    start,
    wholeDay,
    missing: Math.max(0, hour.gap),
    tooMany: Math.max(0, -hour.gap),
  });
  if (hours.length <= hour_bars_max) return hours.map((hour) => bar(hour, hour.hour, false));
  const days = new Map<string, CountBar>();
  for (const hour of hours) {
    const start = hour.hour.slice(0, 10);
    const day = days.get(start);
    days.set(start, day ? add(day, bar(hour, start, true)) : bar(hour, start, true));
  }
  return [...days.values()];
}

function add(day: CountBar, hour: CountBar): CountBar {
  return {
    ...day,
    received: day.received + hour.received,
    accepted: day.accepted + hour.accepted,
    rejected: day.rejected + hour.rejected,
    stored: day.stored + hour.stored,
    duplicate: day.duplicate + hour.duplicate,
    pending: day.pending + hour.pending,
    gap: day.gap + hour.gap,
    missing: day.missing + hour.missing,
    tooMany: day.tooMany + hour.tooMany,
    written_off: (day.written_off ?? 0) + (hour.written_off ?? 0),
  };
}
