import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { useValueName } from '../../ui/useValueName';
import type { Place } from './question';
import { cellAt, type PartProps } from './useTouchpoints';
import { useWords } from './useWords';

/** The chosen number of each touchpoint, for each value that a dimension had at somebody's first event. */
export function Breakdown({ data, stale, touchpoints }: PartProps) {
  const { t, label, locale } = useI18n();
  const valueName = useValueName();
  const { breakdown, from, to, shade } = touchpoints.choices;
  const words = useWords(touchpoints.choices);
  const title = t('funnels.breakdown.title', { dimension: label('dimension', breakdown).toLocaleLowerCase(locale) });
  const names = data.touchpoints.map(({ touchpoint }) => touchpoint);
  const exported = () => [
    [breakdown, 'people', 'events', 'touchpoint', 'touchpoint_people', 'lost', 'lost_share', 'wait_median_ms', 'converted', 'conversion_rate'],
    ...data.groups.flatMap((group) =>
      group.touchpoints.map((one) => [group.value, group.people, group.events, one.touchpoint, one.people, one.lost, one.lost_share, one.wait.median_ms, one.converted, one.conversion_rate]),
    ),
  ];
  const isShown = (place: Place, value: string) => touchpoints.place?.touchpoint === place.touchpoint && touchpoints.behind?.group === value;
  return (
    <Card title={`${title}: ${words.shadeName(shade)}`} stale={stale} aside={<ExportTable what={title} name={`touchpoints-${breakdown}`} period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        testid="touchpoints-breakdown"
        rows={data.groups}
        rowKey={(group) => group.value}
        rowData={(group) => ({ 'data-value': group.value })}
        columns={[
          {
            id: 'value',
            head: <>{label('dimension', breakdown)}<Explain name={title} text={t('touchpoints.def.breakdown')} /></>,
            cell: (group) => valueName(breakdown, group.value),
          },
          { id: 'people', head: t(`metric.${touchpoints.choices.members}`), number: true, cell: (group) => formatNumber(group.people, locale) },
          ...names.map((touchpoint) => ({
            id: touchpoint,
            head: words.touchpointName(touchpoint),
            number: true,
            cell: (group: (typeof data.groups)[number]) => {
              const cell = cellAt(group, { touchpoint });
              if (!cell) return '·';
              const shown = isShown({ touchpoint }, group.value);
              return (
                <NumberButton
                  text={words.number(cell, shade)}
                  title={t('touchpoints.open.group', { text: words.sentence(cell, shade), value: valueName(breakdown, group.value) })}
                  count={cell.people}
                  isShown={shown}
                  show={() => (shown ? touchpoints.look(undefined) : touchpoints.show({ touchpoint }, { outcome: 'all', group: group.value }))}
                />
              );
            },
          })),
        ]}
      />
      {data.groups_left_out > 0 && <p className="quiet small">{t('funnels.leftOut', { count: data.groups_left_out })}</p>}
    </Card>
  );
}
