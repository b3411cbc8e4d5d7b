import { Link, Route, Routes } from 'react-router';
import { questions } from '../../api/questions';
import type { Alert } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { alertPath } from '../../reports/link';
import '../../reports/reports.css';
import { sitePath } from '../../state/address';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { EmptyState, Skeleton } from '../../ui/states';
import { AlertPage } from './AlertPage';
import { AlertState } from './AlertState';
import { EditAlert, NewAlert } from './Builder';
import { useFoundSentence, useRuleSentence } from './sentence';

const refresh_ms = 10_000;

/** Numbers of reports that are watched. */
export default function Alerts() {
  return (
    <Routes>
      <Route index element={<AlertList />} />
      <Route path="new" element={<NewAlert />} />
      <Route path=":alert" element={<AlertPage />} />
      <Route path=":alert/edit" element={<EditAlert />} />
    </Routes>
  );
}

/** Those that want somebody to look come first. */
const ranks: Readonly<Record<Alert['state'], number>> = { firing: 0, error: 1, no_data: 2, new: 3, ok: 4 };

function AlertList() {
  const { t } = useI18n();
  const { site } = useSite();
  const answer = useAnswer(questions.alerts(site), { refresh_ms });
  const add = <Link className="button button-main" to={sitePath(site, 'alerts/new')}><Icon name="plus" size={16} />{t('alerts.new')}</Link>;
  return (
    <Page title={t('nav.alerts')} lead={t('alerts.lead')} controls={add}>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>
        {({ items }) => (
          <Card>
            {items.length === 0 ? (
              <EmptyState title={t('alerts.empty')} hint={t('alerts.empty.hint')} />
            ) : (
              <AlertTable alerts={[...items].sort((one, other) => ranks[one.state] - ranks[other.state])} />
            )}
          </Card>
        )}
      </Answered>
    </Page>
  );
}

function AlertTable({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useI18n();
  const { site } = useSite();
  const ruleOf = useRuleSentence();
  const foundOf = useFoundSentence();
  return (
    <DataTable
      name={t('nav.alerts')}
      className="alert-table"
      testid="alerts"
      rows={alerts}
      rowKey={({ alert }) => alert}
      rowData={({ name, state }) => ({ 'data-name': name, 'data-state': state })}
      columns={[
        {
          id: 'name',
          head: t('reports.name'),
          cell: (one) => (
            <>
              <Link to={alertPath(site, one.alert)}>{one.name}</Link>
              <span className="quiet small second">{ruleOf(one.watched)}</span>
            </>
          ),
        },
        { id: 'state', head: t('alerts.state'), cell: (one) => <AlertState alert={one} /> },
        { id: 'found', head: t('alerts.found.head'), cell: ({ watched, last }) => (last ? foundOf(watched, last) : t('alerts.waiting')) },
      ]}
    />
  );
}
