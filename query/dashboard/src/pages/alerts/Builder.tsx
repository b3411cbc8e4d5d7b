import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { Alert, Report, Watched } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { FieldError } from '../../events/FieldError';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { alertPath } from '../../reports/link';
import { useNumberName, useNumberText } from '../../reports/useNumberName';
import { segmentError } from '../../segments/problem';
import { sitePath } from '../../state/address';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { Page } from '../../ui/Page';
import { SelectField } from '../../ui/SelectField';
import { EmptyState, Skeleton } from '../../ui/states';
import { PointsChart } from './PointsChart';
import { directions, draftOf, emptyDraft, readNumber, rhythms, ruleKinds, watchedOf, type Draft } from './rule';
import { useFoundSentence, useRuleSentence } from './sentence';

/** An alert that is put together. */
export function NewAlert() {
  const { t } = useI18n();
  return (
    <Page title={t('alerts.new')} lead={t('alerts.new.lead')}>
      <WithReports />
    </Page>
  );
}

/** An alert that is changed. */
export function EditAlert() {
  const { t } = useI18n();
  const { site } = useSite();
  const { alert = '' } = useParams();
  const answer = useAnswer(questions.alert(site, alert));
  return (
    <Page title={t('alerts.edit.title')}>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>{(saved) => <WithReports saved={saved} />}</Answered>
    </Page>
  );
}

function WithReports({ saved }: { saved?: Alert }) {
  const { t } = useI18n();
  const { site } = useSite();
  const reports = useAnswer(questions.reports(site));
  return (
    <Answered answer={reports} loading={<Card><Skeleton lines={6} /></Card>}>
      {({ items }) =>
        items.length === 0 ? (
          <Card><EmptyState title={t('alerts.noReports')} hint={t('alerts.noReports.hint')} action={{ label: t('nav.overview'), to: sitePath(site, 'overview') }} /></Card>
        ) : (
          <Form reports={items} {...(saved && { saved })} />
        )
      }
    </Answered>
  );
}

function Form({ reports, saved }: { reports: readonly Report[]; saved?: Alert }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [parameters] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => {
    if (saved) return draftOf(saved.watched);
    const wanted = reports.find(({ report }) => report === parameters.get('report')) ?? reports[0];
    return { ...emptyDraft, report: wanted?.report ?? '' };
  });
  const [name, setName] = useState(saved?.name ?? '');
  const [cooldown, setCooldown] = useState(String(saved?.cooldown_hours ?? 0));
  const [isTried, setIsTried] = useState(false);
  const change = (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next }));
  const watched = watchedOf(draft);
  const hours = readNumber(cooldown);
  const saving = useMutation({
    mutationFn: async (body: Watched) => {
      const request = { name: name.trim(), watched: body, cooldown_hours: hours ?? 0, is_on: saved?.is_on ?? true };
      const { alert } = saved ? await changes.changeAlert(site, saved.alert, { ...request, version: saved.version }) : await changes.addAlert(site, request);
      await cache.invalidateQueries({ queryKey: questions.alerts(site).queryKey });
      await cache.invalidateQueries({ queryKey: questions.alert(site, alert).queryKey });
      await navigate(alertPath(site, alert));
    },
  });
  const problem = segmentError(saving.error);
  const isMissing = watched === undefined || name.trim() === '' || hours === undefined;
  return (
    <form
      className="form-stack"
      onSubmit={(event) => {
        event.preventDefault();
        setIsTried(true);
        if (watched && !isMissing) saving.mutate(watched);
      }}
    >
      <Card>
        <div className="alert-fields">
          <label className="option">
            <span className="option-name">{t('reports.name')}</span>
            <input type="text" value={name} maxLength={200} placeholder={t('alerts.name.example')} onChange={({ target }) => setName(target.value)} />
          </label>
          <SelectField
            label={t('reports.one')}
            values={reports.map(({ report }) => report)}
            value={draft.report}
            choose={(report) => change({ report, number: '' })}
            name={(id) => reports.find(({ report }) => report === id)?.name ?? id}
          />
          <NumberField draft={draft} change={change} />
          <RuleFields draft={draft} change={change} isTried={isTried} />
          <label className="option">
            <span className="option-name">{t('alerts.cooldown')}<Explain name={t('alerts.cooldown')} text={t('alerts.cooldown.explain')} /></span>
            <input type="text" inputMode="numeric" value={cooldown} onChange={({ target }) => setCooldown(target.value)} />
          </label>
        </div>
      </Card>
      {watched && <Preview watched={watched} />}
      <div className="board-add">
        <button type="submit" className="button button-main" disabled={saving.isPending}>{t('alerts.save')}</button>
        {problem ? <p className="form-error" role="alert">{problemText(problem, i18n)}</p> : isTried && isMissing && <p className="form-error" role="alert">{t('alerts.missing')}</p>}
      </div>
    </form>
  );
}

interface FieldsProps {
  draft: Draft;
  change: (next: Partial<Draft>) => void;
}

/** The numbers that the report has now, to choose from. */
function NumberField({ draft, change }: FieldsProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const nameOf = useNumberName();
  const text = useNumberText();
  const answer = useAnswer(questions.reportNumbers(site, draft.report), { enabled: draft.report !== '' });
  const listed = answer.data?.items ?? [];
  const first = listed[0]?.number;
  const isReady = answer.data !== undefined && !answer.stale;
  useEffect(() => {
    if (draft.number === '' && first !== undefined && isReady) change({ number: first });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the numbers are there
  }, [draft.number, first, isReady]);
  const isListed = listed.some(({ number }) => number === draft.number);
  return (
    <div className="option">
      <label>
        <span className="option-name">{t('alerts.number')}</span>
        <select className="field" value={draft.number} data-testid="alert-number" onChange={({ target }) => change({ number: target.value })}>
          {!isListed && <option value={draft.number}>{draft.number === '' ? t('app.loading') : nameOf(draft.number)}</option>}
          {listed.map(({ number, value }) => <option key={number} value={number}>{`${nameOf(number)} (${text(number, value)})`}</option>)}
        </select>
      </label>
      {answer.error ? <FieldError error={answer.error} /> : <p className="quiet small">{isReady && listed.length === 0 ? t('alerts.number.none') : t('alerts.number.hint')}</p>}
    </div>
  );
}

function RuleFields({ draft, change, isTried }: FieldsProps & { isTried: boolean }) {
  const { t } = useI18n();
  const isWrong = isTried && watchedOf(draft) === undefined;
  return (
    <>
      <SelectField label={t('alerts.rule')} values={ruleKinds} value={draft.kind} choose={(kind) => change({ kind })} name={(one) => t(`alerts.kind.${one}`)} />
      {draft.kind === 'unusual' ? (
        <>
          <SelectField label={t('alerts.direction')} values={directions} value={draft.direction} choose={(direction) => change({ direction })} name={(one) => t(`alerts.direction.${one}`)} />
          <label className="option">
            <span className="option-name">{t('alerts.deviations')}<Explain name={t('alerts.deviations')} text={t('alerts.unusual.explain')} /></span>
            <input type="text" inputMode="decimal" aria-invalid={isWrong} value={draft.deviations} onChange={({ target }) => change({ deviations: target.value })} />
          </label>
        </>
      ) : (
        <label className="option">
          <span className="option-name">{t('alerts.threshold')}</span>
          <input type="text" inputMode="decimal" aria-invalid={isWrong} value={draft.threshold} onChange={({ target }) => change({ threshold: target.value })} />
        </label>
      )}
      <SelectField label={t('alerts.every')} values={rhythms} value={draft.every} choose={(every) => change({ every })} name={(one) => t(`alerts.every.${one}`)} hint={t('alerts.every.hint')} />
      {draft.kind !== 'unusual' && (
        <label className="option">
          <span className="option-name">{t(`alerts.window.${draft.every}`)}</span>
          <input type="text" inputMode="numeric" value={draft.window} onChange={({ target }) => change({ window: target.value })} />
        </label>
      )}
    </>
  );
}

/** What it would find now, and would have found before. */
function Preview({ watched }: { watched: Watched }) {
  const { t } = useI18n();
  const { site } = useSite();
  const settled = useSettled(watched);
  const answer = useAnswer(questions.alertPreview(site, settled));
  const ruleOf = useRuleSentence();
  const foundOf = useFoundSentence();
  return (
    <Card title={t('alerts.preview')} stale={answer.stale}>
      <p className="alert-sentence">{ruleOf(settled)}</p>
      <Answered answer={answer} loading={<Skeleton lines={4} />}>
        {({ points, usual, fires, reason }) => {
          const last = points.at(-1);
          return (
            <>
              {last && (
                <p data-testid="alert-preview" role="status">
                  <b>{t(fires ? 'alerts.wouldFire' : 'alerts.wouldNot')}</b> {foundOf(settled, { value: null, usual: null, reason, ...last, ...(usual && { usual }) })}
                </p>
              )}
              <PointsChart watched={settled} points={points} usual={usual} />
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

const settle_ms = 500;

/** What is watched, once nothing more is typed. */
function useSettled(watched: Watched): Watched {
  const text = JSON.stringify(watched);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settle_ms);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as Watched;
}
