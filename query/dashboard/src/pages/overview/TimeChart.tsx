import { useCallback, useMemo } from 'react';
import type { Stats } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import type { Palette } from '../../charts/palette';
import { timeOption } from '../../charts/timeOption';
import { formatMetric, isWhole, type Metric } from '../../format/metric';
import { numeric } from '../../format/number';
import { formatBucket, unfinishedIndex } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { DataTable, type Column } from '../../ui/DataTable';
import { comparisonOf } from './comparison';

interface Point {
  readonly bucket: string;
  readonly value: number | null;
  readonly before: number | null;
}

/** The chosen metric over time, as a picture and, on demand, as a table. */
export function TimeChart({ stats, metric, interval }: { stats: Stats; metric: Metric; interval: string }) {
  const { t } = useI18n();
  const format = useFormat();
  const { locale, timeZone } = format;

  // A line of zeros would say that nobody came when nobody counted.
  const compares = ['whole', 'within'].includes(comparisonOf(stats).kind);
  const unfinished = useMemo(
    () => unfinishedIndex(stats.rows.map((row) => row.dimensions['time'] ?? ''), Date.parse(stats.as_of), Date.parse(stats.to), timeZone),
    [stats, timeZone],
  );
  const points = useMemo<Point[]>(
    () =>
      stats.rows.map((row, index) => ({
        bucket: row.dimensions['time'] ?? '',
        // What has not begun is not zero.
        value: index > unfinished.last ? null : numeric(row.metrics[metric]),
        before: numeric(stats.compare?.rows?.[index]?.metrics[metric]),
      })),
    [stats, metric, unfinished],
  );
  const title = useCallback(
    (bucket: string) => formatBucket(bucket, interval, locale, timeZone, true),
    [interval, locale, timeZone],
  );
  const titleOf = useCallback(
    (index: number) => {
      const whole = title(points[index]?.bucket ?? '');
      return index === unfinished.index ? `${whole} (${t('overview.unfinished')})` : whole;
    },
    [points, title, unfinished, t],
  );
  const valueText = useCallback(
    (value: number | null) => formatMetric(metric, value, format),
    [metric, format],
  );
  const option = useCallback(
    (palette: Palette) =>
      timeOption(
        {
          buckets: points.map((point) => point.bucket),
          current: { name: t('period.current'), values: points.map((point) => point.value) },
          previous: stats.compare?.rows && compares
            ? { name: t('period.previous'), values: points.map((point) => point.before) }
            : undefined,
          bucketName: (bucket) => formatBucket(bucket, interval, locale, timeZone),
          bucketTitle: (index) => titleOf(index),
          unfinished: unfinished.index,
          valueText,
          wholeNumbers: isWhole(metric),
          axisText: (value) => formatMetric(metric, value, format, true),
        },
        palette,
      ),
    [points, stats.compare, compares, interval, locale, timeZone, titleOf, unfinished, valueText, metric, format, t],
  );

  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;
  const peak = points.reduce((highest, point) => ((point.value ?? 0) > (highest.value ?? 0) ? point : highest), first);
  const name = t(`metric.${metric}`);
  const columns: [Column<Point>, ...Column<Point>[]] = [
    { id: 'bucket', head: t('period.label'), cell: (point) => titleOf(points.indexOf(point)) },
    { id: 'value', head: name, number: true, cell: (point) => valueText(point.value) },
    ...(compares ? [{ id: 'before', head: t('period.previous'), number: true, cell: (point: Point) => valueText(point.before) }] : []),
  ];
  const summary = t('overview.chart.summary', {
    metric: name,
    from: title(first.bucket),
    to: title(last.bucket),
    peak: valueText(peak.value),
    when: title(peak.bucket),
  });
  return (
    <figure className="time-chart">
      <figcaption className="sr-only">{t('overview.chart', { metric: name })}</figcaption>
      <Chart option={option} summary={summary} height={260} />
      {unfinished.index !== undefined && <p className="quiet small chart-note" data-testid="unfinished">{t('overview.unfinished.note')}</p>}
      <ChartTable>
        <DataTable name={name} columns={columns} rows={points} rowKey={(point) => point.bucket} />
      </ChartTable>
    </figure>
  );
}
