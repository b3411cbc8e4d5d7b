import type { ReactNode } from 'react';
import type { Answer } from '../api/useAnswer';
import { ErrorState } from './states';

interface AnsweredProps<T> {
  answer: Answer<T>;
  /** Stands there until the first answer. */
  loading: ReactNode;
  children: (data: T) => ReactNode;
}

/** What an answer says; until there is one, why there is none. */
export function Answered<T>({ answer: { data, error, retry }, loading, children }: AnsweredProps<T>) {
  if (data !== undefined) return children(data);
  return error ? <ErrorState error={error} retry={retry} /> : loading;
}
