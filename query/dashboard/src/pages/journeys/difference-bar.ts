import type { JourneyDifference } from '../../api/types';

/** Of differences that are told as more than chance at most this share is expected to be chance. */
export const chance_max = 0.05;

/** Whether a difference is more than what chance brings among so many that were tested. */
export function likely({ adjusted_p: adjusted }: Pick<JourneyDifference, 'adjusted_p'>): boolean {
  return adjusted < chance_max;
}

export interface DifferenceBar {
  /** Percent of the whole width, from the left. */
  readonly left: number;
  readonly width: number;
  readonly low: number;
  readonly high: number;
}

/** How far the widest interval reaches on either side of nothing. */
export function reachOf(all: readonly Pick<JourneyDifference, 'difference_low' | 'difference_high'>[]): number {
  return Math.max(0.01, ...all.flatMap(({ difference_low: low, difference_high: high }) => [Math.abs(low), Math.abs(high)]));
}

/** The bar of a difference, from the middle to either side, and its interval. */
export function barOf({ difference, difference_low: low, difference_high: high }: Pick<JourneyDifference, 'difference' | 'difference_low' | 'difference_high'>, reach: number): DifferenceBar {
  const at = (value: number) => 50 + (value / reach) * 50;
  const end = at(difference);
  return { left: Math.min(50, end), width: Math.abs(end - 50), low: at(low), high: at(high) };
}
