import { questions } from '../../api/questions';
import type { Retention as Answer } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { useSite } from '../../state/site';
import { useFilters } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { NothingMatches } from '../../ui/FilterBar';
import { PeopleBehind } from '../../ui/PeopleBehind';
import { EmptyState, Skeleton } from '../../ui/states';
import { useValueName } from '../../ui/useValueName';
import { filledRows } from './cohorts';
import { Finding } from './Finding';
import { Groups } from './Groups';
import { HeatMap } from './HeatMap';
import { fieldOf, formatCell, peopleRequestOf, type Cell } from './question';
import { RetentionOptions } from './RetentionOptions';
import { useCohortName, useRetention, type RetentionState } from './useRetention';

const refresh_ms = 60_000;

/** Who came in a stretch of time, and who of them came again in the next ones. */
export function Cohorts() {
  const { t } = useI18n();
  const { site } = useSite();
  const retention = useRetention();
  const answer = useAnswer(questions.retention(site, retention.request), { refresh_ms, enabled: retention.isReady });
  const error = retention.isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <>
      <Card title={t('retention.options')} aside={<SaveReport question="retention" body={retention.request} disabled={!retention.isReady} />}>
        <RetentionOptions retention={retention} error={error} />
      </Card>
      {!retention.isReady ? (
        <Card><EmptyState title={t('event.unready')} hint={t('event.unready.hint')} /></Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} retention={retention} />}
        </Answered>
      )}
    </>
  );
}

function Told({ data, stale, retention }: { data: Answer; stale: boolean; retention: RetentionState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  const valueName = useValueName();
  const { group, choices: { breakdown } } = retention;
  // One of another dimension is shown to nobody.
  const shown = data.groups.find(({ value }) => value === group);
  const rows = filledRows((shown ?? data).cohorts);
  // Of another period or interval there is nobody to show.
  const cell = rows.some(({ cohort, people }) => cohort === retention.cell?.cohort && retention.cell.index < people.length) ? retention.cell : undefined;
  if (rows.length === 0) {
    return <Card stale={stale}>{filters.length > 0 ? <NothingMatches /> : <EmptyState title={t('retention.empty')} hint={t('retention.empty.hint')} />}</Card>;
  }
  return (
    <>
      <Finding rows={rows} stale={stale} retention={retention} />
      <HeatMap rows={rows} of={shown && valueName(breakdown, shown.value)} previous={shown ? undefined : data.previous?.cohorts} stale={stale} retention={retention} />
      {cell && <CellPeople key={formatCell(cell)} cell={cell} group={shown?.value} retention={retention} />}
      {breakdown !== 'none' && data.groups.length > 0 && <Groups data={data} stale={stale} retention={retention} />}
    </>
  );
}

function CellPeople({ cell, group, retention }: { cell: Cell; group: string | undefined; retention: RetentionState }) {
  const { t } = useI18n();
  const { site } = useSite();
  const valueName = useValueName();
  const { stretch, members, breakdown } = retention.choices;
  const cohort = useCohortName(stretch)(cell.cohort);
  const later = t(`retention.later.${stretch}`, { count: cell.index });
  const title = cell.index === 0 ? t('retention.behind.all', { cohort }) : t('retention.behind', { cohort, later });
  const whom = peopleRequestOf(retention.request, cell, group === undefined ? undefined : { dimension: breakdown, value: group });
  return (
    <PeopleBehind
      title={group === undefined ? title : `${title} · ${valueName(breakdown, group)}`}
      counted={(count) => t(`counted.${members}`, { count })}
      question={(cursor) => questions.retentionPeople(site, { ...whom, ...(cursor !== undefined && { cursor }) })}
      close={() => retention.show(undefined)}
    />
  );
}
