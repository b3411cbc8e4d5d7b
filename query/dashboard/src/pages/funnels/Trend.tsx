import { useCallback, useMemo, useRef } from 'react';
import type { FunnelBucket } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import type { Palette } from '../../charts/palette';
import { timeOption } from '../../charts/timeOption';
import { formatNumber, formatRate, missing } from '../../format/number';
import { formatBucket } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { PictureButton } from '../../ui/PictureButton';
import { shareOf } from './figures';
import type { PartProps } from './useFunnel';

interface Point {
  readonly time: string;
  readonly began: number;
  readonly ended: number;
  readonly rate: number | null;
  readonly isFinished: boolean;
}

function pointOf({ time, people, is_finished: isFinished }: FunnelBucket): Point {
  const [began, ended] = [people[0] ?? 0, people.at(-1) ?? 0];
  return { time, began, ended, rate: shareOf(ended, began), isFinished };
}

/** How many came to the end, by when they began, as a picture and, on demand, as a table. */
export function Trend({ data, stale, funnel }: PartProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const { trend, unit, from, to } = funnel.choices;
  const picture = useRef<HTMLElement>(null);
  const points = useMemo(() => data.trend.map(pointOf), [data]);
  const unfinished = points.findIndex((point) => !point.isFinished);
  const name = t('funnels.conversion');
  const rateText = useCallback((rate: number | null) => (rate === null ? missing : formatRate(rate, locale)), [locale]);
  const titleOf = useCallback(
    ({ time, isFinished }: Point) => {
      const whole = formatBucket(time, trend, locale, timeZone, true);
      return isFinished ? whole : `${whole} (${t('overview.unfinished')})`;
    },
    [trend, locale, timeZone, t],
  );
  const option = useCallback(
    (palette: Palette) =>
      timeOption(
        {
          buckets: points.map((point) => point.time),
          current: { name, values: points.map((point) => point.rate) },
          bucketName: (bucket) => formatBucket(bucket, trend, locale, timeZone),
          bucketTitle: (index) => (points[index] ? titleOf(points[index]) : ''),
          valueText: rateText,
          axisText: rateText,
          wholeNumbers: false,
          unfinished: unfinished === -1 ? undefined : unfinished,
        },
        palette,
      ),
    [points, name, trend, locale, timeZone, titleOf, rateText, unfinished],
  );
  const title = t('funnels.trend.title');
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const peak = points.reduce((highest, point) => ((point.rate ?? 0) > (highest.rate ?? 0) ? point : highest), first);
  const summary = t('overview.chart.summary', { metric: name, from: titleOf(first), to: titleOf(last), peak: rateText(peak.rate), when: titleOf(peak) });
  const exported = () => [
    ['time', 'began', 'ended', 'conversion', 'is_finished'],
    ...points.map((point) => [point.time, point.began, point.ended, point.rate, String(point.isFinished)]),
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="funnel-trend" period={{ from, to }} rows={exported} />
          <PictureButton what={title} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <figure ref={picture} data-testid="funnel-trend">
        <figcaption className="quiet small">{t('funnels.trend.by')}<Explain name={title} text={t('funnels.def.trend')} /></figcaption>
        <Chart option={option} summary={summary} height={220} />
        {unfinished !== -1 && <p className="quiet small funnel-note" data-testid="funnel-unfinished">{t('funnels.unfinished')}</p>}
        <ChartTable>
          <DataTable
            name={title}
            rows={points}
            rowKey={(point) => point.time}
            columns={[
              { id: 'time', head: t('period.label'), cell: titleOf },
              { id: 'began', head: t('funnels.began', { unit: t(`metric.${unit}`) }), number: true, cell: (point) => formatNumber(point.began, locale) },
              { id: 'ended', head: t('funnels.ended'), number: true, cell: (point) => formatNumber(point.ended, locale) },
              { id: 'rate', head: name, number: true, cell: (point) => rateText(point.rate) },
            ]}
          />
        </ChartTable>
      </figure>
    </Card>
  );
}
