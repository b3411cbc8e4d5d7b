import { Link } from 'react-router';
import { questions } from '../../api/questions';
import type { Segment } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatNumber } from '../../format/number';
import { formatMoment, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { segmentPath } from '../../segments/link';
import { useListener } from '../../segments/useListener';
import { sitePath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { EmptyState, Skeleton } from '../../ui/states';
import { Examples } from './Examples';
import { SegmentTrend } from './SegmentTrend';
import { membersHash, refreshOf, toldOf } from './told';

/** All segments of the site. */
export function SegmentList() {
  const { t } = useI18n();
  const { site } = useSite();
  const first = useAnswer(questions.segments(site));
  const answer = useAnswer(questions.segments(site), { refresh_ms: refreshOf(first.data?.items ?? []) });
  const add = (
    <Link className="button button-main" to={sitePath(site, 'segments/new')}>
      <Icon name="plus" size={16} />
      {t('segments.new')}
    </Link>
  );
  return (
    <Page title={t('segments.title')} lead={t('segments.lead')} controls={add}>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>
        {({ items }) =>
          items.length === 0 ? (
            <>
              <Card><EmptyState title={t('segments.empty')} hint={t('segments.empty.hint')} /></Card>
              <Examples segments={items} />
            </>
          ) : (
            <>
              <Card><SegmentTable segments={items} /></Card>
              <details className="segment-more">
                <summary>{t('segments.examples')}</summary>
                <Examples segments={items} />
              </details>
            </>
          )
        }
      </Answered>
    </Page>
  );
}

function SegmentTable({ segments }: { segments: readonly Segment[] }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const listener = useListener(segments);
  return (
    <DataTable
      name={t('segments.title')}
      className="segment-table"
      testid="segments"
      rows={segments}
      rowKey={({ segment }) => segment}
      rowData={({ name }) => ({ 'data-name': name })}
      columns={[
        {
          id: 'name',
          head: t('segments.column.name'),
          cell: (one) => (
            <span className="segment-name">
              <Link to={segmentPath(site, one.segment)}>{one.name}</Link>
              {one.kind === 'list' && <span className="badge">{t('segments.kind.list')}</span>}
              <span className="quiet small">{toldOf(one, listener)}</span>
            </span>
          ),
        },
        { id: 'people', head: t('metric.people'), number: true, data: () => ({ 'data-label': t('metric.people') }), cell: ({ people }) => (people == null ? t('segments.counting') : formatNumber(people, locale)) },
        { id: 'trend', head: t('segments.column.trend'), cell: (one) => <SegmentTrend segment={one} /> },
        {
          id: 'at',
          head: t('segments.column.counted'),
          tone: 'quiet',
          data: () => ({ 'data-label': t('segments.column.counted') }),
          cell: ({ evaluated_at: at }) =>
            at == null ? '' : <time dateTime={at} title={formatMoment(at, locale, timeZone)}>{formatShort(at, locale, timeZone)}</time>,
        },
        {
          id: 'members',
          head: <span className="sr-only">{t('segments.members')}</span>,
          cell: (one) => <Link to={`${segmentPath(site, one.segment)}#${membersHash}`} aria-label={t('segments.members.of', { name: one.name })}>{t('segments.members')}</Link>,
        },
      ]}
    />
  );
}
