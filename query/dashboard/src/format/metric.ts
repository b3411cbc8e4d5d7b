import type { ApiMetric } from '../api/names';
import type { MetricValue } from '../api/types';
import { formatDuration } from './duration';
import { formatCompact, formatMoney, formatNumber, formatRate, missing, numeric, relativeChange, type FormatContext } from './number';

export const headlineMetrics = ['visitors', 'people', 'page_views', 'sessions', 'bounce_rate', 'session_duration_ms'] as const satisfies readonly ApiMetric[];
/** Shown beside the headlines only where a site sells. */
export const commerceMetrics = ['orders', 'revenue', 'average_order_value', 'conversion_rate'] as const satisfies readonly ApiMetric[];
export type Metric = (typeof headlineMetrics)[number] | (typeof commerceMetrics)[number];
export const metrics: readonly Metric[] = [...headlineMetrics, ...commerceMetrics];
/** What a list can show; an order is of several products, each with its own part of it. */
export type ListMetric = Metric | Extract<ApiMetric, 'product_revenue'>;

/** A metric's value in the reader's language; `compact` for headlines and axes. */
export function formatMetric(metric: ListMetric, value: MetricValue | undefined, context: FormatContext, compact = false): string {
  const number = numeric(value);
  if (number === null) return missing;
  switch (metric) {
    case 'bounce_rate':
    case 'conversion_rate':
      return formatRate(number, context.locale);
    case 'session_duration_ms':
      return formatDuration(number, context.locale);
    case 'revenue':
    case 'average_order_value':
    case 'product_revenue':
      return formatMoney({ amount: String(value), currency: context.currency }, context.locale);
    default:
      return compact ? formatCompact(number, context.locale) : formatNumber(number, context.locale);
  }
}

/** What the rows of a list are ordered by: a rate or a mean by what it is of, or a single session would come first. */
export function weightOf(metric: ListMetric): ListMetric {
  switch (metric) {
    case 'bounce_rate':
    case 'session_duration_ms':
    case 'conversion_rate':
      return 'sessions';
    case 'average_order_value':
      return 'orders';
    default:
      return metric;
  }
}

/** Whether there is nothing between two whole numbers of a metric. */
export function isWhole(metric: Metric): boolean {
  return !['bounce_rate', 'conversion_rate', 'revenue', 'average_order_value'].includes(metric);
}

/** Whether more of a metric is welcome: a rising bounce rate is not. */
export function risesWell(metric: Metric): boolean {
  return metric !== 'bounce_rate';
}

/** How a metric changed: a rate by a difference, which is told in points, everything else in proportion. */
export interface MetricChange {
  readonly unit: 'percent' | 'points';
  /** 0.08: by 8 %, or by 8 points. */
  readonly size: number;
}

/** Whether a metric is a share of a whole. */
function isRate(metric: Metric): boolean {
  return metric === 'bounce_rate' || metric === 'conversion_rate';
}

/** The change from before to now; null where there is nothing to compare with. */
export function changeOf(metric: Metric, now: MetricValue | undefined, before: MetricValue | undefined): MetricChange | null {
  if (!isRate(metric)) {
    const size = relativeChange(now, before);
    return size === null ? null : { unit: 'percent', size };
  }
  const [current, previous] = [numeric(now), numeric(before)];
  return current === null || previous === null ? null : { unit: 'points', size: current - previous };
}
