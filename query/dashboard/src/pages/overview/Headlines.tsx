import type { Stats } from '../../api/types';
import { formatMetric, risesWell, type Metric } from '../../format/metric';
import { relativeChange } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../shell/site';
import { Change } from '../../ui/Change';

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
            {stats.compare && (
              <span className="headline-compare">
                <Change change={relativeChange(stats.totals[metric], before)} risesWell={risesWell(metric)} />
                <span className="quiet">{t('period.before', { value: formatMetric(metric, before, format, true) })}</span>
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
