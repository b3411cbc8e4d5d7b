import { appDimensions, type AppDimension } from '../../api/names';
import { questions } from '../../api/questions';
import type { AppQuality, AppQualityRow, AppStart, AppStartSummary } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatLatency } from '../../format/duration';
import { formatNumber, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { formatFilter } from '../../state/filters';
import { useSite } from '../../state/site';
import { useChoice, useFilters, usePeriod } from '../../state/useAddress';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportButton } from '../../ui/ExportButton';
import { NothingMatches } from '../../ui/FilterBar';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import { useValueName } from '../../ui/useValueName';
import { middleShare, ratingOf } from '../../format/rating';
import { ShareBar } from './ShareBar';


/** How the app starts and how often it holds, whole and by a dimension. */
export function AppQualityPanel() {
  const { t, label } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const { filters } = useFilters();
  const [by, setBy] = useChoice('app_by');
  const query = { group_by: by, from: resolved.from, to: resolved.to, filter: filters.map(formatFilter) };
  const quality = useAnswer(questions.appQuality(site, query), { refresh_ms: 30_000 });

  if (quality.error && !quality.data) return <ErrorState error={quality.error} retry={quality.retry} />;
  if (!quality.data) return <Card><Skeleton lines={6} tall /></Card>;
  const { data } = quality;
  if (data.sessions === 0 && data.starts.every((start) => start.samples === 0)) {
    if (filters.length > 0) return <NothingMatches />;
    return <EmptyState title={t('quality.empty')} hint={t('quality.empty.app')} />;
  }
  return (
    <>
      <div className="quality-save"><SaveReport question="quality_app" body={query} /></div>
      <div className="vitals" data-stale={quality.stale || undefined}>
        <CrashFree quality={data} />
        {data.starts.map((start) => (
          <StartCard key={start.start} start={start} />
        ))}
      </div>
      <Card
        title={t('quality.table', { dimension: label('dimension', by).toLowerCase() })}
        stale={quality.stale}
        className="quality-table-card"
        aside={
          <span className="card-aside">
            <Segments
              label={t('quality.by')}
              choices={appDimensions.map((id) => ({ id, label: t(`dimension.${id}`) }))}
              selected={by}
              onSelect={setBy}
            />
            <ExportButton
              what={t('quality.table', { dimension: label('dimension', by).toLowerCase() })}
              question={questions.appQuality(site, { ...query, limit: 1000 })}
              name="app-quality"
            />
          </span>
        }
      >
        <AppTable rows={data.rows} by={by} starts={data.starts.map((start) => start.start)} />
      </Card>
    </>
  );
}

function CrashFree({ quality }: { quality: AppQuality }) {
  const { t, locale } = useI18n();
  const crashed = (rate: number | null | undefined, total: number) => (rate == null ? 0 : Math.round((1 - rate) * total));
  const cards = [
    {
      id: 'sessions',
      title: t('quality.crashFree.sessions'),
      rate: quality.crash_free_sessions,
      total: quality.sessions,
      sentence: t('quality.crashFree.sentence', { count: crashed(quality.crash_free_sessions, quality.sessions) }),
    },
    {
      id: 'people',
      title: t('quality.crashFree.people'),
      rate: quality.crash_free_people,
      total: quality.people,
      sentence: t('quality.crashFree.peopleSentence', { count: crashed(quality.crash_free_people, quality.people) }),
    },
  ];
  return cards.map((card) => (
    <section key={card.id} className="card vital" data-testid={`crash-free-${card.id}`}>
      <header><h2>{card.title}<Explain of="crash_free" name={card.title} /></h2></header>
      <p className="vital-value">
        <strong>{card.rate == null ? missing : formatRate(card.rate, locale)}</strong>
        <span className="quiet">{t('quality.crashFree.of', { total: formatNumber(card.total, locale) })}</span>
      </p>
      {card.rate != null && <ShareBar good={card.rate} middle={0} poor={1 - card.rate} />}
      <p className="vital-sentence">{card.sentence}</p>
    </section>
  ));
}

function StartCard({ start }: { start: AppStartSummary }) {
  const { t, label, locale } = useI18n();
  const rating = start.p75_ms == null ? null : ratingOf(start.rating);
  const value = start.p75_ms == null ? missing : formatLatency(start.p75_ms, locale);
  const good = start.good ?? 0;
  const poor = start.poor ?? 0;
  return (
    <section className={`card vital vital-${rating ?? 'none'}`} data-testid={`start-${start.start}`} data-rating={rating ?? ''}>
      <header><h2>{label('start', start.start)}</h2></header>
      <p className="vital-value">
        <strong>{value}</strong>
        <span className={`badge rating-${rating ?? 'none'}`}>{rating ? t(`quality.${rating}`) : t('quality.none')}</span>
      </p>
      {start.p75_ms != null && (
        <>
          <ShareBar good={good} middle={middleShare(good, poor)} poor={poor} labelled />
          <p className="vital-sentence">{t('quality.start', { value })}</p>
        </>
      )}
      <p className="quiet small">
        {t('quality.thresholds', {
          good: formatLatency(start.thresholds.good_ms, locale),
          poor: formatLatency(start.thresholds.poor_ms, locale),
        })}
        {' · '}
        {t('quality.samples', { count: start.samples })}
      </p>
    </section>
  );
}

function AppTable({ rows, by, starts }: { rows: readonly AppQualityRow[]; by: AppDimension; starts: readonly string[] }) {
  const { t, label, locale } = useI18n();
  const valueName = useValueName();
  const rate = (value: number | null | undefined) => (value == null ? missing : formatRate(value, locale));
  const startOf = (row: AppQualityRow, start: string) => row.starts.find((one) => one.start === start);
  return (
    <DataTable
      name={t('quality.table', { dimension: t(`dimension.${by}`).toLowerCase() })}
      className="quality-table"
      rows={rows}
      rowKey={(row) => row.dimension}
      rowData={(row) => ({ 'data-testid': 'quality-row', 'data-dimension': row.dimension })}
      columns={[
        { id: 'dimension', head: t(`dimension.${by}`), cell: (row) => valueName(by, row.dimension) },
        {
          id: 'sessions',
          head: <>{t('metric.sessions')}<Explain of="sessions" name={t('metric.sessions')} /></>,
          number: true,
          cell: (row) => formatNumber(row.sessions, locale),
        },
        { id: 'crash_free_sessions', head: t('quality.crashFree.sessions'), number: true, cell: (row) => rate(row.crash_free_sessions) },
        { id: 'crash_free_people', head: t('quality.crashFree.people'), number: true, cell: (row) => rate(row.crash_free_people) },
        ...starts.map((start) => ({
          id: start,
          head: label('start', start),
          number: true,
          cell: (row: AppQualityRow) => <StartCell start={startOf(row, start)} />,
          data: (row: AppQualityRow) => ({ 'data-rating': measured(startOf(row, start)) ?? '' }),
        })),
      ]}
    />
  );
}

/** The rating of what was measured at all. */
function measured(start: AppStart | undefined) {
  return start && start.p75_ms != null ? ratingOf(start.rating) : null;
}

function StartCell({ start }: { start: AppStart | undefined }) {
  const { t, locale } = useI18n();
  const rating = measured(start);
  if (start?.p75_ms == null || !rating) return <span className="quiet">{missing}</span>;
  return (
    <span className={`badge rating-${rating}`}>
      {formatLatency(start.p75_ms, locale)}
      <span className="sr-only"> {t(`quality.${rating}`)}</span>
    </span>
  );
}
