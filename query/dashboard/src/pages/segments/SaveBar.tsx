import { Link } from 'react-router';
import type { ApiError } from '../../api/error';
import { useI18n } from '../../i18n/context';
import { useErrorMessage } from '../../ui/states';

interface SaveBarProps {
  label: string;
  busy: boolean;
  save: () => void;
  /** Where one comes back to without saving. */
  cancel?: string | undefined;
  problem: ApiError | undefined;
  /** Something that must be there is not. */
  missing: boolean;
}

/** Saves what was put together, and says why not. */
export function SaveBar({ label, busy, save, cancel, problem, missing }: SaveBarProps) {
  const { t } = useI18n();
  return (
    <div className="save-bar">
      <button type="button" className="button button-main" disabled={busy} onClick={save}>{label}</button>
      {cancel !== undefined && <Link className="button" to={cancel}>{t('settings.cancel')}</Link>}
      {problem ? <Problem error={problem} /> : missing && <p className="form-error" role="alert">{t('segments.missing')}</p>}
    </div>
  );
}

function Problem({ error }: { error: ApiError }) {
  const message = useErrorMessage(error);
  return <p className="form-error" role="alert">{message}</p>;
}
