import { dimensions, operators, type Dimension, type Operator } from '../api/names';

const ofProducts = dimensions.filter((one) => one.startsWith('product'));
const others = dimensions.filter((one) => !one.startsWith('product'));
const places = others.indexOf('country');

/** The API's dimensions as the pages list them: what was bought stands before where people are. */
export const filterDimensions: readonly Dimension[] = [...others.slice(0, places), ...ofProducts, ...others.slice(places)];

/** Those that each event or its session has one value of: an event may be about several products. */
export const eventDimensions: readonly Dimension[] = filterDimensions.filter((one) => !ofProducts.includes(one));

/** What a filter looks at: a dimension, or in which segments people are. */
export type FilterField = Dimension | 'segment';
export const filterFields: readonly FilterField[] = [...filterDimensions, 'segment'];

/** One condition, as the API reads it: a comma in `value` separates alternatives, `\,` is a comma of one. */
export interface Filter {
  readonly dimension: FilterField;
  readonly operator: Operator;
  readonly value: string;
}

/** One that the pages have no words for: written by hand, or by another version. Whether it can be asked is for the API to say. */
export interface UnknownFilter {
  readonly text: string;
}

export type AnyFilter = Filter | UnknownFilter;

export function isKnown(filter: AnyFilter): filter is Filter {
  return !('text' in filter);
}

/** Reads `dimension:operator:value`; the value may contain colons (`page:is:/a:b`). Null for what the pages have no words for. */
export function parseFilter(text: string): Filter | null {
  const [first = '', second = '', ...rest] = text.split(':');
  const dimension = filterFields.find((one) => one === first);
  const operator = operators.find((one) => one === second);
  const value = rest.join(':');
  if (dimension === 'segment' && operator !== 'is' && operator !== 'is_not') return null;
  return dimension && operator && value !== '' ? { dimension, operator, value } : null;
}

/** The alternatives of a filter's value. */
export function splitValues(text: string): string[] {
  // No value holds NUL: the collector takes it out.
  return text.replaceAll('\\,', '\0').split(',').map((value) => value.replaceAll('\0', ','));
}

/** The value of a filter with these alternatives. */
export function joinValues(values: readonly string[]): string {
  return values.map((value) => value.replaceAll(',', '\\,')).join(',');
}

/** The filter as the address and the API have it. */
export function formatFilter(filter: AnyFilter): string {
  return isKnown(filter) ? `${filter.dimension}:${filter.operator}:${filter.value}` : filter.text;
}

/** Adds a condition; one of the same dimension and operator gives way to it. */
export function withFilter(filters: readonly AnyFilter[], added: Filter): AnyFilter[] {
  const gives = (one: AnyFilter) => isKnown(one) && one.dimension === added.dimension && one.operator === added.operator;
  return [...filters.filter((one) => !gives(one)), added];
}

export function withoutFilter(filters: readonly AnyFilter[], removed: AnyFilter): AnyFilter[] {
  return filters.filter((one) => formatFilter(one) !== formatFilter(removed));
}
