import { webDimensions, type WebDimension } from '../../api/names';
import { questions } from '../../api/questions';
import type { Vital, VitalSummary } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatLatency } from '../../format/duration';
import { formatNumber, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { formatFilter } from '../../state/filters';
import { useSite } from '../../state/site';
import { useChoice, useFilters, usePeriod } from '../../state/useAddress';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { ExportButton } from '../../ui/ExportButton';
import { NothingMatches } from '../../ui/FilterBar';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import { useValueName } from '../../ui/useValueName';
import { ratingOf, vitalNames } from '../../format/rating';
import type { VitalName } from '../../format/rating';
import { ShareBar } from './ShareBar';


/** The web vitals of the period, whole and by a dimension. */
export function WebQualityPanel() {
  const { t, label } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const { filters } = useFilters();
  const [by, setBy] = useChoice('by');
  const query = { group_by: by, from: resolved.from, to: resolved.to, filter: filters.map(formatFilter) };
  const quality = useAnswer(questions.webQuality(site, query), { refresh_ms: 30_000 });

  if (quality.error && !quality.data) return <ErrorState error={quality.error} retry={quality.retry} />;
  if (!quality.data) return <Card><Skeleton lines={6} tall /></Card>;
  const { vitals, rows } = quality.data;
  if (vitals.every((vital) => vital.samples === 0)) {
    if (filters.length > 0) return <NothingMatches />;
    return <EmptyState title={t('quality.empty')} hint={t('quality.empty.web')} />;
  }
  return (
    <>
      <div className="quality-save"><SaveReport question="quality_web" body={query} /></div>
      <div className="vitals" data-stale={quality.stale || undefined}>
        {vitals.map((vital) => (
          <VitalCard key={vital.name} vital={vital} />
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
              choices={webDimensions.map((id) => ({ id, label: t(`dimension.${id}`) }))}
              selected={by}
              onSelect={setBy}
            />
            <ExportButton
              what={t('quality.table', { dimension: label('dimension', by).toLowerCase() })}
              question={questions.webQuality(site, { ...query, limit: 1000 })}
              name="web-quality"
            />
          </span>
        }
      >
        <VitalTable rows={rows} by={by} />
      </Card>
    </>
  );
}

function VitalCard({ vital }: { vital: VitalSummary }) {
  const { t, locale } = useI18n();
  const name = vitalNames.find((one) => one === vital.name);
  const rating = ratingOf(vital.rating);
  const value = vitalText(vital.name, vital.p75, locale);
  return (
    <section className={`card vital vital-${rating ?? 'none'}`} data-testid={`vital-${vital.name}`} data-rating={rating ?? ''}>
      <header>
        <h2>{name ? t(`quality.name.${name}`) : vital.name}</h2>
        <abbr title={vitalTitles[vital.name as VitalName] ?? vital.name}>{vital.name}</abbr>
      </header>
      <p className="vital-value">
        <strong>{value}</strong>
        <span className={`badge rating-${rating ?? 'none'}`}>{rating ? t(`quality.${rating}`) : t('quality.none')}</span>
      </p>
      {vital.p75 != null && (
        <>
          <ShareBar good={vital.good ?? 0} middle={vital.needs_improvement ?? 0} poor={vital.poor ?? 0} labelled />
          {name && <p className="vital-sentence">{t(`quality.${name}`, { value })}</p>}
        </>
      )}
      <p className="quiet small">
        {t('quality.thresholds', {
          good: vitalText(vital.name, vital.thresholds.good, locale),
          poor: vitalText(vital.name, vital.thresholds.poor, locale),
        })}
        {' · '}
        {t('quality.samples', { count: vital.samples })}
      </p>
    </section>
  );
}

/** Proper names, the same in every language. */
const vitalTitles: Readonly<Record<VitalName, string>> = {
  LCP: 'Largest Contentful Paint',
  INP: 'Interaction to Next Paint',
  CLS: 'Cumulative Layout Shift',
  FCP: 'First Contentful Paint',
  TTFB: 'Time to First Byte',
};

interface VitalRow {
  readonly dimension: string;
  readonly vitals: readonly Vital[];
}

function VitalTable({ rows, by }: { rows: readonly VitalRow[]; by: WebDimension }) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const vitalOf = (row: VitalRow, name: VitalName) => row.vitals.find((one) => one.name === name);
  return (
    <DataTable
      name={t('quality.table', { dimension: t(`dimension.${by}`).toLowerCase() })}
      className="quality-table"
      rows={rows}
      rowKey={(row) => row.dimension}
      rowData={(row) => ({ 'data-testid': 'quality-row', 'data-dimension': row.dimension })}
      columns={[
        { id: 'dimension', head: t(`dimension.${by}`), tone: by === 'page' ? 'mono' : '', cell: (row) => valueName(by, row.dimension) },
        ...vitalNames.map((name) => ({
          id: name,
          head: <abbr title={vitalTitles[name]}>{name}</abbr>,
          number: true,
          cell: (row: VitalRow) => <VitalCell name={name} vital={vitalOf(row, name)} />,
          data: (row: VitalRow) => ({ 'data-testid': `vital-cell-${name}`, 'data-rating': measured(vitalOf(row, name)) ?? '' }),
        })),
        {
          id: 'samples',
          head: t('quality.measurements'),
          number: true,
          tone: 'quiet',
          cell: (row) => formatNumber(Math.max(0, ...row.vitals.map((one) => one.samples)), locale),
        },
      ]}
    />
  );
}

/** The rating of what was measured at all. */
function measured(vital: Vital | undefined) {
  return vital && vital.p75 != null ? ratingOf(vital.rating) : null;
}

function VitalCell({ name, vital }: { name: VitalName; vital: Vital | undefined }) {
  const { t, locale } = useI18n();
  const rating = measured(vital);
  if (!vital || !rating) return <span className="quiet">{missing}</span>;
  return (
    <>
      <span className={`badge rating-${rating}`}>
        {vitalText(name, vital.p75, locale)}
        <span className="sr-only"> {t(`quality.${rating}`)}</span>
      </span>
      <ShareBar good={vital.good ?? 0} middle={vital.needs_improvement ?? 0} poor={vital.poor ?? 0} />
    </>
  );
}

/** CLS is a score without a unit; the others are times. */
function vitalText(name: string, value: number | null | undefined, locale: string): string {
  if (value == null) return missing;
  return name === 'CLS' ? formatNumber(value, locale, 3) : formatLatency(value, locale);
}
