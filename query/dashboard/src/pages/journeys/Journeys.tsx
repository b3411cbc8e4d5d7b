import { isTooBig } from '../../api/error';
import { questions } from '../../api/questions';
import type { JourneyMap } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { useChoices, useFilters } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import { Breakdown } from './Breakdown';
import { Differences } from './Differences';
import { Findings } from './Findings';
import { FlowMap } from './FlowMap';
import { FlowTable } from './FlowTable';
import { JourneyOptions } from './JourneyOptions';
import { JourneyPeople } from './JourneyPeople';
import './journeys.css';
import { fieldOf, formatBehind } from './question';
import { useJourneys, type JourneysState } from './useJourneys';
import { Variants } from './Variants';

const refresh_ms = 60_000;

/** Which whole journeys there are, drawn as one map, and what separates those that converted. */
export default function Journeys() {
  const { t } = useI18n();
  const { site } = useSite();
  const journeys = useJourneys();
  const choose = useChoices();
  const answer = useAnswer(questions.journeys(site, journeys.request), { refresh_ms, enabled: journeys.isReady });
  const error = journeys.isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <Page title={t('journeys.title')} lead={t('journeys.lead')} controls={<PeriodPicker comparable />}>
      <FilterBar />
      <Card title={t('journeys.options')}>
        <JourneyOptions journeys={journeys} error={error} />
      </Card>
      {!journeys.isReady ? (
        <Card><EmptyState title={t('event.unready')} hint={t('event.unready.hint')} /></Card>
      ) : error && isTooBig(error) && !answer.data ? (
        <Card>
          <EmptyState title={t('paths.tooBig')} hint={t('journeys.tooBig.hint')}>
            <button type="button" className="button" onClick={() => choose({ node: 'touchpoint' })}>{t('journeys.tooBig.touchpoints')}</button>
          </EmptyState>
        </Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} journeys={journeys} />}
        </Answered>
      )}
    </Page>
  );
}

function Told({ data, stale, journeys }: { data: JourneyMap; stale: boolean; journeys: JourneysState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  if (data.all.count === 0) {
    return <Card stale={stale}>{filters.length > 0 ? <NothingMatches /> : <EmptyState title={t('journeys.empty')} hint={t('journeys.empty.hint')} />}</Card>;
  }
  const part = { data, stale, journeys };
  const { behind } = journeys;
  const people = behind && <JourneyPeople key={formatBehind(behind)} behind={behind} {...part} />;
  return (
    <>
      <Findings {...part} />
      <Variants {...part} />
      {behind?.variant && people}
      <FlowMap {...part} />
      {behind?.edge && people}
      <Differences {...part} />
      {behind?.difference && people}
      {data.groups.length > 0 && journeys.choices.breakdown !== 'none' && <Breakdown {...part} />}
      {behind && !behind.variant && !behind.edge && !behind.difference && people}
      <FlowTable {...part} />
    </>
  );
}
