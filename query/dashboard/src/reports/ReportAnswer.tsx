import { useCallback, useMemo } from 'react';
import { questions } from '../api/questions';
import type { Attribution, Funnel, FunnelRequest, Paths, Report, Retention, SegmentHistory, Stats } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { Chart } from '../charts/Chart';
import type { Palette } from '../charts/palette';
import { timeOption } from '../charts/timeOption';
import { useEventName } from '../events/useEventName';
import { problemText } from '../format/codes';
import { formatMetric, isWhole, metrics as shownMetrics, type Metric } from '../format/metric';
import { formatCompact, formatNumber, formatRate, numeric } from '../format/number';
import { formatBucket, unfinishedIndex } from '../format/time';
import { useI18n } from '../i18n/context';
import { eventOf } from '../segments/event-of';
import { useFormat, useSite } from '../state/site';
import { Answered } from '../ui/Answered';
import { BarList } from '../ui/BarList';
import { DataTable } from '../ui/DataTable';
import { ExportTable } from '../ui/ExportButton';
import { Skeleton } from '../ui/states';
import { useValueName } from '../ui/useValueName';
import { useNumberName, useNumberText } from './useNumberName';

const refresh_ms = 60_000;
const bars_max = 8;

/** What a report says now: its numbers as its own page shows them, in short. */
export function ReportAnswer({ report }: { report: Report }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const isFine = report.problem == null;
  const answer = useAnswer(questions.reportAnswer(site, report.report), { refresh_ms, enabled: isFine });
  if (report.problem != null) {
    const { code, field } = report.problem;
    return (
      <p className="form-error" role="alert">
        {t('reports.broken')} {problemText({ status: 400, code }, i18n)} {field && t('error.field', { field })}
      </p>
    );
  }
  return <Answered answer={answer} loading={<Skeleton lines={4} />}>{(data) => <Told report={report} data={data} />}</Answered>;
}

function Told({ report, data }: { report: Report; data: unknown }) {
  switch (report.question) {
    case 'stats':
      return <StatsTold data={data as Stats} />;
    case 'funnels':
      return <FunnelTold data={data as Funnel} request={report.body as unknown as FunnelRequest} />;
    case 'retention':
      return <RetentionTold data={data as Retention} />;
    case 'attribution':
      return <AttributionTold data={data as Attribution} request={report.body as Readonly<Record<string, unknown>>} />;
    case 'paths':
      return <PathsTold data={data as Paths} />;
    case 'segment':
      return <SegmentTold data={data as SegmentHistory} />;
    default:
      return <NumbersTold report={report.report} />;
  }
}

function Nothing() {
  const { t } = useI18n();
  return <p className="quiet">{t('reports.nothing')}</p>;
}

function StatsTold({ data }: { data: Stats }) {
  const { t } = useI18n();
  const format = useFormat();
  const valueName = useValueName();
  const metric = shownMetrics.find((one) => one === data.metrics[0]) ?? ('visitors' as Metric);
  const dimensions = data.group_by;
  const rows = data.rows.filter((row) => row.dimensions['time'] !== undefined);
  const name = t(`metric.${metric}`);
  const times = rows.map((row) => row.dimensions['time'] ?? '');
  const unfinished = unfinishedIndex(times, Date.parse(data.as_of), Date.parse(data.to), format.timeZone);
  return (
    <>
      <p className="report-headline"><b>{formatMetric(metric, data.totals[metric], format)}</b> {name}</p>
      {data.interval != null && dimensions.length === 0 ? (
        <Line
          name={name}
          interval={data.interval}
          // What has not begun is not zero.
          points={rows.map((row, index) => ({ at: times[index] ?? '', value: index > unfinished.last ? null : numeric(row.metrics[metric]) }))}
          unfinished={unfinished.index}
          text={(value) => formatMetric(metric, value, format)}
          whole={isWhole(metric)}
        />
      ) : dimensions.length > 0 && data.interval == null ? (
        <BarList
          unit={name}
          rows={data.rows.slice(0, bars_max).map((row) => ({
            key: JSON.stringify(row.dimensions),
            label: dimensions.map((one) => valueName(one, row.dimensions[one] ?? '')).join(' · '),
            value: numeric(row.metrics[metric]) ?? 0,
            text: formatMetric(metric, row.metrics[metric], format),
          }))}
        />
      ) : null}
    </>
  );
}

interface LineProps {
  name: string;
  interval: string;
  points: readonly { readonly at: string; readonly value: number | null }[];
  text: (value: number | null) => string;
  whole: boolean;
  /** The first that goes on. */
  unfinished?: number | undefined;
}

function Line({ name, interval, points, text, whole, unfinished }: LineProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  // The chart is drawn anew when this changes, and only then.
  const told = JSON.stringify(points);
  const kept = useMemo(() => JSON.parse(told) as LineProps['points'], [told]);
  const option = useCallback(
    (palette: Palette) =>
      timeOption(
        {
          buckets: kept.map(({ at }) => at),
          current: { name, values: kept.map(({ value }) => value) },
          bucketName: (bucket) => formatBucket(bucket, interval, locale, timeZone),
          bucketTitle: (index) => formatBucket(kept[index]?.at ?? '', interval, locale, timeZone, true),
          valueText: text,
          axisText: (value) => formatCompact(value, locale),
          wholeNumbers: whole,
          unfinished,
        },
        palette,
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `text` is another function each time and says the same
    [kept, name, interval, locale, timeZone, whole, unfinished],
  );
  if (kept.length === 0) return <Nothing />;
  const last = kept.at(-1);
  return <Chart option={option} summary={t('reports.line', { name, count: kept.length, last: text(last?.value ?? null) })} height={180} />;
}

function FunnelTold({ data, request }: { data: Funnel; request: FunnelRequest }) {
  const { t, locale } = useI18n();
  const eventName = useEventName();
  const first = data.steps[0]?.people ?? 0;
  if (first === 0) return <Nothing />;
  const share = (data.steps.at(-1)?.people ?? 0) / first;
  return (
    <>
      <p className="report-headline"><b>{formatRate(share, locale)}</b> {t('reports.funnel')}</p>
      <BarList
        unit={t('metric.people')}
        rows={data.steps.map((step, index) => {
          const matcher = request.steps[index];
          const event = matcher && eventOf(matcher);
          return {
            key: String(index),
            label: `${index + 1}. ${event ? eventName(event) : t('numbers.step', { number: String(index + 1) })}`,
            value: step.people,
            text: formatNumber(step.people, locale),
          };
        })}
      />
    </>
  );
}

function RetentionTold({ data }: { data: Retention }) {
  const { t, locale } = useI18n();
  const rows = data.cohorts.filter(({ people }) => (people[0] ?? 0) > 0).slice(-bars_max);
  if (rows.length === 0) return <Nothing />;
  return (
    <DataTable
      name={t('nav.retention')}
      rows={rows}
      rowKey={({ cohort }) => cohort}
      columns={[
        { id: 'cohort', head: t('reports.cohort'), cell: ({ cohort }) => cohort },
        { id: 'people', head: t('metric.people'), number: true, cell: ({ people }) => formatNumber(people[0] ?? 0, locale) },
        ...[1, 2, 3].map((later) => ({
          id: String(later),
          head: `+${later}`,
          number: true,
          cell: ({ people }: Retention['cohorts'][number]) => {
            const came = people[later];
            return came == null ? '' : formatRate(came / (people[0] ?? 1), locale);
          },
        })),
      ]}
    />
  );
}

function AttributionTold({ data, request }: { data: Attribution; request: Readonly<Record<string, unknown>> }) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const dimension = typeof request['group_by'] === 'string' ? request['group_by'] : 'source';
  if (data.rows.length === 0) return <Nothing />;
  return (
    <>
      <p className="report-headline"><b>{formatNumber(data.conversions, locale)}</b> {t('reports.conversions')}</p>
      <BarList
        unit={t('reports.conversions')}
        rows={data.rows.slice(0, bars_max).map((row) => ({
          key: row.touchpoint,
          label: valueName(dimension, row.touchpoint),
          value: row.conversions,
          text: formatNumber(row.conversions, locale, 1),
        }))}
      />
    </>
  );
}

function PathsTold({ data }: { data: Paths }) {
  const { t, locale } = useI18n();
  const links = [...data.links].sort((one, other) => other.count - one.count).slice(0, bars_max);
  if (links.length === 0) return <Nothing />;
  const nameOf = (node: unknown) => (typeof node === 'string' ? node : node == null ? t('reports.edge') : String((node as { value?: unknown }).value ?? (node as { name?: unknown }).name ?? ''));
  return (
    <BarList
      unit={t('reports.journeys')}
      rows={links.map((link) => ({
        key: JSON.stringify([link.step, link.from, link.to]),
        label: `${nameOf(link.from)} → ${nameOf(link.to)}`,
        value: link.count,
        text: formatNumber(link.count, locale),
      }))}
    />
  );
}

function SegmentTold({ data }: { data: SegmentHistory }) {
  const { t, locale } = useI18n();
  const text = (value: number | null) => formatNumber(value ?? 0, locale);
  const last = data.items.at(-1);
  return (
    <>
      <p className="report-headline"><b>{text(last?.people ?? 0)}</b> {t('metric.people')}</p>
      <Line name={t('metric.people')} interval={data.interval} points={data.items.map(({ at, people }) => ({ at, value: people }))} text={text} whole />
    </>
  );
}

function NumbersTold({ report }: { report: string }) {
  const { t } = useI18n();
  const { site } = useSite();
  const answer = useAnswer(questions.reportNumbers(site, report), { refresh_ms });
  const nameOf = useNumberName();
  const text = useNumberText();
  return (
    <Answered answer={answer} loading={<Skeleton lines={4} />}>
      {({ items }) =>
        items.length === 0 ? <Nothing /> : (
          <DataTable
            name={t('reports.numbers')}
            rows={items.slice(0, bars_max)}
            rowKey={({ number }) => number}
            columns={[
              { id: 'name', head: t('reports.numbers'), cell: ({ number }) => nameOf(number) },
              { id: 'value', head: t('alerts.value'), number: true, cell: ({ number, value }) => text(number, value) },
            ]}
          />
        )
      }
    </Answered>
  );
}

/** All numbers of a report as CSV, by their paths. */
export function ReportExport({ report }: { report: Report }) {
  const { site } = useSite();
  const answer = useAnswer(questions.reportNumbers(site, report.report), { enabled: report.problem == null });
  if (!answer.data) return null;
  const rows = () => [['number', 'value'], ...answer.data!.items.map(({ number, value }) => [number, value])];
  return <ExportTable what={report.name} name={`report-${report.report}`} period={{ from: '', to: '' }} rows={rows} />;
}
