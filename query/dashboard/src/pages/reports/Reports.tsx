import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, Route, Routes, useNavigate, useParams } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { Report } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { formatMoment, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { newAlertPath, pageOf, reportPath } from '../../reports/link';
import { ReportAnswer, ReportExport } from '../../reports/ReportAnswer';
import '../../reports/reports.css';
import { segmentError } from '../../segments/problem';
import { sitePath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { CopyButton } from '../../ui/CopyButton';
import { DataTable } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Popover } from '../../ui/Popover';
import { EmptyState, Skeleton } from '../../ui/states';

/** Questions that were kept under a name. */
export default function Reports() {
  return (
    <Routes>
      <Route index element={<ReportList />} />
      <Route path=":report" element={<ReportPage />} />
    </Routes>
  );
}

function ReportList() {
  const { t } = useI18n();
  const { site } = useSite();
  const answer = useAnswer(questions.reports(site));
  return (
    <Page title={t('nav.reports')} lead={t('reports.lead')}>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>
        {({ items }) => (
          <Card>
            {items.length === 0 ? (
              <EmptyState title={t('reports.empty')} hint={t('reports.empty.hint')} action={{ label: t('nav.funnels'), to: sitePath(site, 'funnels') }} />
            ) : (
              <ReportTable reports={items} />
            )}
          </Card>
        )}
      </Answered>
    </Page>
  );
}

function ReportTable({ reports }: { reports: readonly Report[] }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const when = useWhen();
  return (
    <DataTable
      name={t('nav.reports')}
      testid="reports"
      rows={reports}
      rowKey={({ report }) => report}
      rowData={({ name }) => ({ 'data-name': name })}
      columns={[
        {
          id: 'name',
          head: t('reports.name'),
          cell: (one) => (
            <>
              <Link to={reportPath(site, one.report)}>{one.name}</Link>
              {one.problem != null && <> <span className="badge rating-poor">{t('reports.broken.badge')}</span></>}
            </>
          ),
        },
        { id: 'question', head: t('reports.question'), cell: ({ question }) => t(`reports.question.${question}`) },
        { id: 'period', head: t('period.label'), cell: (one) => when(one) },
        {
          id: 'by',
          head: t('reports.changed'),
          tone: 'quiet',
          cell: ({ changed_by: by, changed_at: at }) => <time dateTime={at} title={formatMoment(at, locale, timeZone)}>{by} · {formatShort(at, locale, timeZone)}</time>,
        },
      ]}
    />
  );
}

/** The time that a report is about. */
function useWhen(): (report: Report) => string {
  const { t } = useI18n();
  return ({ period, body }) => {
    if (period != null) return t(`reports.period.${period}`);
    const { from, to } = body as { from?: string; to?: string };
    return from !== undefined && to !== undefined ? `${from} – ${to}` : t('reports.period.default');
  };
}

function ReportPage() {
  const { t } = useI18n();
  const { site } = useSite();
  const { report: id = '' } = useParams();
  const answer = useAnswer(questions.report(site, id));
  const when = useWhen();
  return (
    <Page title={answer.data?.name ?? t('reports.one')} controls={answer.data && <Acts report={answer.data} />}>
      <Link className="back-link" to={sitePath(site, 'reports')}>
        <Icon name="back" size={16} />
        {t('reports.all')}
      </Link>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(report) => (
          <Card title={`${t(`reports.question.${report.question}`)} · ${when(report)}`} aside={<ReportExport report={report} />}>
            <ReportAnswer report={report} />
          </Card>
        )}
      </Answered>
    </Page>
  );
}

function Acts({ report }: { report: Report }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const removing = useMutation({
    mutationFn: async () => {
      await changes.removeReport(site, report.report);
      await cache.invalidateQueries({ queryKey: questions.reports(site).queryKey });
      await navigate(sitePath(site, 'reports'));
    },
  });
  const problem = segmentError(removing.error);
  const page = pageOf(site, report);
  return (
    <div className="report-acts">
      {page !== undefined && <Link className="button" to={page}>{t('reports.page')}</Link>}
      <Link className="button button-quiet" to={newAlertPath(site, report.report)}><Icon name="bell" size={16} />{t('reports.alert')}</Link>
      <CopyButton text={new URL(reportPath(site, report.report), location.href).href} />
      <Popover icon="report" label={t('reports.rename')} title={t('reports.rename')}>{(close) => <Rename report={report} close={close} />}</Popover>
      <Confirm
        label={t('reports.delete')}
        what={report.name}
        question={t('reports.delete.sure', { name: report.name })}
        consequence={t('reports.delete.consequence')}
        busy={removing.isPending}
        confirm={() => removing.mutate()}
      />
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
    </div>
  );
}

function Rename({ report, close }: { report: Report; close: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const cache = useQueryClient();
  const [name, setName] = useState(report.name);
  const saving = useMutation({
    mutationFn: async () => {
      const { question, body, period, page, version } = report;
      await changes.changeReport(site, report.report, { name: name.trim(), question, body, version, ...(period != null && { period }), ...(page != null && { page }) });
      await cache.invalidateQueries({ queryKey: questions.report(site, report.report).queryKey });
      await cache.invalidateQueries({ queryKey: questions.reports(site).queryKey });
      close();
    },
  });
  const problem = segmentError(saving.error);
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
        <input type="text" value={name} maxLength={200} onChange={({ target }) => setName(target.value)} />
      </label>
      <button type="submit" className="button button-main" disabled={saving.isPending || name.trim() === ''}>{t('reports.save.do')}</button>
      {problem && <p className="form-error small" role="alert">{problemText(problem, i18n)}</p>}
    </form>
  );
}
