import { useEffect, useRef } from 'react';
import type { ApiError } from '../../../api/error';
import type { IdentityPreview, IdentityPreviewPerson } from '../../../api/types';
import { problemText } from '../../../format/codes';
import { formatMoneys, missing } from '../../../format/number';
import { useI18n } from '../../../i18n/context';
import { useFormat } from '../../../state/site';
import { Icon } from '../../../ui/Icon';
import { Skeleton } from '../../../ui/states';
import { shortId } from './graph';

/** Ids of one person that are named. */
const named_max = 4;

interface PreviewCardProps {
  title: string;
  preview: IdentityPreview | undefined;
  error: ApiError | undefined;
  /** Why it could not be done, once somebody tried. */
  failure: ApiError | undefined;
  busy: boolean;
  confirm: (() => void) | undefined;
  cancel: () => void;
}

/** What would change, before anything does: who there is, and who there would be. */
export function PreviewCard({ title, preview, error, failure, busy, confirm, cancel }: PreviewCardProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    card.current?.focus();
    card.current?.scrollIntoView({ block: 'nearest' });
  }, [title]);
  return (
    <section className="card identity-preview" ref={card} tabIndex={-1} aria-label={t('identity.preview')} data-testid="identity-preview">
      <h3>{title}</h3>
      {error ? (
        <p className="form-error" role="alert">{problemText(error, i18n)}</p>
      ) : !preview ? (
        <Skeleton lines={4} />
      ) : (
        <>
          <p>{t(preview.changes ? 'identity.preview.changes' : 'identity.preview.nothing', { count: preview.edges })}</p>
          <div className="identity-sides">
            <Side title={t('identity.preview.before', { count: preview.before_total })} people={preview.before} total={preview.before_total} />
            <Icon name="chevron" size={22} />
            <Side title={t('identity.preview.after', { count: preview.after_total })} people={preview.after} total={preview.after_total} />
          </div>
          <p className="quiet small">{t('identity.preview.later')}</p>
        </>
      )}
      {failure && <p className="form-error" role="alert">{problemText(failure, i18n)}</p>}
      <div className="identity-buttons">
        {confirm ? (
          <button type="button" className="button button-main" disabled={busy || !preview} onClick={confirm}>{t('identity.confirm')}</button>
        ) : (
          <span className="quiet small">{t('identity.admin')}</span>
        )}
        <button type="button" className="button" onClick={cancel}>{t('settings.cancel')}</button>
      </div>
    </section>
  );
}

function Side({ title, people, total }: { title: string; people: readonly IdentityPreviewPerson[]; total: number }) {
  const { t } = useI18n();
  return (
    <div className="identity-side">
      <h4>{title}</h4>
      <ul>{people.slice(0, 20).map((person) => <PreviewPerson key={person.person} person={person} />)}</ul>
      {total > 20 && <p className="quiet small">{t('identity.preview.more', { count: total - 20 })}</p>}
    </div>
  );
}

function PreviewPerson({ person }: { person: IdentityPreviewPerson }) {
  const { t } = useI18n();
  const { locale } = useFormat();
  const others = [...person.users, ...person.visitors].filter((id) => id !== person.person);
  const count = person.users.length + person.visitors_total - (person.users.includes(person.person) || person.visitors.includes(person.person) ? 1 : 0);
  return (
    <li data-testid="preview-person">
      <bdi className="mono id" title={person.person}>{shortId(person.person, 34)}</bdi>
      <span className="small">
        {t('journey.events', { count: person.events })} · {t('journey.sessions', { count: person.sessions })} ·{' '}
        {t('journey.pageViews', { count: person.page_views })}
      </span>
      <b>{formatMoneys(person.revenue, person.other_revenue, locale) || missing}</b>
      {others.length > 0 && (
        <span className="quiet small identity-others">
          {t('identity.preview.with')} {others.slice(0, named_max).map((id, index) => (
            <span key={id}>{index > 0 && ', '}<bdi className="mono" title={id}>{shortId(id, 20)}</bdi></span>
          ))}
          {count > named_max && ` ${t('identity.preview.ids', { count: count - named_max })}`}
        </span>
      )}
    </li>
  );
}
