import type { JourneyEdge } from '../../api/types';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

/** Every move of the map as a row: what the picture says, and what it has no room for. */
export function FlowTable({ data, stale, journeys }: PartProps) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  const { from, to, unit } = journeys.choices;
  const { edges, edges_left_out } = data.flow;
  const title = t('journeys.moves');
  if (edges.length === 0) return null;
  const exported = () => [
    ['from', 'from_stage', 'to', 'to_stage', unit, 'moves', 'wait_q1_ms', 'wait_median_ms', 'wait_q3_ms'],
    ...edges.map((edge) => [edge.from.value, edge.from.stage, edge.to.value, edge.to.stage, edge.journeys, edge.moves, edge.wait.q1_ms, edge.wait.median_ms, edge.wait.q3_ms]),
  ];
  const button = (edge: JourneyEdge) => {
    const behind = { edge: { node: edge.from, next: edge.to } };
    return (
      <NumberButton
        text={formatNumber(edge.journeys, locale)}
        title={t('touchpoints.show', { who: words.who(edge.journeys), name: words.partName(behind.edge) })}
        count={edge.journeys}
        isShown={journeys.isShown(behind)}
        show={() => journeys.toggle(behind)}
      />
    );
  };
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name="journey-moves" period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        className="moves-table"
        testid="journeys-moves"
        rows={edges}
        rowKey={(edge) => JSON.stringify([edge.from, edge.to])}
        columns={[
          { id: 'from', head: t('paths.table.from'), cell: (edge) => words.name(edge.from) },
          { id: 'to', head: t('paths.table.to'), cell: (edge) => words.name(edge.to) },
          { id: 'journeys', head: t(`metric.${unit}`), number: true, cell: button },
          { id: 'moves', head: <>{t('journeys.times')}<Explain name={t('journeys.times')} text={t('journeys.def.times')} /></>, number: true, cell: (edge) => formatNumber(edge.moves, locale) },
          {
            id: 'wait',
            head: <>{t('touchpoints.number.wait')}<Explain name={t('touchpoints.number.wait')} text={t('journeys.def.wait')} /></>,
            number: true,
            cell: (edge) => <>{words.duration(edge.wait.median_ms)}<span className="quiet second">{words.duration(edge.wait.q1_ms)} – {words.duration(edge.wait.q3_ms)}</span></>,
          },
        ]}
      />
      {edges_left_out > 0 && <p className="quiet small">{t('journeys.moves.leftOut', { count: edges_left_out })}</p>}
    </Card>
  );
}
