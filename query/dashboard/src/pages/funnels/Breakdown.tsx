import type { FunnelGroup } from '../../api/types';
import { useEventName } from '../../events/useEventName';
import { formatMoney, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { useValueName } from '../../ui/useValueName';
import { completionOf } from './figures';
import { PeopleButton } from './PeopleButton';
import type { PartProps } from './useFunnel';

/** The funnel for each value that a dimension had at the first step. */
export function Breakdown({ data, steps, stale, funnel }: PartProps) {
  const { t, label, locale } = useI18n();
  const eventName = useEventName();
  const valueName = useValueName();
  const { breakdown, from, to } = funnel.choices;
  const title = t('funnels.breakdown.title', { dimension: label('dimension', breakdown).toLocaleLowerCase(locale) });
  const rate = (group: FunnelGroup) => {
    const { share } = completionOf(group.steps);
    return share === null ? missing : formatRate(share, locale);
  };
  const exported = () => [
    [breakdown, ...steps.map((_, index) => `step_${index + 1}`), 'conversion', 'revenue'],
    ...data.groups.map((group) => [group.value, ...group.steps.map((step) => step.people), completionOf(group.steps).share, group.revenue.amount]),
  ];
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name={`funnel-${breakdown}`} period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        className="breakdown-table"
        testid="funnel-breakdown"
        rows={data.groups}
        rowKey={(group) => group.value}
        rowData={(group) => ({ 'data-value': group.value })}
        columns={[
          {
            id: 'value',
            head: <>{label('dimension', breakdown)}<Explain name={title} text={t('funnels.def.breakdown')} /></>,
            cell: (group) => valueName(breakdown, group.value),
          },
          ...steps.map(({ event }, index) => ({
            id: String(index),
            head: <span className="step-head">{t('funnels.step.named', { number: index + 1, name: eventName(event) })}</span>,
            number: true,
            cell: (group: FunnelGroup) => (
              <PeopleButton
                funnel={funnel}
                behind={{ step: index + 1, outcome: 'reached', value: group.value }}
                count={group.steps[index]?.people ?? 0}
              />
            ),
          })),
          {
            id: 'conversion',
            head: <>{t('funnels.conversion')}<Explain name={t('funnels.conversion')} text={t('funnels.def.conversion')} /></>,
            number: true,
            cell: rate,
          },
          { id: 'revenue', head: t('metric.revenue'), number: true, tone: 'money', cell: (group) => formatMoney(group.revenue, locale) },
        ]}
      />
      {data.groups_left_out > 0 && <p className="quiet small">{t('funnels.leftOut', { count: data.groups_left_out })}</p>}
    </Card>
  );
}
