import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { changes } from '../../api/changes';
import { asApiError } from '../../api/error';
import { questions } from '../../api/questions';
import type { Person } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../state/site';
import { Confirm } from '../../ui/Confirm';
import { Icon } from '../../ui/Icon';

type PersonLink = Person['links'][number];

/** The ids of a person, how each came to be linked, and for an admin the way to undo that. */
export function PersonLinks({ person, changed }: { person: Person; changed: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const session = useAnswer(questions.session());
  const undoing = useMutation({ mutationFn: (link: PersonLink) => changes.unlink(site, person.person, link.id), onSuccess: changed });
  const mayUndo = session.data?.role === 'admin';
  return (
    <section>
      <h2>{t('journey.ids')}</h2>
      <p className="mono id">{person.person}</p>
      {person.links.length === 0 ? (
        <p className="quiet small">{t('journey.ids.none')}</p>
      ) : (
        <ul className="links">
          {person.links.map((link) => (
            <LinkRow key={`${link.id} ${link.source} ${link.linked_at}`} link={link} undo={mayUndo ? () => undoing.mutate(link) : undefined} busy={undoing.isPending} />
          ))}
        </ul>
      )}
      <p className="small"><Link to="?of=identity">{t('suspicious.open')}</Link></p>
      {undoing.error && <p className="form-error" role="alert">{problemText(asApiError(undoing.error), i18n)}</p>}
    </section>
  );
}

function LinkRow({ link, undo, busy }: { link: PersonLink; undo: (() => void) | undefined; busy: boolean }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const isAlias = link.source === 'alias';
  // An alias names its earlier user id with a mark in front.
  const visitor = isAlias ? link.visitor.replace(/^@/, '') : link.visitor;
  return (
    <li data-testid="person-link">
      <Icon name="link" size={15} />
      <span className="link-words">
        <span className="mono id">{visitor}</span>
        <span className="quiet small">
          {label('link', link.source)} · <time dateTime={link.linked_at}>{formatShort(link.linked_at, locale, timeZone)}</time>
        </span>
      </span>
      {undo && (
        <Confirm
          label={t('journey.unlink')}
          what={visitor}
          question={t('journey.unlink.sure', { visitor })}
          consequence={t(isAlias ? 'journey.unlink.alias' : 'journey.unlink.visitor', { visitor })}
          busy={busy}
          confirm={undo}
        />
      )}
    </li>
  );
}
