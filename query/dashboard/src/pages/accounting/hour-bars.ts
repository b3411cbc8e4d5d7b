import type { AccountingHour, Counts } from '../../api/types';

/** More bars than this cannot be told apart: days stand for hours then. */
export const hour_bars_max = 24 * 8;

export interface CountBar extends Counts {
  /** A local hour with offset, or a local date. */
  readonly start: string;
  readonly wholeDay: boolean;
}

/** The hours as bars; of a long period, summed by the site's days. Hours begin with their local date. */
export function countBars(hours: readonly AccountingHour[]): CountBar[] {
  if (hours.length <= hour_bars_max) return hours.map((hour) => ({ ...hour, start: hour.hour, wholeDay: false }));
  const days = new Map<string, CountBar>();
  for (const hour of hours) {
    const start = hour.hour.slice(0, 10);
    const day = days.get(start);
    days.set(start, day ? add(day, hour) : { ...hour, start, wholeDay: true });
  }
  return [...days.values()];
}

function add(day: CountBar, hour: Counts): CountBar {
  return {
    ...day,
    received: day.received + hour.received,
    accepted: day.accepted + hour.accepted,
    rejected: day.rejected + hour.rejected,
    stored: day.stored + hour.stored,
    duplicate: day.duplicate + hour.duplicate,
    pending: day.pending + hour.pending,
    gap: day.gap + hour.gap,
    written_off: (day.written_off ?? 0) + (hour.written_off ?? 0),
  };
}
