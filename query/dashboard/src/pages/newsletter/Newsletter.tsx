import type { ReactNode } from 'react';
import { questions } from '../../api/questions';
import type { NewsletterReport, NewsletterRow } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { readableAddress } from '../../format/address';
import { formatMoney, formatNumber, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { useSite } from '../../state/site';
import { usePeriod, useReport } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { ExportButton } from '../../ui/ExportButton';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import './newsletter.css';
import { Readers } from './Readers';
import { ReportLink } from './ReportLink';
import { Totals } from './Totals';

const refresh_ms = 30_000;
const export_rows = 1000;

/** What became of the newsletters: all campaigns, or the links of one. */
export default function Newsletter() {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const { campaign, readers } = useReport();
  const query = {
    from: resolved.from,
    to: resolved.to,
    by: campaign === null ? undefined : 'link',
    campaign: campaign ?? undefined,
  };
  const report = useAnswer(questions.newsletters(site, query), { refresh_ms });
  return (
    <Page title={t('newsletter.title')} lead={t('newsletter.lead')} controls={<><SaveReport question="newsletters" body={query} /><PeriodPicker /></>}>
      <Answered answer={report} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(data) =>
          data.rows.length === 0 && campaign === null ? (
            <EmptyState title={t('newsletter.empty')} hint={t('newsletter.empty.hint')} action={{ label: t('nav.settings'), to: '../settings' }} />
          ) : (
            <>
              <Card
                title={campaign === null ? t('newsletter.numbers') : t('newsletter.numbers.one', { campaign: campaign || t('newsletter.noName') })}
                stale={report.stale}
              >
                <Totals numbers={data.totals} />
              </Card>
              {readers && <Readers number={readers} query={query} />}
              <Rows report={data} campaign={campaign} query={query} stale={report.stale} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}

interface RowsProps {
  report: NewsletterReport;
  campaign: string | null;
  query: Readonly<Record<string, string | undefined>>;
  stale: boolean;
}

function Rows({ report, campaign, query, stale }: RowsProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const title = campaign === null ? t('newsletter.campaigns') : t('newsletter.links', { campaign: campaign || t('newsletter.noName') });
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="newsletter-actions">
          {campaign !== null && <ReportLink change={{ campaign: null, who: null }}>{t('newsletter.back')}</ReportLink>}
          <ExportButton what={title} question={questions.newsletters(site, { ...query, limit: export_rows })} name="newsletter" />
        </span>
      }
    >
      {campaign === null && <p className="quiet small">{t('newsletter.campaigns.hint')}</p>}
      {campaign === null ? <Campaigns rows={report.rows} /> : <Links rows={report.rows} />}
      {report.more && <p className="quiet small">{t('newsletter.more')}</p>}
    </Card>
  );
}

const ofMail = ['sent', 'delivered', 'opened', 'opened_by_machines'] as const;
const ofLink = ['clicked', 'clicked_by_machines', 'visits', 'orders'] as const;

function Campaigns({ rows }: { rows: readonly NewsletterRow[] }) {
  const { t } = useI18n();
  return (
    <Table name={t('newsletter.campaign')} counts={[...ofMail, ...ofLink]} rows={rows} head={(row) => (
      <ReportLink change={{ campaign: row.campaign, who: null }}>{row.campaign || t('newsletter.noName')}</ReportLink>
    )} />
  );
}

function Links({ rows }: { rows: readonly NewsletterRow[] }) {
  const { t } = useI18n();
  return <Table name={t('newsletter.link')} counts={ofLink} rows={rows} head={(row) => readableAddress(row.link ?? '') || t('newsletter.noName')} />;
}

interface TableProps {
  name: string;
  counts: readonly ((typeof ofMail)[number] | (typeof ofLink)[number])[];
  rows: readonly NewsletterRow[];
  head: (row: NewsletterRow) => ReactNode;
}

function Table({ name, counts, rows, head }: TableProps) {
  const { t, locale } = useI18n();
  const count = (value: number | null | undefined) => (value == null ? missing : formatNumber(value, locale));
  return (
    <DataTable
      name={name}
      role="region"
      className="newsletter-table"
      testid="newsletter-rows"
      rows={rows}
      rowKey={(row) => JSON.stringify([row.campaign, row.link])}
      columns={[
        { id: 'head', head: name, cell: head },
        ...counts.map((id) => ({ id, head: t(`newsletter.${id}`), number: true, cell: (row: NewsletterRow) => count(row[id]) })),
        { id: 'revenue', head: t('newsletter.revenue'), number: true, tone: 'money', cell: (row) => formatMoney(row.revenue, locale) },
      ]}
    />
  );
}
