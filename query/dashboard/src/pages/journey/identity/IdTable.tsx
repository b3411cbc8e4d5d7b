import type { IdentityEdge, PersonId } from '../../../api/types';
import { formatMoment, formatShort } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import { useFormat } from '../../../state/site';
import { DataTable } from '../../../ui/DataTable';

interface IdTableProps {
  ids: readonly PersonId[];
  person: string;
  taken: ReadonlySet<string>;
  /** Puts an id among those that are to be taken out, or back. */
  take: (id: PersonId) => void;
  unlink: (edge: IdentityEdge) => void;
}

/** Every id of the person: what it is, when it was here, and how, when and by whom it was joined. */
export function IdTable({ ids, person, taken, take, unlink }: IdTableProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const number = new Intl.NumberFormat(locale);
  const moment = (at: string | null | undefined) =>
    at ? <time dateTime={at} title={formatMoment(at, locale, timeZone)}>{formatShort(at, locale, timeZone)}</time> : '–';
  return (
    <DataTable
      name={t('identity.ids')}
      testid="identity-ids"
      rows={ids}
      rowKey={(id) => `${id.is_user} ${id.id}`}
      columns={[
        {
          id: 'id',
          head: t('identity.column.id'),
          cell: (id) => (
            <label className="check identity-id">
              <input type="checkbox" checked={taken.has(id.id)} onChange={() => take(id)} aria-label={t('identity.take', { id: id.id })} />
              <span>
                <bdi className="mono id">{id.id}</bdi>
                <span className="quiet small">
                  {id.id === person ? t('identity.kind.person') : t(id.is_user ? 'identity.kind.user' : 'identity.kind.visitor')}
                </span>
              </span>
            </label>
          ),
        },
        { id: 'how', head: t('identity.column.how'), cell: (id) => <How edge={id.joined_by ?? undefined} /> },
        { id: 'first', head: t('journey.firstSeen'), cell: (id) => moment(id.first_seen) },
        { id: 'last', head: t('journey.lastSeen'), cell: (id) => moment(id.last_seen) },
        { id: 'sessions', head: t('identity.column.sessions'), number: true, cell: (id) => number.format(id.sessions) },
        { id: 'events', head: t('identity.column.events'), number: true, cell: (id) => number.format(id.events) },
        {
          id: 'do',
          head: <span className="sr-only">{t('journey.unlink')}</span>,
          cell: ({ id, joined_by }) =>
            joined_by && (
              <button type="button" className="button button-quiet" aria-label={`${t('identity.unlink')} ${id}`} onClick={() => unlink(joined_by)}>
                {t('identity.unlink')}
              </button>
            ),
        },
      ]}
    />
  );
}

/** How an id was joined, when and by whom. */
export function How({ edge }: { edge: IdentityEdge | undefined }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  if (!edge) return <span className="quiet">{t('identity.own')}</span>;
  return (
    <span className="identity-how">
      <span>{label('link', edge.source)} {t('identity.with')} <bdi className="mono">{edge.user}</bdi></span>
      <span className="quiet small">
        <time dateTime={edge.linked_at}>{formatShort(edge.linked_at, locale, timeZone)}</time>
        {edge.by_hand && ` · ${t('identity.by', { name: edge.recorded_by })}`}
      </span>
    </span>
  );
}
