import { useEffect, useRef, useState } from 'react';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { commerceMetrics, headlineMetrics, metrics, type Metric } from '../../format/metric';
import { formatMoneys, numeric } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { formatFilter } from '../../state/filters';
import { useFormat, useSite } from '../../state/site';
import { useChoice, useFilters, usePeriod } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { PictureButton } from '../../ui/PictureButton';
import { EmptyState, Skeleton } from '../../ui/states';
import { HeadlineNotes, Headlines } from './Headlines';
import './overview.css';
import { TimeChart } from './TimeChart';
import { TopCard } from './TopCard';
import { Welcome } from './Welcome';

/** A page with today in it follows what happens; an empty one waits for the first visitor. */
const refresh_ms = 30_000;
const waiting_ms = 2_000;

export default function Overview() {
  const { t } = useI18n();
  const { locale } = useFormat();
  const { site, timezone, making_visits: making } = useSite();
  const { period, resolved } = usePeriod(timezone);
  const { filters } = useFilters();
  const [metric, setMetric] = useChoice('metric');
  const picture = useRef<HTMLDivElement>(null);

  const [waiting, setWaiting] = useState(false);
  const query = { from: resolved.from, to: resolved.to, filter: filters.map(formatFilter) };
  const asked = { ...query, metrics: metrics.join(','), interval: resolved.interval, limit: 1000 };
  const stats = useAnswer(questions.stats(site, { ...asked, compare: period.compare ? 'previous' : undefined }), {
    refresh_ms: waiting ? waiting_ms : refresh_ms,
  });
  const nothing = stats.data !== undefined && !stats.stale && metrics.every((one) => !numeric(stats.data?.totals[one]));
  // Whose visits are still to be made is not yet among the people.
  const mayBeFirstDay = nothing && filters.length === 0 && !making;
  const anybody = useAnswer(questions.people(site, { limit: 1 }), { refresh_ms: waiting_ms, enabled: mayBeFirstDay });
  const firstDay = mayBeFirstDay && anybody.data?.items.length === 0;
  useEffect(() => setWaiting(firstDay), [firstDay]);
  // The lists wait for it: what they are asked depends on it.
  const sells = stats.data && commerceMetrics.some((one) => (numeric(stats.data?.totals[one]) ?? 0) > 0);
  const otherMoney = formatMoneys(undefined, stats.data?.other_revenue, locale);
  const list = { query, metric, sells };
  const shownMetrics: readonly Metric[] = sells ? metrics : headlineMetrics;

  if (firstDay) {
    return (
      <Page title={t('overview.title')}>
        <Welcome />
      </Page>
    );
  }
  return (
    <Page
      title={t('overview.title')}
      controls={<><SaveReport question="stats" body={{ ...asked, metrics: [metric, ...metrics.filter((one) => one !== metric)].join(',') }} /><PeriodPicker comparable /></>}
    >
      <FilterBar />
      <Card className="card-flush" stale={stats.stale}>
        <Answered answer={stats} loading={<Skeleton lines={2} tall />}>
          {(data) => (
            <>
              <Headlines stats={data} shown={shownMetrics} selected={metric} onSelect={setMetric} />
              <HeadlineNotes stats={data} metric={metric} />
              {otherMoney !== '' && <p className="quiet small headlines-note">{t('overview.otherRevenue', { amounts: otherMoney })}</p>}
              {mayBeFirstDay && anybody.data === undefined && !anybody.error ? (
                <Skeleton lines={1} tall />
              ) : nothing && making ? (
                <EmptyState title={t('making.title')} hint={t('making.incomplete')} />
              ) : nothing && filters.length > 0 ? (
                <NothingMatches />
              ) : nothing ? (
                <EmptyState title={t('overview.empty.period')} hint={t('overview.empty.period.hint')} />
              ) : (
                <>
                  <div ref={picture}>
                    <TimeChart stats={data} metric={metric} interval={data.interval ?? resolved.interval} />
                  </div>
                  <div className="chart-export">
                    <ExportButton what={t('overview.chart.table')} question={questions.stats(site, asked)} name="overview" />
                    <PictureButton what={t(`metric.${metric}`)} period={resolved} of={picture} />
                  </div>
                </>
              )}
            </>
          )}
        </Answered>
      </Card>
      {!nothing && !(stats.error && !stats.data) && (
        <div className="top-cards">
          <TopCard name="pages" {...list} />
          <TopCard name="sources" {...list} />
          {sells && <TopCard name="products" {...list} />}
          <TopCard name="places" {...list} />
          <TopCard name="devices" {...list} />
        </div>
      )}
    </Page>
  );
}
