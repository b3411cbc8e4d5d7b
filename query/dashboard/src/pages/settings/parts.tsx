import { useId, type ReactNode } from 'react';
import { useI18n } from '../../i18n/context';
import { Confirm } from '../../ui/Confirm';
import { CopyButton } from '../../ui/CopyButton';
import type { Change } from './useChange';

interface FieldProps {
  label: string;
  hint?: string;
  /** Gets the ids that tie the control to its words. */
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}

/** A label, its control, and what it means. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className="settings-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hint ? `${id}-hint` : undefined })}
      {hint && <span id={`${id}-hint`} className="quiet small">{hint}</span>}
    </div>
  );
}

/** Why a change did not succeed. */
export function Problem({ change }: { change: Change }) {
  if (change.problem === '') return null;
  return <p className="form-error" role="alert">{change.problem}</p>;
}

interface RevokeProps {
  what: string;
  consequence: string;
  busy: boolean;
  revoke: () => void;
}

/** Asks before it takes something away that cannot be given back. */
export function Revoke({ what, consequence, busy, revoke }: RevokeProps) {
  const { t } = useI18n();
  return (
    <Confirm
      label={t('settings.revoke')}
      what={what}
      question={t('settings.revoke.sure', { what })}
      consequence={consequence}
      busy={busy}
      confirm={revoke}
    />
  );
}

/** A secret that is shown once. */
export function Secret({ secret, done }: { secret: string; done: () => void }) {
  const { t } = useI18n();
  return (
    <div className="secret" role="status">
      <p><b>{t('settings.secret')}</b></p>
      <pre className="snippet" tabIndex={0} data-testid="secret"><code>{secret}</code></pre>
      <div className="settings-actions">
        <CopyButton text={secret} />
        <button type="button" className="button button-quiet" onClick={done}>{t('settings.secret.done')}</button>
      </div>
    </div>
  );
}

/** The zones and currencies that the browser knows, for the lists under the fields. */
export function Suggestions() {
  const values = (kind: 'timeZone' | 'currency') => (typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf(kind) : []);
  return (
    <>
      <datalist id="timezones">{values('timeZone').map((one) => <option key={one} value={one} />)}</datalist>
      <datalist id="currencies">{values('currency').map((one) => <option key={one} value={one} />)}</datalist>
    </>
  );
}
