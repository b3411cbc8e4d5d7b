import { hashKey, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { askAgain } from '../../api/cache';
import { mayPass, type ApiError } from '../../api/error';
import { questions } from '../../api/questions';
import type { Journey, JourneySession } from '../../api/types';
import { problemOf, retrying, useAnswer } from '../../api/useAnswer';
import { mergeJourney } from './merge';

/** A newcomer clicks in another window and looks here: a step must appear within two seconds. */
const poll_ms = 750;
/** Somebody who has only just arrived is unknown for a moment. */
const unknown_ms = 2_500;
const first_sessions = 20;
const polled_sessions = 3;
/** At once, when all are wanted. */
const sessions_of_all = 100;

const none: ReadonlySet<string> = new Set();

export interface LoadedJourney {
  sessions: readonly JourneySession[] | undefined;
  error: ApiError | undefined;
  more: boolean;
  loadingMore: boolean;
  /** Why earlier sessions could not be loaded; another try is `loadMore`. */
  moreError: ApiError | undefined;
  /** The API left older events out. */
  truncated: boolean;
  /** Ids of events that arrived while the page was open. */
  fresh: ReadonlySet<string>;
  loadMore: () => void;
  retry: () => void;
  /** To be called when the person was changed: everything is asked anew. */
  reload: () => void;
}

type Pages = InfiniteData<Journey, string>;

/**
 * Loads a journey by pages and keeps its newest sessions current while the page is visible. With `whole` it goes on until
 * the beginning.
 */
export function useJourney(site: string, person: string, include: string | undefined, whole: boolean): LoadedJourney {
  const cache = useQueryClient();
  const queryKey = useMemo(() => [...questions.journey(site, person, { include }).queryKey, 'pages'], [site, person, include]);
  const key = hashKey(queryKey);
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam: cursor, client, signal }) => {
      const limit = cursor !== '' && whole ? sessions_of_all : first_sessions;
      return questions.journey(site, person, { limit, include, cursor }).askOnce(client, signal);
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    staleTime: Infinity,
    gcTime: 0,
    ...retrying(unknown_ms),
    retry: (_, error) => mayPass(error) || error.status === 404,
  });
  const { data, hasNextPage, isFetchingNextPage, isFetching, fetchNextPage, refetch } = pages;
  const sessions = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);

  const newest = useAnswer(
    { ...questions.journey(site, person, { limit: polled_sessions, include }), gcTime: 0 },
    { refresh_ms: poll_ms, enabled: data !== undefined },
  );
  const told = newest.stale ? undefined : newest.data;
  const [arrived, setArrived] = useState({ key, ids: none });
  const fresh = arrived.key === key ? arrived.ids : none;
  useEffect(() => {
    if (!told || !sessions) return;
    const merged = mergeJourney(sessions, told.items, told.next_cursor != null);
    if (merged.apart) void refetch({ cancelRefetch: false });
    if (merged.apart || merged.items === sessions) return;
    setArrived((before) => ({ key, ids: withNew(before.key === key ? before.ids : none, sessions, merged.items) }));
    cache.setQueryData<Pages>(queryKey, (before) => before && withSessions(before, merged.items));
  }, [told, sessions, key, queryKey, cache, refetch]);

  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const problem = problemOf(pages);
  const goesOn = whole && hasNextPage && !isFetching && problem === undefined;
  useEffect(() => {
    if (goesOn) loadMore();
  }, [goesOn, loadMore]);

  return {
    sessions,
    error: problem,
    more: hasNextPage,
    loadingMore: isFetchingNextPage,
    moreError: isFetchingNextPage || pages.isFetchNextPageError ? problem : undefined,
    truncated: data?.pages.some((page) => page.truncated) ?? false,
    fresh,
    loadMore,
    retry: useCallback(() => void askAgain(cache, { queryKey, exact: true }), [cache, queryKey]),
    // Both the pages and what is watched are of these two parts of the key.
    reload: useCallback(() => void cache.resetQueries({ queryKey: queryKey.slice(0, 2) }), [cache, queryKey]),
  };
}

/** The same pages as one, with what its sessions have become. */
function withSessions({ pages, pageParams }: Pages, items: readonly JourneySession[]): Pages {
  const last = pages.at(-1);
  if (!last) return { pages, pageParams };
  return { pages: [{ ...last, items: [...items], truncated: pages.some((page) => page.truncated) }], pageParams: pageParams.slice(0, 1) };
}

function withNew(fresh: ReadonlySet<string>, before: readonly JourneySession[], after: readonly JourneySession[]): ReadonlySet<string> {
  const known = new Set(before.flatMap((session) => session.events.map((event) => event.event_id)));
  const added = after.flatMap((session) => session.events.map((event) => event.event_id)).filter((id) => !known.has(id));
  return added.length === 0 ? fresh : new Set([...fresh, ...added]);
}
