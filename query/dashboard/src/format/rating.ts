/** The vitals, in the order in which they are shown. */
export const vitalNames = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'] as const;
export type VitalName = (typeof vitalNames)[number];

/** The ratings, from the best. */
export const ratings = ['good', 'needs_improvement', 'poor'] as const;
export type Rating = (typeof ratings)[number];

/** The rating of the API, or null where nothing was measured. */
export function ratingOf(text: string): Rating | null {
  return ratings.find((one) => one === text) ?? null;
}

/** The share between good and poor, which the app's starts leave out; never below zero. */
export function middleShare(good: number, poor: number): number {
  return Math.max(0, Math.round((1 - good - poor) * 1e6) / 1e6);
}
