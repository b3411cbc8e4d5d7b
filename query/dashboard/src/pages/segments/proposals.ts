import type { Segment } from '../../api/types';
import type { Condition } from '../../api/types';

/** A condition to begin with. */
export interface Example {
  readonly id: 'twice' | 'cart' | 'away';
  readonly condition: Condition;
  readonly days: number;
}

/** After so many days without a visit somebody has stayed away. */
export const away_days = 14;

const everybody: Condition = { all: [] };

export const examples: readonly Example[] = [
  { id: 'twice', condition: { all: [{ did: { event: { kind: 'order' }, at_least: 2 } }] }, days: 30 },
  { id: 'cart', condition: { all: [{ did: { event: { kind: 'add_to_cart' } } }, { did: { event: { kind: 'order' }, exactly: 0 } }] }, days: 30 },
  { id: 'away', condition: { all: [{ is: { dimension: 'channel', values: ['email'] } }] }, days: 90 },
];

/** Who was here lately, whom the last example leaves out: a segment looks back one number of days, so that takes two. */
export function recentOf(segments: readonly Segment[]): Segment | undefined {
  return segments.find(({ condition, days }) => days === away_days && JSON.stringify(condition) === JSON.stringify(everybody));
}

export const recent = (name: string) => ({ name, condition: everybody, days: away_days });

/** The example with those left out who are in the other segment. */
export function without({ condition, ...example }: Example, segment: string): Example {
  const members = 'all' in condition ? condition.all : [condition];
  return { ...example, condition: { all: [...members, { not: { segment } }] } };
}
