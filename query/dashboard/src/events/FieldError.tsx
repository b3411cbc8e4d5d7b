import type { ApiError } from '../api/error';
import { useErrorMessage } from '../ui/states';

/** Why the API does not take what stands in a field, beside it. */
export function FieldError({ error }: { error: ApiError }) {
  const message = useErrorMessage(error);
  return <p className="form-error small field-error" role="alert">{message}</p>;
}
