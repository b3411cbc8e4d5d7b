import { questions } from '../../api/questions';
import type { Touchpoints as Answer } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { useFilters } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import { Breakdown } from './Breakdown';
import { CellPanel } from './CellPanel';
import { Findings } from './Findings';
import { Matrix } from './Matrix';
import { PlacePeople } from './PlacePeople';
import { fieldOf, formatPlace } from './question';
import { TouchpointOptions } from './TouchpointOptions';
import './touchpoints.css';
import { cellAt, useTouchpoints, type TouchpointsState } from './useTouchpoints';

const refresh_ms = 60_000;

/** Where people are, where they wait and where they get lost. */
export default function Touchpoints() {
  const { t } = useI18n();
  const { site } = useSite();
  const touchpoints = useTouchpoints();
  const answer = useAnswer(questions.touchpoints(site, touchpoints.request), { refresh_ms, enabled: touchpoints.isReady });
  const error = touchpoints.isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <Page title={t('touchpoints.title')} lead={t('touchpoints.lead')} controls={<PeriodPicker comparable />}>
      <FilterBar />
      <Card title={t('touchpoints.options')}>
        <TouchpointOptions touchpoints={touchpoints} error={error} />
      </Card>
      {!touchpoints.isReady ? (
        <Card><EmptyState title={t('event.unready')} hint={t('event.unready.hint')} /></Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} touchpoints={touchpoints} />}
        </Answered>
      )}
    </Page>
  );
}

function Told({ data, stale, touchpoints }: { data: Answer; stale: boolean; touchpoints: TouchpointsState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  if (data.people === 0) {
    return <Card stale={stale}>{filters.length > 0 ? <NothingMatches /> : <EmptyState title={t('touchpoints.empty')} hint={t('touchpoints.empty.hint')} />}</Card>;
  }
  const part = { data, stale, touchpoints };
  const { place, behind } = touchpoints;
  const cell = place && cellAt(data, place);
  return (
    <>
      <Findings {...part} />
      <Matrix {...part} />
      {cell && place && <CellPanel key={formatPlace(place)} stale={stale} touchpoints={touchpoints} place={place} cell={cell} />}
      {place && behind && (cell || behind.group !== undefined) && <PlacePeople key={JSON.stringify([place, behind])} place={place} behind={behind} touchpoints={touchpoints} />}
      {data.groups.length > 0 && touchpoints.choices.breakdown !== 'none' && <Breakdown {...part} />}
    </>
  );
}
