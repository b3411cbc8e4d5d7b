import type { Condition } from '../api/types';
import { joinValues, splitValues } from '../state/filters';
import { comparisonOf, propertyPrefix, type ComparisonOperator } from './comparison';

/** A dimension or a property has a value, or never had; `value` as that of a filter. */
export interface IsRow {
  readonly type: 'is' | 'never_is';
  readonly dimension: string;
  readonly operator: ComparisonOperator;
  readonly value: string;
}

/** A comparison that is still to be filled in. */
export const newComparison: IsRow = { type: 'is', dimension: 'channel', operator: 'is', value: '' };

/** Whether it says all that it must to be asked. */
export function isWhole(row: IsRow): boolean {
  return row.dimension !== propertyPrefix && (row.operator === 'set' || valuesOf(row).some((one) => one !== '')) && isNumberWhereNeeded(row);
}

export function isOfNumbers(operator: ComparisonOperator): boolean {
  return operator === 'greater' || operator === 'less';
}

function isNumberWhereNeeded({ operator, value }: IsRow): boolean {
  return !isOfNumbers(operator) || (value.trim() !== '' && Number.isFinite(Number(value)));
}

/** The alternatives of a row; a regular expression and a number are one whole. */
function valuesOf({ operator, value }: IsRow): string[] {
  if (value === '' || operator === 'set') return [];
  return isOfNumbers(operator) || operator === 'matches' ? [value] : splitValues(value);
}

/** The comparison as the API takes it, whether it is to hold or never to. */
export function comparisonOfRow(row: IsRow): Condition {
  const { operator, dimension } = row;
  if (operator === 'set') return { set: { dimension } };
  const values = valuesOf(row);
  const written = isOfNumbers(operator) && isNumberWhereNeeded(row) && values.length > 0 ? values.map(Number) : values;
  return { [operator]: { dimension, values: written } } as unknown as Condition;
}

/** The row of a comparison; undefined where the field would write something else. */
export function isRow(condition: Condition): IsRow | undefined {
  const found = comparisonOf(condition);
  if (!found) return undefined;
  const { operator, dimension, values } = found;
  const isOne = isOfNumbers(operator) || operator === 'matches';
  const row: IsRow = { type: 'is', dimension, operator, value: isOne ? (values[0] ?? '') : values.length === 0 ? '' : joinValues(values) };
  // What the field would write otherwise is left as it is.
  const again = valuesOf(row);
  return again.length === values.length && again.every((one, place) => one === values[place]) ? row : undefined;
}
