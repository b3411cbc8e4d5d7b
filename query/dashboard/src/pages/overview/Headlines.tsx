import type { Stats } from '../../api/types';
import { changeOf, formatMetric, risesWell, type Metric } from '../../format/metric';
import { formatDay, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Change } from '../../ui/Change';
import { Explain } from '../../ui/Explain';
import { comparisonOf } from './comparison';

interface HeadlinesProps {
  stats: Stats;
  shown: readonly Metric[];
  selected: Metric;
  onSelect: (metric: Metric) => void;
}

/** The headline numbers; each is the button that puts its metric into the chart below. */
export function Headlines({ stats, shown, selected, onSelect }: HeadlinesProps) {
  const { t } = useI18n();
  const format = useFormat();
  const comparison = comparisonOf(stats);
  return (
    <div className="headlines" role="group" aria-label={t('overview.headlines')}>
      {shown.map((metric) => {
        const before = stats.compare?.totals[metric];
        return (
          <button
            key={metric}
            type="button"
            className="headline"
            aria-pressed={metric === selected}
            data-testid={`headline-${metric}`}
            onClick={() => onSelect(metric)}
          >
            <span className="headline-name">{t(`metric.${metric}`)}</span>
            <span className="headline-value">{formatMetric(metric, stats.totals[metric], format, true)}</span>
            {comparison.kind === 'whole' && (
              <span className="headline-compare">
                <Change change={changeOf(metric, stats.totals[metric], before)} risesWell={risesWell(metric)} />
                <span className="quiet">{t('period.before', { value: formatMetric(metric, before, format, true) })}</span>
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** What the chosen number means, and what it is compared with. */
export function HeadlineNotes({ stats, metric }: { stats: Stats; metric: Metric }) {
  const { t, named } = useI18n();
  const { locale, timeZone } = useFormat();
  const comparison = comparisonOf(stats);
  const day = (instant: string) => formatDay(instant, locale, timeZone);
  const compared = {
    none: () => '',
    noData: () => t('compare.noData'),
    after: (dataFrom: string) => t('compare.none', { day: day(dataFrom) }),
    within: (dataFrom: string) => t('compare.part', { day: day(dataFrom) }),
  };
  const sentence =
    comparison.kind === 'whole'
      ? t('compare.range', { from: formatShort(comparison.from, locale, timeZone), to: formatShort(comparison.to, locale, timeZone) })
      : 'dataFrom' in comparison
        ? compared[comparison.kind](comparison.dataFrom)
        : compared[comparison.kind]();
  return (
    <div className="headline-notes quiet small">
      <p data-testid="definition">{named('definition', metric)} <Explain of="rounded" name={t('overview.headlines')} /></p>
      {sentence !== '' && (
        <p data-testid="compared" data-kind={comparison.kind}>
          {sentence} <Explain of="change" name={t('period.compare.short')} />
        </p>
      )}
    </div>
  );
}
