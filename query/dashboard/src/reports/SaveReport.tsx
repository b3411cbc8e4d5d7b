import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { changes } from '../api/changes';
import { questions } from '../api/questions';
import type { ReportQuestion } from '../api/types';
import { problemText } from '../format/codes';
import { useI18n } from '../i18n/context';
import { segmentError } from '../segments/problem';
import { useSite } from '../state/site';
import { usePeriod } from '../state/useAddress';
import { Popover } from '../ui/Popover';
import { newAlertPath, reportPath } from './link';

interface SaveReportProps {
  question: ReportQuestion;
  /** What is asked, with its period. */
  body: object;
  /** Something is missing to ask it. */
  disabled?: boolean;
}

/** Keeps the question of a page under a name. A period that moves on goes on to do so. */
export function SaveReport({ question, body, disabled = false }: SaveReportProps) {
  const { t } = useI18n();
  if (disabled) return null;
  return (
    <Popover icon="report" label={t('reports.save')} title={t('reports.save')}>
      {() => <SaveForm question={question} body={body} />}
    </Popover>
  );
}

function SaveForm({ question, body }: SaveReportProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site, timezone } = useSite();
  const { period } = usePeriod(timezone);
  const { pathname, search } = useLocation();
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const moves = period.name !== 'custom';
  const saving = useMutation({
    mutationFn: async () => {
      const { from: _, to: __, ...rest } = body as { from?: string; to?: string };
      const page = question === 'segment' ? undefined : `${pathname.split('/')[3] ?? ''}${search}`;
      const report = await changes.addReport(site, {
        name: name.trim(),
        question,
        body: (moves ? rest : body) as Record<string, never>,
        ...(period.name !== 'custom' && { period: period.name }),
        ...(page !== undefined && { page }),
      });
      await cache.invalidateQueries({ queryKey: questions.reports(site).queryKey });
      return report;
    },
  });
  const problem = segmentError(saving.error);
  if (saving.data) {
    return (
      <div className="form-stack" role="status">
        <p className="small">{t('reports.saved', { name: saving.data.name })}</p>
        <Link className="button button-main" to={reportPath(site, saving.data.report)}>{t('reports.open')}</Link>
        <Link className="button" to={newAlertPath(site, saving.data.report)}>{t('reports.alert')}</Link>
      </div>
    );
  }
  return (
    <form
      className="form-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') saving.mutate();
      }}
    >
      <label className="option">
        <span className="option-name">{t('reports.name')}</span>
        <input type="text" value={name} maxLength={200} placeholder={t('reports.name.example')} onChange={({ target }) => setName(target.value)} />
      </label>
      <p className="quiet small">{moves ? t('reports.save.moves', { period: t(`period.${period.name}`) }) : t('reports.save.fixed')}</p>
      <button type="submit" className="button button-main" disabled={saving.isPending || name.trim() === ''}>{t('reports.save.do')}</button>
      {problem && <p className="form-error small" role="alert">{problemText(problem, i18n)}</p>}
    </form>
  );
}
