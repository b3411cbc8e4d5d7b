import { useCallback, useMemo } from 'react';
import type { Watched } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import type { Palette } from '../../charts/palette';
import { timeOption } from '../../charts/timeOption';
import { formatCompact } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useNumberName, useNumberText } from '../../reports/useNumberName';
import { DataTable } from '../../ui/DataTable';
import { useSpan } from './sentence';

export interface Point {
  readonly from: string;
  readonly to: string;
  readonly value?: number | null;
}

interface PointsChartProps {
  watched: Watched;
  /** The oldest first. */
  points: readonly Point[];
  usual: { readonly low: number; readonly high: number } | null | undefined;
}

/** What an alert found over time, with its threshold, or from where to where is usual. */
export function PointsChart({ watched, points, usual }: PointsChartProps) {
  const { t, locale } = useI18n();
  const nameOf = useNumberName();
  const text = useNumberText();
  const span = useSpan();
  const { number, rule, every } = watched;
  const name = nameOf(number);
  const told = JSON.stringify([points, rule, usual, number, every, locale]);
  const option = useMemo(() => {
    const levels =
      'above' in rule ? [{ name: t('alerts.threshold'), value: rule.above }]
      : 'below' in rule ? [{ name: t('alerts.threshold'), value: rule.below }]
      : usual ? [{ name: t('alerts.low'), value: usual.low }, { name: t('alerts.high'), value: usual.high }]
      : [];
    const title = (index: number) => {
      const point = points[index];
      return point ? span(point.from, point.to, every) : '';
    };
    return (palette: Palette) =>
      timeOption(
        {
          buckets: points.map(({ from }) => from),
          current: { name, values: points.map(({ value }) => value ?? null) },
          levels,
          bucketName: (bucket) => title(points.findIndex(({ from }) => from === bucket)),
          bucketTitle: title,
          valueText: (value) => text(number, value),
          axisText: (value) => (Math.abs(value) < 10 ? text(number, value) : formatCompact(value, locale)),
          wholeNumbers: false,
        },
        palette,
      );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `told` is all that it is made of
  }, [told]);
  const stable = useCallback((palette: Palette) => option(palette), [option]);
  const last = points.at(-1);
  return (
    <figure data-testid="alert-points">
      <Chart option={stable} height={200} summary={t('reports.line', { name, count: points.length, last: text(number, last?.value) })} />
      <ChartTable>
        <DataTable
          name={name}
          rows={points}
          rowKey={({ from }) => from}
          columns={[
            { id: 'when', head: t('period.label'), cell: ({ from, to }) => span(from, to, every) },
            { id: 'value', head: name, number: true, cell: ({ value }) => text(number, value) },
          ]}
        />
      </ChartTable>
    </figure>
  );
}
