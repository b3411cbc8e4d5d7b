import type { IdentityChange, IdentityEdge } from '../../../api/types';
import { formatShort } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import { useFormat } from '../../../state/site';
import { Icon } from '../../../ui/Icon';
import { shortId } from './graph';

interface HistoryProps {
  changes: readonly IdentityChange[];
  undo: (change: IdentityChange) => void;
}

/** What was changed by hand: who, when, what, and who undid it. */
export function History({ changes, undo }: HistoryProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  if (changes.length === 0) return <p className="quiet small">{t('identity.history.none')}</p>;
  return (
    <ul className="identity-history" data-testid="identity-history">
      {changes.map((change) => (
        <li key={change.change} data-undone={change.undone_at != null}>
          <Icon name={change.action === 'link' ? 'link' : 'cross'} size={15} />
          <span>
            <span>{sentence(change, t)}</span>
            <span className="quiet small">
              <time dateTime={change.at}>{formatShort(change.at, locale, timeZone)}</time> · {t('identity.by', { name: change.made_by })}
              {change.undone_at && ` · ${t('identity.undone', { name: change.undone_by ?? '', when: formatShort(change.undone_at, locale, timeZone) })}`}
            </span>
          </span>
          {!change.undone_at && (
            <button type="button" className="button button-quiet" onClick={() => undo(change)} aria-label={`${t('identity.undo')}: ${sentence(change, t)}`}>
              {t('identity.undo')}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A change in words. */
export function sentence(change: Pick<IdentityChange, 'action' | 'ids' | 'person'>, t: ReturnType<typeof useI18n>['t']): string {
  const ids = change.ids.slice(0, 3).map((id) => shortId(id)).join(', ') + (change.ids.length > 3 ? ` +${change.ids.length - 3}` : '');
  const words = { ids, person: shortId(change.person) };
  switch (change.action) {
    case 'link':
      return t('identity.did.link', words);
    case 'unlink':
      return t('identity.did.unlink', words);
    case 'split':
      return t('identity.did.split', words);
    default:
      return t('identity.did.undo', words);
  }
}

/** The edges that were taken back or undone. */
export function GoneEdges({ edges }: { edges: readonly IdentityEdge[] }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const gone = edges.filter((edge) => !edge.in_force);
  if (gone.length === 0) return null;
  return (
    <details className="identity-gone">
      <summary>{t('identity.gone', { count: gone.length })}</summary>
      <ul>
        {gone.map((edge) => (
          <li key={edge.link}>
            <bdi className="mono">{shortId(edge.id)}</bdi> → <bdi className="mono">{shortId(edge.user)}</bdi>
            <span className="quiet small">
              {label('link', edge.source)}
              {edge.taken_back_at && ` · ${t('identity.takenBack', { name: edge.taken_back_by ?? '', when: formatShort(edge.taken_back_at, locale, timeZone) })}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
