import type { LiveMove } from '../../api/types';

export function keyOf({ from, to }: LiveMove): string {
  return JSON.stringify([from, to]);
}

/** The steps that somebody has taken since. */
export function movedSince(before: readonly LiveMove[], now: readonly LiveMove[]): string[] {
  const known = new Map(before.map((move) => [keyOf(move), Date.parse(move.latest)]));
  return now.filter((move) => Date.parse(move.latest) > (known.get(keyOf(move)) ?? Number.NEGATIVE_INFINITY)).map(keyOf);
}
