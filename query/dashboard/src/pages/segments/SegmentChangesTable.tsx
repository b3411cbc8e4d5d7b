import { questions } from '../../api/questions';
import type { Segment } from '../../api/types';
import { usePages } from '../../api/usePages';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { DataTable } from '../../ui/DataTable';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Moment, PersonCell } from './cells';

/** Who came and who went, the latest first. */
export function SegmentChangesTable({ segment: { segment } }: { segment: Segment }) {
  const { t } = useI18n();
  const { site } = useSite();
  const { first, items, available, loading, error, load } = usePages((cursor) =>
    questions.segmentChanges(site, segment, { ...(cursor !== undefined && { cursor }) }),
  );
  return (
    <Answered answer={first} loading={<Skeleton lines={5} />}>
      {() =>
        items.length === 0 ? (
          <EmptyState title={t('segments.changes.none')} />
        ) : (
          <div className="segment-members">
            <DataTable
              name={t('segments.part.changes')}
              testid="segment-changes"
              rows={items}
              rowKey={({ person, at, entered }) => `${person} ${at} ${entered}`}
              columns={[
                { id: 'person', head: t('segments.column.person'), cell: ({ person }) => <PersonCell person={person} /> },
                {
                  id: 'what',
                  head: t('segments.column.change'),
                  cell: ({ entered }) => <span className={entered ? 'badge rating-good' : 'badge rating-poor'}>{t(entered ? 'segments.entered' : 'segments.left')}</span>,
                },
                { id: 'at', head: t('segments.column.at'), tone: 'quiet', cell: ({ at }) => <Moment at={at} /> },
              ]}
            />
            {error && <ErrorState error={error} retry={load} />}
            {available && !error && (
              <button type="button" className="button" disabled={loading} onClick={load}>{loading ? t('app.loading') : t('people.more')}</button>
            )}
          </div>
        )
      }
    </Answered>
  );
}
