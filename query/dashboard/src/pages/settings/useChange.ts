import { useMutation } from '@tanstack/react-query';
import { asApiError, type ApiError } from '../../api/error';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import type { Translator } from '../../i18n/translate';

export interface Change {
  busy: boolean;
  /** What went wrong, in the reader's words; empty when nothing did. */
  problem: string;
  /** Carries a change out; says whether it succeeded. */
  run: (change: () => Promise<unknown>) => Promise<boolean>;
}

const fields = ['site', 'name', 'timezone', 'currency', 'origins', 'key'] as const;

/** One change at a time, and why the last one did not succeed. */
export function useChange(): Change {
  const i18n = useI18n();
  const { mutateAsync, isPending, error } = useMutation({ mutationFn: (change: () => Promise<unknown>) => change() });
  const run = (change: () => Promise<unknown>) => mutateAsync(change).then(() => true, () => false);
  return { busy: isPending, problem: error ? problemOf(asApiError(error), i18n) : '', run };
}

function problemOf(error: ApiError, i18n: Translator): string {
  const field = error.code === 'invalid_field' ? fields.find((one) => one === error.field) : undefined;
  return field ? i18n.t(`settings.error.${field}`) : problemText(error, i18n);
}
