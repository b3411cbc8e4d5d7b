import { useMemo } from 'react';
import { questions } from '../../api/questions';
import type { Attribution as Answer } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { useSite } from '../../state/site';
import { useChoice, useFilters } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import './attribution.css';
import { AttributionOptions } from './AttributionOptions';
import { AttributionPeople } from './AttributionPeople';
import { AttributionTable } from './AttributionTable';
import { Breakdown } from './Breakdown';
import { Comparison } from './Comparison';
import { ranked } from './figures';
import { Findings } from './Findings';
import { fieldOf, isTooLong } from './question';
import { useAttribution, type AttributionState } from './useAttribution';

const refresh_ms = 60_000;

/** Which visits led to conversions, and what each model makes of that. */
export default function Attribution() {
  const { t } = useI18n();
  const { site } = useSite();
  const attribution = useAttribution();
  const answer = useAnswer(questions.attribution(site, attribution.request), { refresh_ms, enabled: attribution.isReady });
  const error = attribution.isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <Page title={t('attribution.title')} lead={t('attribution.lead')} controls={<><SaveReport question="attribution" body={attribution.request} disabled={!attribution.isReady} /><PeriodPicker comparable /></>}>
      <FilterBar />
      <Card title={t('attribution.options')}>
        <AttributionOptions attribution={attribution} error={error} />
      </Card>
      {!attribution.isReady ? (
        <Card><EmptyState title={t('event.unready')} hint={t('attribution.unready.hint')} /></Card>
      ) : isTooLong(error) ? (
        <Card><OtherModels /></Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} attribution={attribution} />}
        </Answered>
      )}
    </Page>
  );
}

function Told({ data, stale, attribution }: { data: Answer; stale: boolean; attribution: AttributionState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  const { model, credit } = attribution.choices;
  // An answer has all models: another one is shown before it is asked for.
  const rows = useMemo(() => ranked(data.rows, model, credit), [data, model, credit]);
  const before = useMemo(() => (data.previous && data.previous.conversions > 0 ? new Map(ranked(data.previous.rows, model, credit).map((row) => [row.value, row])) : undefined), [data, model, credit]);
  if (data.conversions === 0) {
    return <Card stale={stale}>{filters.length > 0 ? <NothingMatches /> : <EmptyState title={t('attribution.empty')} hint={t('attribution.empty.hint')} />}</Card>;
  }
  const parts = { data, rows, before, stale, attribution };
  return (
    <>
      <Findings {...parts} />
      <AttributionTable {...parts} />
      {attribution.behind && <AttributionPeople key={JSON.stringify(attribution.behind)} {...parts} behind={attribution.behind} />}
      {data.groups.length > 0 && attribution.choices.breakdown !== 'none' && <Breakdown {...parts} />}
      <Comparison {...parts} />
    </>
  );
}

/** Stands where there are too many touchpoints for a chain: every other model can tell them. */
function OtherModels() {
  const { t } = useI18n();
  const [, setModel] = useChoice('model');
  return (
    <EmptyState title={t('attribution.tooMany')} hint={t('attribution.tooMany.hint')}>
      <div className="state-actions">
        {(['last_non_direct', 'shapley'] as const).map((model) => (
          <button key={model} type="button" className="button" onClick={() => setModel(model)}>
            {t('attribution.use', { model: t(`attribution.model.${model}`) })}
          </button>
        ))}
      </div>
    </EmptyState>
  );
}
