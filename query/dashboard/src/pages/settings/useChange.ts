import { useState } from 'react';
import { ApiError } from '../../api/client';
import { useI18n } from '../../i18n/context';
import { useErrorMessage } from '../../ui/states';

export interface Change {
  busy: boolean;
  /** What went wrong, in the reader's words; empty when nothing did. */
  problem: string;
  /** The field that it is about. */
  field: string | undefined;
  /** Carries a change out; says whether it succeeded. */
  run: (change: () => Promise<unknown>) => Promise<boolean>;
}

const fields = ['site', 'name', 'timezone', 'currency', 'origins', 'key'] as const;
const nothing = new ApiError(200, '', '');

/** One change at a time, and why the last one did not succeed. */
export function useChange(): Change {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const message = useErrorMessage(error ?? nothing);
  const run = async (change: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await change();
      return true;
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError(0, 'unexpected', String(problem)));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const field = error?.code === 'invalid_field' ? fields.find((one) => one === error.field) : undefined;
  const known = field ? t(`settings.error.${field}`) : message;
  return { busy, problem: error ? known : '', field: error?.field, run };
}
