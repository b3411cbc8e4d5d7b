import type { LifecycleBucket, LifecyclePeopleRequest } from '../../../api/types';

/** What somebody is in an interval, from the axis upward, and below it. */
export const states = ['returning', 'resurrected', 'new', 'lost'] as const;
export type State = (typeof states)[number];

/** Of which interval whom. */
export type Behind = Pick<LifecyclePeopleRequest, 'time'> & { readonly state: State | 'active' };

/** Reads `2026-11-16.lost`. */
export function parseBehind(text: string | null): Behind | undefined {
  const [, time, name] = /^(\d{4}-\d\d-\d\d)\.(\w+)$/.exec(text ?? '') ?? [];
  const state = (['active', ...states] as const).find((one) => one === name);
  return time !== undefined && state !== undefined ? { time, state } : undefined;
}

export function formatBehind({ time, state }: Behind): string {
  return `${time}.${state}`;
}

/** The intervals that are over: the others still grow. */
export function finished(buckets: readonly LifecycleBucket[]): LifecycleBucket[] {
  return buckets.filter((bucket) => bucket.is_finished);
}

/** Means of the intervals that are over. */
export interface Means {
  readonly count: number;
  readonly won: number;
  readonly lost: number;
  /** How many were won for each that was lost; null where nobody was lost. */
  readonly ratio: number | null;
}

/** How many are won, newly or again, and how many are lost; undefined where no interval is over. */
export function meansOf(buckets: readonly LifecycleBucket[]): Means | undefined {
  const over = finished(buckets);
  if (over.length === 0) return undefined;
  const sum = (of: (bucket: LifecycleBucket) => number) => over.reduce((total, bucket) => total + of(bucket), 0);
  const [won, lost] = [sum((bucket) => bucket.new + bucket.resurrected), sum((bucket) => bucket.lost ?? 0)];
  return { count: over.length, won: won / over.length, lost: lost / over.length, ratio: lost > 0 ? won / lost : null };
}
