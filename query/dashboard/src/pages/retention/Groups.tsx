import type { Retention, RetentionGroup } from '../../api/types';
import { formatNumber, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { useValueName } from '../../ui/useValueName';
import { columnsOf, meanOf } from './cohorts';
import type { RetentionState } from './useRetention';

/** So many later stretches are beside each other; the file has them all. */
const shown_max = 8;

interface GroupsProps {
  data: Retention;
  stale: boolean;
  retention: RetentionState;
}

/** The mean of each value of a dimension; one is chosen to see its rows above. */
export function Groups({ data, stale, retention }: GroupsProps) {
  const { t, label, locale } = useI18n();
  const valueName = useValueName();
  const { breakdown, stretch, members, from, to } = retention.choices;
  const title = t('funnels.breakdown.title', { dimension: label('dimension', breakdown).toLocaleLowerCase(locale) });
  const all = Array.from({ length: columnsOf(data.cohorts) }, (_, place) => place + 1);
  const later = (count: number) => t(`retention.later.${stretch}`, { count });
  const sizeOf = ({ cohorts }: RetentionGroup) => cohorts.reduce((sum, { people }) => sum + (people[0] ?? 0), 0);
  const exported = () => [
    [breakdown, 'size', ...all.map((index) => `after_${index}`)],
    ...data.groups.map((group) => [group.value, sizeOf(group), ...all.map((index) => meanOf(group.cohorts, index).share)]),
  ];
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name={`retention-${breakdown}`} period={{ from, to }} rows={exported} />}>
      <p className="quiet small">{t('retention.groups.hint')}</p>
      <DataTable
        name={title}
        testid="retention-groups"
        rows={data.groups}
        rowKey={(group) => group.value}
        rowData={(group) => ({ 'data-value': group.value })}
        columns={[
          {
            id: 'value',
            head: <>{label('dimension', breakdown)}<Explain name={title} text={t('retention.def.groups')} /></>,
            cell: ({ value }) => {
              const isShown = retention.group === value;
              return (
                <button type="button" className="link-button" aria-pressed={isShown} onClick={() => retention.showGroup(isShown ? undefined : value)}>
                  {valueName(breakdown, value)}
                </button>
              );
            },
          },
          { id: 'size', head: t(`metric.${members}`), number: true, cell: (group) => formatNumber(sizeOf(group), locale) },
          ...all.slice(0, shown_max).map((index) => ({
            id: String(index),
            head: <><span aria-hidden="true" title={later(index)}>+{index}</span><span className="sr-only">{later(index)}</span></>,
            number: true,
            cell: (group: RetentionGroup) => {
              const { share } = meanOf(group.cohorts, index);
              return share === null ? missing : formatRate(share, locale);
            },
          })),
        ]}
      />
      {data.groups_left_out > 0 && <p className="quiet small">{t('funnels.leftOut', { count: data.groups_left_out })}</p>}
    </Card>
  );
}
