import { keepPreviousData, useQuery, useQueryClient, type QueryKey, type UseQueryOptions } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { askAgain } from './cache';
import { ApiError, asApiError, isTooBig, mayPass, retryDelay_ms } from './error';
import { noteUnanswered } from './waiting';

export interface Answer<T> {
  /** The last answer; stays while another question is asked or cannot be answered, so that a page neither flashes nor empties. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  /** True while `data` answers an older question than the one asked. */
  readonly stale: boolean;
  /** Asks again at once. */
  readonly retry: () => void;
}

interface Asking {
  /** Asks again so often while the page is visible. Milliseconds. */
  readonly refresh_ms?: number;
  /** False: nothing is asked. */
  readonly enabled?: boolean;
}

/**
 * The answer to a question of `questions`. Where one may still come, what is there stays and the question is asked again,
 * later each time; the frame tells how old it is (`useOldestUnanswered`).
 */
export function useAnswer<T, K extends QueryKey>(
  question: UseQueryOptions<T, ApiError, T, K>,
  { refresh_ms, enabled = true }: Asking = {},
): Answer<T> {
  const cache = useQueryClient();
  const query = useQuery({
    ...question,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => refreshAfter_ms(refresh_ms, state.error),
    ...retrying(refresh_ms),
  });
  const key = useRef<QueryKey>(question.queryKey);
  key.current = question.queryKey;
  // What is on the page is the answer to this one.
  const shown = useRef<QueryKey>(question.queryKey);
  if (query.data !== undefined && !query.isPlaceholderData) shown.current = question.queryKey;

  const error = problemOf(query);
  const passes = error !== undefined && mayPass(error);
  // Of a refused question the answer to another says nothing.
  const dropped = query.isPlaceholderData && error !== undefined && !passes;
  const isShown = query.data !== undefined && !dropped;
  const late = error !== undefined && isShown && (passes || isTooBig(error)) ? error : undefined;
  const [status, code] = [late?.status, late?.code];
  useEffect(() => {
    if (status === undefined || code === undefined) return undefined;
    const answered_ms = cache.getQueryState(shown.current)?.dataUpdatedAt;
    return answered_ms ? noteUnanswered({ answered_ms, problem: { status, code } }) : undefined;
  }, [cache, status, code]);

  const retry = useCallback(() => void askAgain(cache, { queryKey: key.current, exact: true }), [cache]);
  return { data: isShown ? query.data : undefined, error, stale: query.isPlaceholderData && isShown, retry };
}

/** What keeps a question from being answered. Whoever is signed out is on the way to sign in, and need not be told. */
export function problemOf(query: { readonly error: ApiError | null; readonly failureReason: ApiError | null }): ApiError | undefined {
  const problem = query.error ?? query.failureReason ?? undefined;
  return problem === undefined || problem.status === 401 ? undefined : asApiError(problem);
}

const tooBig_ms = 300_000;

/** How long until a question that is asked again and again is asked next; what is too big for the store, seldom. */
export function refreshAfter_ms(refresh_ms: number | undefined, error: ApiError | null): number | false {
  if (refresh_ms === undefined) return false;
  return error && isTooBig(asApiError(error)) ? Math.max(refresh_ms, tooBig_ms) : refresh_ms;
}

/** What may pass is tried again, later each time; what was refused only where it is asked again and again anyway. */
export function retrying(refresh_ms: number | undefined) {
  return {
    retry: (_: number, error: ApiError) =>
      error.status !== 401 && (mayPass(asApiError(error)) || (refresh_ms !== undefined && !isTooBig(asApiError(error)))),
    retryDelay: (failures: number, error: ApiError) =>
      mayPass(asApiError(error)) ? Math.max(retryDelay_ms(failures + 1), error.wait_ms) : (refresh_ms ?? 0),
  };
}
