export const operators = ['is', 'is_not', 'contains', 'starts'] as const;
export type Operator = (typeof operators)[number];

export const filterDimensions = [
  'page',
  'content_group',
  'entry_page',
  'exit_page',
  'host',
  'source',
  'channel',
  'campaign',
  'utm_source',
  'utm_medium',
  'utm_content',
  'utm_term',
  'product',
  'product_id',
  'product_category',
  'country',
  'region',
  'city',
  'device_class',
  'device_brand',
  'device_model',
  'browser',
  'os',
  'language',
  'kind',
  'name',
  'touchpoint',
  'stage',
  'app_version',
] as const;
export type FilterDimension = (typeof filterDimensions)[number];

/** One condition, as the API reads it: a comma in `value` separates alternatives, `\,` is a comma of one. */
export interface Filter {
  readonly dimension: FilterDimension;
  readonly operator: Operator;
  readonly value: string;
}

/** Reads `filter=dimension:operator:value`, repeated. What the API would refuse is left out. */
export function readFilters(parameters: URLSearchParams): Filter[] {
  return parameters.getAll('filter').flatMap((text) => {
    const filter = parseFilter(text);
    return filter ? [filter] : [];
  });
}

/** The value may contain colons (`page:is:/a:b`). */
export function parseFilter(text: string): Filter | null {
  const [first = '', second = '', ...rest] = text.split(':');
  const dimension = filterDimensions.find((one) => one === first);
  const operator = operators.find((one) => one === second);
  const value = rest.join(':');
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

export function formatFilter(filter: Filter): string {
  return `${filter.dimension}:${filter.operator}:${filter.value}`;
}

export function writeFilters(parameters: URLSearchParams, filters: readonly Filter[]): URLSearchParams {
  const next = new URLSearchParams(parameters);
  next.delete('filter');
  for (const filter of filters) next.append('filter', formatFilter(filter));
  return next;
}

/** Adds a condition; one of the same dimension and operator gives way to it. */
export function withFilter(filters: readonly Filter[], added: Filter): Filter[] {
  return [...filters.filter((one) => one.dimension !== added.dimension || one.operator !== added.operator), added];
}

export function withoutFilter(filters: readonly Filter[], removed: Filter): Filter[] {
  return filters.filter((one) => formatFilter(one) !== formatFilter(removed));
}
