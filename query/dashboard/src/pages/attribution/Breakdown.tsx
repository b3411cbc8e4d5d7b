import type { AttributionGroup } from '../../api/types';
import { formatMoney, formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { useValueName } from '../../ui/useValueName';
import { useCreditText, type PartProps } from './useAttribution';

/** So many touchpoints are named of each value; the file has them all. */
const named_max = 3;

/** The same for each value that a dimension had at the conversion, by the chosen model. */
export function Breakdown({ data, stale, attribution }: PartProps) {
  const { t, label } = useI18n();
  const { locale } = useFormat();
  const valueName = useValueName();
  const { breakdown, credit, model, from, to } = attribution.choices;
  const creditText = useCreditText(credit);
  const title = t('funnels.breakdown.title', { dimension: label('dimension', breakdown).toLocaleLowerCase(locale) });
  const largest = ({ rows }: AttributionGroup) => {
    const named = rows.slice(0, named_max).map((row) => `${valueName(data.group_by, row.touchpoint)} ${creditText(row)}`);
    const others = rows.length - named.length;
    return [...named, ...(others > 0 ? [t('attribution.others', { count: others })] : [])].join(', ');
  };
  const exported = () => [
    [breakdown, data.group_by, 'conversions', 'revenue'],
    ...data.groups.flatMap((group) => group.rows.map((row) => [group.value, row.touchpoint, Number(row.conversions.toFixed(6)), row.revenue])),
  ];
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name={`attribution-${data.group_by}-${breakdown}`} period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        testid="attribution-breakdown"
        rows={data.groups}
        rowKey={(group) => group.value}
        rowData={(group) => ({ 'data-value': group.value })}
        columns={[
          {
            id: 'value',
            head: <>{label('dimension', breakdown)}<Explain name={title} text={t('attribution.def.breakdown')} /></>,
            cell: (group) => valueName(breakdown, group.value),
          },
          { id: 'conversions', head: t('attribution.credit.conversions'), number: true, cell: (group) => formatNumber(group.conversions, locale) },
          { id: 'revenue', head: t('attribution.credit.revenue'), number: true, tone: 'money', cell: (group) => formatMoney(group.revenue, locale) },
          { id: 'largest', head: t('attribution.breakdown.largest', { model: t(`attribution.model.${model}`) }), cell: largest },
        ]}
      />
      {data.groups_left_out > 0 && <p className="quiet small">{t('funnels.leftOut', { count: data.groups_left_out })}</p>}
    </Card>
  );
}
