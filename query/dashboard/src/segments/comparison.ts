import type { Condition } from '../api/types';

/** How a dimension or a property is compared; all that a condition knows. */
export const comparisonOperators = ['is', 'is_not', 'contains', 'starts', 'matches', 'greater', 'less', 'set'] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** A dimension or a property (`props.size`) beside values. */
export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly dimension: string;
  readonly values: readonly string[];
}

/** What a condition compares; undefined for one that does something else. */
export function comparisonOf(condition: Condition): Comparison | undefined {
  const [entry] = Object.entries(condition);
  const operator = comparisonOperators.find((one) => one === entry?.[0]);
  if (!operator) return undefined;
  const { dimension, values = [] } = entry?.[1] as { dimension: string; values?: readonly (string | number)[] };
  return { operator, dimension, values: values.map(String) };
}

/** Whether a condition is about one event, visit or item: comparisons, and lists of nothing else. */
export function isOfComparisons(condition: Condition): boolean {
  if ('all' in condition) return condition.all.every(isOfComparisons);
  if ('any' in condition) return condition.any.every(isOfComparisons);
  return comparisonOf(condition) !== undefined;
}

/** The beginning of a property's name. */
export const propertyPrefix = 'props.';

export function isProperty(dimension: string): boolean {
  return dimension.startsWith(propertyPrefix);
}
