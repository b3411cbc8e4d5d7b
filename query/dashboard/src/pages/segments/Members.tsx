import { useMutation } from '@tanstack/react-query';
import { changes } from '../../api/changes';
import { asApiError } from '../../api/error';
import { questions } from '../../api/questions';
import type { Segment, SegmentMembers } from '../../api/types';
import { usePages } from '../../api/usePages';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Moment, PersonCell } from './cells';
import { MembersExport } from './MembersExport';
import { useAgain } from './useAgain';

type Member = SegmentMembers['members'][number];

const page_members = 100;

/** The members of a segment as a page of a list. */
function membersPage(site: string, segment: string, since: string | undefined) {
  const question = questions.segmentMembers(site, segment, { limit: page_members, ...(since !== undefined && { since }) });
  const asList = ({ members, cursor, more }: SegmentMembers) => ({ items: members, next_cursor: more ? cursor : null });
  const askOnce: (...asked: Parameters<typeof question.askOnce>) => Promise<ReturnType<typeof asList>> = (...asked) => question.askOnce(...asked).then(asList);
  return { queryKey: ['members', ...question.queryKey] as const, queryFn: ({ signal, client }: { signal: AbortSignal; client: Parameters<typeof askOnce>[0] }) => askOnce(client, signal), askOnce };
}

/** Who is in a segment, each with the way to the journey. */
export function Members({ segment }: { segment: Segment }) {
  const { t } = useI18n();
  const { site } = useSite();
  const { first, items, available, loading, error, load } = usePages((since) => membersPage(site, segment.segment, since));
  return (
    <Answered answer={first} loading={<Skeleton lines={5} />}>
      {() =>
        items.length === 0 ? (
          <EmptyState title={t(segment.people == null ? 'segments.counting.text' : 'segments.members.none')} />
        ) : (
          <div className="segment-members">
            <MembersExport segment={segment} />
            <MembersTable segment={segment} members={items} />
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

function MembersTable({ segment, members }: { segment: Segment; members: readonly Member[] }) {
  const { t } = useI18n();
  const columns: [Column<Member>, ...Column<Member>[]] = [
    { id: 'person', head: t('segments.column.person'), cell: ({ person }) => <PersonCell person={person} /> },
    { id: 'entered', head: t('segments.column.since'), tone: 'quiet', cell: ({ entered_at: at }) => <Moment at={at} /> },
    ...(segment.kind === 'list' ? [{ id: 'remove', head: <span className="sr-only">{t('segments.list.remove')}</span>, cell: ({ person }: Member) => <RemoveButton segment={segment} person={person} /> }] : []),
  ];
  return <DataTable name={t('segments.part.members')} testid="members" rows={members} rowKey={({ person }) => person} columns={columns} />;
}

function RemoveButton({ segment: { segment }, person }: { segment: Segment; person: string }) {
  const again = useAgain(segment);
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const removing = useMutation({ mutationFn: () => changes.changeSegmentPeople(site, segment, { remove: [person] }), onSuccess: again });
  return (
    <>
      <button type="button" className="link-button" disabled={removing.isPending} aria-label={t('segments.list.remove.person', { person })} onClick={() => removing.mutate()}>
        {t('segments.list.remove')}
      </button>
      {removing.error && <p className="form-error small" role="alert">{problemText(asApiError(removing.error), i18n)}</p>}
    </>
  );
}
