import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { Alert, AlertLook } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { alertPath, reportPath } from '../../reports/link';
import { useNumberText } from '../../reports/useNumberName';
import { segmentError } from '../../segments/problem';
import { sitePath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportButton } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Skeleton } from '../../ui/states';
import { AlertState } from './AlertState';
import { PointsChart } from './PointsChart';
import { isOpen, useFoundSentence, useRuleSentence, useSpan } from './sentence';

const refresh_ms = 10_000;
const looks_max = 60;

/** One alert: what it watches for, how it is, and what it found. */
export function AlertPage() {
  const { t } = useI18n();
  const { site } = useSite();
  const { alert: id = '' } = useParams();
  const answer = useAnswer(questions.alert(site, id), { refresh_ms });
  return (
    <Page title={answer.data?.name ?? t('alerts.one')} controls={answer.data && <Acts alert={answer.data} />}>
      <Link className="back-link" to={sitePath(site, 'alerts')}>
        <Icon name="back" size={16} />
        {t('alerts.all')}
      </Link>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(alert) => (
          <>
            <Told alert={alert} />
            <Looks alert={alert} />
          </>
        )}
      </Answered>
    </Page>
  );
}

function Told({ alert }: { alert: Alert }) {
  const i18n = useI18n();
  const { t, locale } = i18n;
  const { timeZone } = useFormat();
  const { site } = useSite();
  const cache = useQueryClient();
  const ruleOf = useRuleSentence();
  const foundOf = useFoundSentence();
  const { watched, last, fired_at: fired, report_name: report } = alert;
  const acknowledging = useMutation({
    mutationFn: async () => {
      cache.setQueryData(questions.alert(site, alert.alert).queryKey, await changes.acknowledgeAlert(site, alert.alert));
      await cache.invalidateQueries({ queryKey: questions.alerts(site).queryKey });
    },
  });
  const problem = segmentError(acknowledging.error);
  const title = t('alerts.rule');
  return (
    <Card className={alert.state === 'firing' ? 'alert-firing' : ''}>
      <p className="alert-sentence">
        <AlertState alert={alert} /> <b data-testid="alert-found">{last ? foundOf(watched, last) : t('alerts.waiting')}</b>
      </p>
      <p>
        {ruleOf(watched)}
        {'unusual' in watched.rule && <Explain name={title} text={t('alerts.unusual.explain')} />}
      </p>
      <p className="quiet small">
        {report != null ? <Link to={reportPath(site, watched.report)}>{report}</Link> : t('boards.gone')}
        {fired != null && ` · ${t('alerts.fired', { when: formatShort(fired, locale, timeZone) })}`}
        {alert.cooldown_hours > 0 && ` · ${t('alerts.cooldown.told', { count: alert.cooldown_hours })}`}
      </p>
      {last?.message && <p className="form-error small">{last.message}</p>}
      {isOpen(alert) && (
        <button type="button" className="button button-main" disabled={acknowledging.isPending} onClick={() => acknowledging.mutate()}>
          {t('alerts.acknowledge')}
        </button>
      )}
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
    </Card>
  );
}

function Looks({ alert }: { alert: Alert }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const span = useSpan();
  const text = useNumberText();
  const { watched } = alert;
  const question = questions.alertLooks(site, alert.alert, { limit: looks_max });
  const answer = useAnswer(question, { refresh_ms });
  return (
    <Card title={t('alerts.history')} aside={<ExportButton what={t('alerts.history')} name={`alert-${alert.alert}`} question={questions.alertLooks(site, alert.alert, { limit: 1000 })} />}>
      <Answered answer={answer} loading={<Skeleton lines={6} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{t('alerts.waiting')}</p>
          ) : (
            <>
              {items.length > 1 && <PointsChart watched={watched} points={[...items].reverse()} usual={items[0]?.usual} />}
              <DataTable
                name={t('alerts.history')}
                testid="alert-looks"
                rows={items}
                rowKey={({ revision }) => String(revision)}
                columns={[
                  { id: 'when', head: t('period.label'), cell: ({ from, to }: AlertLook) => span(from, to, watched.every) },
                  { id: 'value', head: t('alerts.value'), number: true, cell: ({ value }) => text(watched.number, value) },
                  { id: 'state', head: t('alerts.state'), cell: ({ state, state_before: before }) => (state === before ? t(`alerts.state.${state}`) : <b>{t(`alerts.state.${state}`)}</b>) },
                  { id: 'at', head: t('alerts.looked'), tone: 'quiet', cell: ({ looked_at: at }) => formatShort(at, locale, timeZone) },
                ]}
              />
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function Acts({ alert }: { alert: Alert }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { name, watched, cooldown_hours, is_on, version } = alert;
  const again = () => cache.invalidateQueries({ queryKey: questions.alerts(site).queryKey });
  const switching = useMutation({
    mutationFn: async () => {
      const next = await changes.changeAlert(site, alert.alert, { name, watched, cooldown_hours, is_on: !is_on, version });
      cache.setQueryData(questions.alert(site, alert.alert).queryKey, next);
      await again();
    },
  });
  const removing = useMutation({
    mutationFn: async () => {
      await changes.removeAlert(site, alert.alert);
      await again();
      await navigate(sitePath(site, 'alerts'));
    },
  });
  const problem = segmentError(switching.error ?? removing.error);
  return (
    <div className="report-acts">
      <Link className="button button-quiet" to={`${alertPath(site, alert.alert)}/edit`}>{t('alerts.edit')}</Link>
      <button type="button" className="button button-quiet" disabled={switching.isPending} onClick={() => switching.mutate()}>
        {t(is_on ? 'alerts.pause' : 'alerts.resume')}
      </button>
      <Confirm
        label={t('alerts.delete')}
        what={name}
        question={t('alerts.delete.sure', { name })}
        consequence={t('alerts.delete.consequence')}
        busy={removing.isPending}
        confirm={() => removing.mutate()}
      />
      {problem && <p className="form-error" role="alert">{problemText(problem, i18n)}</p>}
    </div>
  );
}
