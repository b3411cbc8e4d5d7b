import type { Stats } from '../../api/types';

/** How much of the period before there is to compare with: a part of it would be compared with a whole. */
export type Comparison =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly from: string; readonly to: string }
  /** The data begins after the period before, within it, or not at all. */
  | { readonly kind: 'after' | 'within'; readonly dataFrom: string }
  | { readonly kind: 'noData' };

export function comparisonOf({ compare }: Stats): Comparison {
  if (!compare) return { kind: 'none' };
  const { from, to, data_from: dataFrom } = compare;
  if (dataFrom == null) return { kind: 'noData' };
  if (Date.parse(dataFrom) <= Date.parse(from)) return { kind: 'whole', from, to };
  return { kind: Date.parse(dataFrom) >= Date.parse(to) ? 'after' : 'within', dataFrom };
}
