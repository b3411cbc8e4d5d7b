import { questions } from '../../api/questions';
import type { Funnel } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { useSite } from '../../state/site';
import { useFilters } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import { Breakdown } from './Breakdown';
import { Example } from './Example';
import { Findings } from './Findings';
import { FunnelOptions } from './FunnelOptions';
import { FunnelPeople } from './FunnelPeople';
import './funnels.css';
import { FunnelSteps } from './FunnelSteps';
import { fieldOf } from './question';
import { StepList } from './StepList';
import { Trend } from './Trend';
import { useFunnel, type FunnelState } from './useFunnel';

/** The answer is whole each time, and computed anew. */
const refresh_ms = 60_000;

/** How many get from one step to the next: a funnel is put together here, and told. */
export default function Funnels() {
  const { t } = useI18n();
  const { site } = useSite();
  const funnel = useFunnel();
  const { isReady, isNew, request } = funnel;
  const answer = useAnswer(questions.funnel(site, request), { refresh_ms, enabled: isReady });
  const error = isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <Page title={t('funnels.title')} lead={t('funnels.lead')} controls={<><SaveReport question="funnels" body={request} disabled={!isReady} /><PeriodPicker comparable /></>}>
      <FilterBar />
      <Card className="funnel-builder">
        <StepList funnel={funnel} error={error} />
        <FunnelOptions funnel={funnel} error={error} />
      </Card>
      {!isReady ? (
        <Card>{isNew ? <Example use={(steps) => funnel.changeSteps(() => steps)} /> : <EmptyState title={t('funnels.unready')} hint={t('funnels.unready.hint')} />}</Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} funnel={funnel} />}
        </Answered>
      )}
    </Page>
  );
}

function Told({ data, stale, funnel }: { data: Funnel; stale: boolean; funnel: FunnelState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  // While another funnel is asked for, what is shown may be of other steps.
  const steps = funnel.asked.slice(0, data.steps.length);
  if ((data.steps[0]?.people ?? 0) === 0) {
    return <Card stale={stale}>{filters.length > 0 ? <NothingMatches /> : <EmptyState title={t('funnels.empty')} hint={t('funnels.empty.hint')} />}</Card>;
  }
  const parts = { data, steps, stale, funnel };
  return (
    <>
      <Findings {...parts} />
      <FunnelSteps {...parts} />
      {funnel.behind && <FunnelPeople key={JSON.stringify(funnel.behind)} behind={funnel.behind} funnel={funnel} />}
      {data.groups.length > 0 && funnel.choices.breakdown !== 'none' && <Breakdown {...parts} />}
      {data.trend.length > 1 && funnel.choices.trend !== 'none' && <Trend {...parts} />}
    </>
  );
}
