import { useInfiniteQuery, type QueryClient, type QueryKey, type UseQueryOptions } from '@tanstack/react-query';
import type { ApiError } from './error';
import { useAnswer, type Answer } from './useAnswer';

/** A page of a list. */
interface ListPage<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string | null;
}

/** One of `questions` whose answer is a page of a list. */
export interface PageQuestion<P, K extends QueryKey> extends UseQueryOptions<P, ApiError, P, K> {
  readonly queryKey: K;
  readonly askOnce: (cache: QueryClient, signal: AbortSignal) => Promise<P>;
}

export interface Pages<P extends ListPage<unknown>> {
  readonly first: Answer<P>;
  /** Of all pages that were asked for. */
  readonly items: P['items'];
  /** Whether there are more. */
  readonly available: boolean;
  readonly loading: boolean;
  /** Why the next page did not come. */
  readonly error: ApiError | undefined;
  readonly load: () => void;
}

/** A list that is asked for page by page, the first at once; forgotten when the question changes. */
export function usePages<P extends ListPage<unknown>, K extends QueryKey>(question: (cursor: string | undefined) => PageQuestion<P, K>): Pages<P> {
  const first = useAnswer(question(undefined));
  // The cursor of an older question is not one of this.
  const firstCursor = first.stale ? undefined : (first.data?.next_cursor ?? undefined);
  const further = useInfiniteQuery({
    queryKey: ['further pages', ...question(undefined).queryKey, firstCursor],
    queryFn: ({ pageParam: cursor, client, signal }) => question(cursor).askOnce(client, signal),
    initialPageParam: firstCursor,
    getNextPageParam: (last: P) => last.next_cursor ?? undefined,
    enabled: false,
    retry: false,
    gcTime: 0,
  });
  const cursor = further.data ? further.data.pages.at(-1)?.next_cursor : firstCursor;
  return {
    first,
    items: [...(first.data?.items ?? []), ...(further.data?.pages.flatMap((page) => page.items) ?? [])],
    available: cursor != null,
    loading: further.isFetching,
    error: further.isFetching ? undefined : (further.error ?? undefined),
    load: () => void further.fetchNextPage(),
  };
}
