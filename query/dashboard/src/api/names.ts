/** The names of the query API, from its OpenAPI document (`npm run types`). */

/** What numbers can be divided by and filtered on. */
export const dimensions = [
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
  'product',
  'product_id',
  'product_category',
] as const;
export type Dimension = (typeof dimensions)[number];

/** What the quality of pages can be divided by. */
export const webDimensions = [
  'page',
  'device_class',
  'country',
  'browser',
  'os',
] as const;
export type WebDimension = (typeof webDimensions)[number];

/** What the quality of the app can be divided by. */
export const appDimensions = [
  'app_version',
  'os',
  'device_model',
  'device_class',
] as const;
export type AppDimension = (typeof appDimensions)[number];

/** What can be counted. */
export const metrics = [
  'visitors',
  'people',
  'page_views',
  'sessions',
  'bounce_rate',
  'session_duration_ms',
  'views_per_session',
  'events',
  'orders',
  'revenue',
  'conversion_rate',
  'average_order_value',
  'product_revenue',
  'quantity',
] as const;
export type ApiMetric = (typeof metrics)[number];

/** How a filter compares. */
export const operators = [
  'is',
  'is_not',
  'contains',
  'starts',
] as const;
export type Operator = (typeof operators)[number];
