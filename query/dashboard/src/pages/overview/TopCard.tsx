import { useState } from 'react';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { formatMetric, weightOf, type ListMetric, type Metric } from '../../format/metric';
import { formatRate, missing, numeric } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { choices, type Choice, type TopList } from '../../state/address';
import { joinValues, withFilter } from '../../state/filters';
import { useFormat, useSite } from '../../state/site';
import { useChoice, useFilters } from '../../state/useAddress';
import { BarList } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { ErrorState, Skeleton } from '../../ui/states';
import { Tabs } from '../../ui/Tabs';
import { useValueName } from '../../ui/useValueName';

type TopDimension = Choice<TopList>;

interface TopCardProps {
  name: TopList;
  query: { from: string; to: string; filter: readonly string[] };
  /** What the rows show. */
  metric: Metric;
  /** Whether the site sells: then the rows say how many of the sessions bought. Nothing is asked until that is known. */
  sells: boolean | undefined;
}

const few = 8;
const many = 100;

/** A product has a part of an order's money, and no page views. */
function metricOf(dimension: TopDimension, metric: Metric): ListMetric {
  const ofProduct = dimension === 'product' || dimension === 'product_category';
  return ofProduct && (metric === 'revenue' || metric === 'page_views') ? 'product_revenue' : metric;
}

/** The top values of one of a few dimensions; a row becomes a filter when it is chosen. */
export function TopCard({ name, query, metric, sells }: TopCardProps) {
  const { t, locale } = useI18n();
  const format = useFormat();
  const { site } = useSite();
  const valueName = useValueName();
  const { filters, setFilters } = useFilters();
  const title = t(`overview.${name}`);
  const dimensions: readonly TopDimension[] = choices[name];
  const [dimension, setDimension] = useChoice(name);
  const [all, setAll] = useState(false);
  const shown = metricOf(dimension, metric);
  const weight = weightOf(shown);
  const withConversion = sells === true && shown !== 'conversion_rate';
  const wanted = [...new Set<ListMetric>([weight, shown, ...(withConversion ? (['conversion_rate'] as const) : [])])];
  const asked = { ...query, metrics: wanted.join(','), group_by: dimension, limit: all ? many : few + 1 };
  const list = useAnswer(questions.stats(site, asked), { refresh_ms: 30_000, enabled: sells !== undefined });
  const total = numeric(list.data?.totals[weight]) ?? 0;
  // A part of a whole, or what a rate or a mean is of.
  const isPart = shown === weight;
  const columns = [
    isPart
      ? { name: t('overview.column.share'), meaning: t('overview.column.share.meaning', { metric: t(`metric.${weight}`).toLocaleLowerCase(locale) }) }
      : { name: t(`metric.${weight}`) },
    ...(withConversion ? [{ name: t('overview.column.conversion'), meaning: t('overview.column.conversion.meaning') }] : []),
  ];
  const rows = (list.data?.rows ?? []).map((row) => {
    const value = row.dimensions[dimension] ?? '';
    const amount = numeric(row.metrics[weight]) ?? 0;
    const part = total > 0 ? formatRate(amount / total, locale) : missing;
    return {
      key: value,
      label: valueName(dimension, value),
      value: numeric(row.metrics[shown]) ?? 0,
      text: formatMetric(shown, row.metrics[shown], format, true),
      cells: [
        isPart ? part : formatMetric(weight, row.metrics[weight], format, true),
        ...(withConversion ? [formatMetric('conversion_rate', row.metrics['conversion_rate'], format)] : []),
      ],
      hint: t('overview.share', { share: part, metric: t(`metric.${weight}`).toLocaleLowerCase(locale) }),
      // The API has no way to ask for "empty", so such a row is only a row.
      ...(value === ''
        ? {}
        : {
            choose: () => setFilters(withFilter(filters, { dimension, operator: 'is', value: joinValues([value]) })),
            chooseLabel: t('filter.by', { value: valueName(dimension, value) }),
          }),
    };
  });
  const current = list.data?.rows[0] === undefined || dimension in (list.data.rows[0].dimensions ?? {});
  return (
    <Card
      title={title}
      explain={name}
      stale={list.stale}
      className="top-card"
      aside={
        <ExportButton
          what={`${title}, ${t(`overview.tab.${dimension}`)}`}
          question={questions.stats(site, { ...asked, limit: 1000 })}
          name={dimension}
        />
      }
    >
      <Tabs
        label={title}
        tabs={dimensions.map((one) => ({ id: one, label: t(`overview.tab.${one}`) }))}
        selected={dimension}
        onSelect={(one) => {
          setAll(false);
          setDimension(one);
        }}
      >
        {list.error && !list.data ? (
          <ErrorState error={list.error} retry={list.retry} />
        ) : !list.data || !current ? (
          <Skeleton lines={6} />
        ) : rows.length === 0 ? (
          <p className="list-empty">
            {filters.length > 0 ? t('filter.nothing', { count: filters.length }) : t('overview.list.empty')}
          </p>
        ) : (
          <>
            <BarList
              rows={all ? rows : rows.slice(0, few)}
              unit={t(`metric.${shown}`)}
              columns={columns}
              mono={dimension.includes('page') || dimension === 'content_group'}
            />
            {(rows.length > few || all) && (
              <button type="button" className="link-button" onClick={() => setAll(!all)}>
                {all ? t('app.less') : t('app.more')}
              </button>
            )}
          </>
        )}
      </Tabs>
    </Card>
  );
}
