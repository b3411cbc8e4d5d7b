import { Link } from 'react-router';
import { questions } from '../../api/questions';
import type { Accounting as AccountingData } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../state/site';
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
import { gapOfBoth, gapOfHours, gapOfSite, verdictOf, type Gap } from './verdict';
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
  const gap = gapOfHours(data.hours);
  return (
    <div className="account" data-stale={stale || undefined}>
      <Verdict data={data} shown={gap} />
      {data.hours.length === 0 ? (
        <EmptyState title={t('accounting.empty')} hint={t('overview.empty.period.hint')} />
      ) : (
        <>
          <Card title={t('accounting.flow')}><Flow totals={data.totals} gap={gap} /></Card>
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

/** One plain sentence before any number. `shown`: what does not add up in the hours of the page. */
function Verdict({ data, shown }: { data: AccountingData; shown: Gap }) {
  const { t } = useI18n();
  // What the frame knows is of all periods, and may be half a minute old.
  const gap = gapOfBoth(shown, gapOfSite(useSite()));
  const status = verdictOf(data, gap);
  const { received, rejected } = data.totals;
  const givenUp = Math.abs(data.totals.written_off ?? 0);
  const isRefused = status === 'refused' || status === 'refusing';
  const count = { balanced: received, pending: underway(data.totals), gap: 0, surplus: 0, refused: rejected, refusing: rejected }[status];
  const isGap = status === 'gap' || status === 'surplus';
  return (
    <section className={`card verdict verdict-${status}`} data-testid="accounting-status" data-status={status} role="status">
      <span className="verdict-mark"><Icon name={status === 'balanced' ? 'check' : status === 'pending' ? 'accounting' : 'warning'} size={26} /></span>
      <div>
        <h2>{t(`accounting.${status}`)}</h2>
        {isGap && <GapText gap={gap} />}
        {givenUp > 0 && <p data-testid="accounting-written-off-text">{t('accounting.writtenOff.text', { count: givenUp })}</p>}
        {status === 'balanced' && givenUp > 0 ? (
          <p>{t('accounting.balanced.others')}</p>
        ) : (
          !isGap && (count > 0 || status !== 'balanced') && <p>{t(`accounting.${status}.text`, { count })}</p>
        )}
        {isRefused && <p><Link to="../installation">{t('accounting.refused.action')}</Link></p>}
      </div>
    </section>
  );
}

/** How many are missing and how many too many, since when, and what an operator does about it. */
function GapText({ gap: { missing, surplus, since } }: { gap: Gap }) {
  const { t } = useI18n();
  const { site } = useSite();
  const { locale, timeZone } = useFormat();
  return (
    <>
      <p>
        {missing > 0 && t('accounting.gap.text', { count: missing })}{' '}
        {surplus > 0 && t('accounting.surplus.text', { count: surplus })}{' '}
        {since !== undefined && t('accounting.gap.since', { when: formatMoment(since, locale, timeZone) })}
      </p>
      {missing > 0 && <p>{t('accounting.gap.action')}</p>}
      {surplus > 0 && <p>{t('accounting.surplus.action')}</p>}
      <pre className="snippet" tabIndex={0}><code>{`orma accounts list\norma accounts write-off ${site} --note "…"`}</code></pre>
    </>
  );
}
