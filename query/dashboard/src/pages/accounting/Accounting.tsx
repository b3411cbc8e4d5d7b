import { Link } from 'react-router';
import { questions } from '../../api/questions';
import type { Accounting as AccountingData } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { usePeriod } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import './accounting.css';
import { Collectors } from './Collectors';
import { Flow } from './Flow';
import { underway } from './flow-parts';
import { Hours } from './Hours';
import { Reasons } from './Reasons';
import { verdictOf } from './verdict';
import { WriteOffs } from './WriteOffs';

export default function Accounting() {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const query = { from: resolved.from, to: resolved.to };
  const accounting = useAnswer(questions.accounting(site, query), { refresh_ms: 5_000 });
  return (
    <Page title={t('accounting.title')} lead={t('accounting.lead')} controls={<PeriodPicker />}>
      <Answered answer={accounting} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(data) => <Account data={data} stale={accounting.stale} query={query} />}
      </Answered>
    </Page>
  );
}

function Account({ data, stale, query }: { data: AccountingData; stale: boolean; query: { from: string; to: string } }) {
  const { t } = useI18n();
  const { site } = useSite();
  return (
    <div className="account" data-stale={stale || undefined}>
      <Verdict data={data} />
      {data.totals.received === 0 ? (
        <EmptyState title={t('accounting.empty')} hint={t('overview.empty.period.hint')} />
      ) : (
        <>
          <Card title={t('accounting.flow')}><Flow totals={data.totals} /></Card>
          <Card
            title={t('accounting.hours')}
            explain="hours"
            aside={<ExportButton what={t('accounting.hours')} question={questions.accounting(site, query)} name="accounting" />}
          >
            <Hours hours={data.hours} />
          </Card>
        </>
      )}
      {data.write_offs.length > 0 && <Card title={t('accounting.writeOffs')}><WriteOffs writeOffs={data.write_offs} /></Card>}
      <Card title={t('accounting.reasons')} explain="reasons"><Reasons reasons={data.reasons} /></Card>
      <Card title={t('accounting.collectors')} explain="collectors"><Collectors collectors={data.collectors} /></Card>
    </div>
  );
}

/** One plain sentence before any number. */
function Verdict({ data }: { data: AccountingData }) {
  const { t } = useI18n();
  const { gap_events: alarm } = useSite();
  const status = verdictOf(data, alarm);
  const missing = Math.max(Math.abs(data.totals.gap), alarm);
  const { received, rejected } = data.totals;
  const givenUp = Math.abs(data.totals.written_off ?? 0);
  const count = { balanced: received, pending: underway(data.totals), gap: missing, refused: rejected, refusing: rejected }[status];
  const isRefused = status === 'refused' || status === 'refusing';
  return (
    <section className={`card verdict verdict-${status}`} data-testid="accounting-status" data-status={status} role="status">
      <span className="verdict-mark"><Icon name={status === 'balanced' ? 'check' : status === 'pending' ? 'accounting' : 'warning'} size={26} /></span>
      <div>
        <h2>{t(`accounting.${status}`)}</h2>
        {givenUp > 0 && <p data-testid="accounting-written-off-text">{t('accounting.writtenOff.text', { count: givenUp })}</p>}
        {status === 'balanced' && givenUp > 0 ? (
          <p>{t('accounting.balanced.others')}</p>
        ) : (
          (count > 0 || status !== 'balanced') && <p>{t(`accounting.${status}.text`, { count })}</p>
        )}
        {isRefused && <p><Link to="../installation">{t('accounting.refused.action')}</Link></p>}
      </div>
    </section>
  );
}
