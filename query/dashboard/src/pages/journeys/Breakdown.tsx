import type { JourneyMap } from '../../api/types';
import { formatMoney, formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { useValueName } from '../../ui/useValueName';
import type { Behind } from './question';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

type Group = JourneyMap['groups'][number];
/** More columns nobody compares. */
const ways_max = 3;

/** The journeys for each value that a dimension had at the first event, with the most frequent ways beside each other. */
export function Breakdown({ data, stale, journeys }: PartProps) {
  const { t, label, locale } = useI18n();
  const valueName = useValueName();
  const words = useWords(data, journeys);
  const { breakdown, from, to, unit } = journeys.choices;
  const title = t('funnels.breakdown.title', { dimension: label('dimension', breakdown).toLocaleLowerCase(locale) });
  const ways = data.variants.slice(0, ways_max);
  const exported = () => [
    [breakdown, unit, 'converted', 'conversion_rate', 'conversions', 'revenue', 'duration_median_ms', ...data.variants.map((_, index) => `way_${index + 1}`)],
    ...data.groups.map(({ value, all, variants }) => [
      value, all.count, all.converted, all.conversion_rate, all.conversions, all.revenue.amount, all.duration.median_ms, ...variants.map(({ count }) => count),
    ]),
  ];
  const number = (count: number, group: Group, behind: Behind) => {
    const one = { ...behind, group: group.value };
    return (
      <NumberButton
        text={formatNumber(count, locale)}
        title={t('touchpoints.show', { who: words.who(count), name: valueName(breakdown, group.value) })}
        count={count}
        isShown={journeys.isShown(one)}
        show={() => journeys.toggle(one)}
      />
    );
  };
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name={`journeys-${breakdown}`} period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        testid="journeys-breakdown"
        rows={data.groups}
        rowKey={(group) => group.value}
        rowData={(group) => ({ 'data-value': group.value })}
        columns={[
          {
            id: 'value',
            head: <>{label('dimension', breakdown)}<Explain name={title} text={t('touchpoints.def.breakdown')} /></>,
            cell: (group) => valueName(breakdown, group.value),
          },
          { id: 'count', head: t(`metric.${unit}`), number: true, cell: (group) => number(group.all.count, group, {}) },
          {
            id: 'converted',
            head: t(words.isBought ? 'journeys.behind.bought' : 'journeys.behind.converted'),
            number: true,
            cell: (group) => <>{number(group.all.converted, group, { outcome: 'converted' })} <span className="quiet">{words.rate(group.all.conversion_rate)}</span></>,
          },
          { id: 'revenue', head: t('metric.revenue'), number: true, tone: 'money', cell: (group) => formatMoney(group.all.revenue, locale) },
          { id: 'duration', head: t('journeys.duration'), number: true, cell: (group) => words.duration(group.all.duration.median_ms) },
          ...ways.map((way, index) => ({
            id: String(index),
            head: <span title={way.nodes.map(words.name).join(' → ')}>{t('journeys.way', { number: index + 1 })}</span>,
            number: true,
            cell: (group: Group) => words.rate((group.variants[index]?.count ?? 0) / group.all.count),
          })),
        ]}
      />
      {data.groups_left_out > 0 && <p className="quiet small">{t('funnels.leftOut', { count: data.groups_left_out })}</p>}
    </Card>
  );
}
