import { ApiError, asApiError } from '../api/error';

/** What the API says of a field of a definition by the name of the field alone. */
const codes: Readonly<Record<string, string>> = { name: 'invalid_name', segments: 'too_many_segments', reports: 'too_many_saved', boards: 'too_many_saved', alerts: 'too_many_saved' };

/** Why a segment was not kept, by a code that has words of its own. */
export function segmentError(problem: unknown): ApiError | undefined {
  if (!problem) return undefined;
  const error = asApiError(problem);
  const code = error.code === 'invalid_field' ? codes[error.field ?? ''] : undefined;
  return code === undefined ? error : new ApiError(error.status, code, error.message, error.field, error.wait_ms);
}
