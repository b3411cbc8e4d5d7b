import { useState } from 'react';
import { api, ofSite, type QueryParameters } from '../../api/client';
import { useResource } from '../../api/useResource';
import { formatNumber, formatRate, numeric } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../shell/site';
import { joinValues, withFilter, type FilterDimension } from '../../state/filters';
import { useChoice, useFilters } from '../../state/useUrlState';
import { BarList } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { ErrorState, Skeleton } from '../../ui/states';
import { Tabs } from '../../ui/Tabs';
import { useValueName } from '../../ui/useValueName';

type TopDimension = Extract<
  FilterDimension,
  'page' | 'entry_page' | 'exit_page' | 'source' | 'channel' | 'campaign' | 'country' | 'language' | 'device_class' | 'browser' | 'os'
>;

interface TopCardProps {
  /** Name of the tab's parameter in the address. */
  name: string;
  title: string;
  dimensions: readonly [TopDimension, ...TopDimension[]];
  query: QueryParameters;
}

const few = 8;
const many = 100;

/** The top values of one of a few dimensions; a row becomes a filter when it is chosen. */
export function TopCard({ name, title, dimensions, query }: TopCardProps) {
  const { t, locale } = useI18n();
  const { site } = useSite();
  const valueName = useValueName();
  const { filters, setFilters } = useFilters();
  const [dimension, setDimension] = useChoice(name, dimensions);
  const [all, setAll] = useState(false);
  const asked = { ...query, metrics: 'visitors', group_by: dimension, limit: all ? many : few + 1 };
  const list = useResource(JSON.stringify([site, asked]), (signal) => api.stats(site, asked, signal), 30_000);
  const total = numeric(list.data?.totals['visitors']) ?? 0;
  const rows = (list.data?.rows ?? []).map((row) => {
    const value = row.dimensions[dimension] ?? '';
    const visitors = numeric(row.metrics['visitors']) ?? 0;
    return {
      key: value,
      label: valueName(dimension, value),
      value: visitors,
      text: formatNumber(visitors, locale),
      hint: total > 0 ? t('overview.share', { share: formatRate(visitors / total, locale) }) : '',
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
          path={ofSite(site, '/stats')}
          query={{ ...asked, limit: 1000 }}
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
          <p className="list-empty">{t('overview.list.empty')}</p>
        ) : (
          <>
            <BarList rows={all ? rows : rows.slice(0, few)} unit={t('metric.visitors')} mono={dimension.includes('page')} />
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
