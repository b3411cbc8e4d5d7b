import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ApiError } from '../../api/client';
import type { JourneySession } from '../../api/types';
import { useSignedOut } from '../../shell/session';
import { mayPass, noteAnswered, noteUnanswered } from '../../api/waiting';
import { mergeJourney } from './merge';

/** A newcomer clicks in another window and looks here: a step must appear within two seconds. */
const poll_ms = 750;
const poll_ms_failed = 5_000;
const first_sessions = 20;
const polled_sessions = 3;
/** At once, when all are wanted. */
const sessions_of_all = 100;

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
}

interface State {
  key: string;
  sessions: readonly JourneySession[] | undefined;
  cursor: string | null;
  error: ApiError | undefined;
  loadingMore: boolean;
  moreError: ApiError | undefined;
  truncated: boolean;
  fresh: ReadonlySet<string>;
}

const blank = (key: string): State => ({
  key,
  sessions: undefined,
  cursor: null,
  error: undefined,
  loadingMore: false,
  moreError: undefined,
  truncated: false,
  fresh: new Set(),
});

/**
 * Loads a journey by pages and keeps its newest sessions current while the page is visible. With `whole` it goes on until
 * the beginning. What `version` names was changed: everything is asked again.
 */
export function useJourney(site: string, person: string, include: string | undefined, whole: boolean, version: number): LoadedJourney {
  const key = JSON.stringify([site, person, include, version]);
  const [state, setState] = useState<State>(() => blank(key));
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(state);
  latest.current = state;
  const signedOut = useSignedOut();
  const retry = useCallback(() => setAttempt((count) => count + 1), []);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const holder = Symbol(key);
    let answered_ms = Date.now();
    const answered = () => {
      answered_ms = Date.now();
      noteAnswered(holder);
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = (limit: number) => api.journey(site, person, { limit, include }, signal);

    const load = async () => {
      const page = await ask(first_sessions);
      if (!signal.aborted) setState({ ...blank(key), sessions: page.items, cursor: page.next_cursor ?? null, truncated: page.truncated });
    };
    const poll = async () => {
      const page = await ask(polled_sessions);
      const loaded = latest.current.sessions ?? [];
      const merged = mergeJourney(loaded, page.items, page.next_cursor != null);
      if (signal.aborted) return;
      if (merged.apart) return load();
      if (merged.items !== loaded) {
        setState((before) => ({ ...before, sessions: merged.items, fresh: withNew(before.fresh, loaded, merged.items) }));
      }
    };
    const later = (wait_ms: number) => {
      timer = setTimeout(() => {
        if (document.visibilityState !== 'visible') return later(poll_ms);
        poll().then(
          () => {
            answered();
            later(poll_ms);
          },
          (error: unknown) => {
            if (signal.aborted) return;
            if (mayPass(asApiError(error))) noteUnanswered(holder, answered_ms);
            // What is on the page stays; only the end of the session ends the watching.
            if (error instanceof ApiError && error.status === 401) return signedOut();
            later(poll_ms_failed);
          },
        );
      }, wait_ms);
    };

    setState((before) => (before.key === key ? { ...before, error: undefined } : blank(key)));
    load().then(
      () => {
        answered();
        later(poll_ms);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        const refused = asApiError(error);
        if (refused.status === 401) return signedOut();
        setState({ ...blank(key), error: refused });
        // Somebody who has only just arrived is unknown for a moment.
        if (refused.status === 404) timer = setTimeout(retry, poll_ms_failed / 2);
      },
    );
    return () => {
      controller.abort();
      clearTimeout(timer);
      noteAnswered(holder);
    };
  }, [key, site, person, include, attempt, retry, signedOut]);

  const loadMore = useCallback(() => {
    const { cursor, loadingMore } = latest.current;
    if (cursor === null || loadingMore) return;
    latest.current = { ...latest.current, loadingMore: true };
    setState((before) => ({ ...before, loadingMore: true, moreError: undefined }));
    api.journey(site, person, { limit: whole ? sessions_of_all : first_sessions, cursor, include }).then(
      (page) =>
        setState((before) =>
          before.key === key
            ? {
                ...before,
                loadingMore: false,
                cursor: page.next_cursor ?? null,
                truncated: before.truncated || page.truncated,
                sessions: [...(before.sessions ?? []), ...page.items],
              }
            : before,
        ),
      (error: unknown) => setState((before) => (before.key === key ? { ...before, loadingMore: false, moreError: asApiError(error) } : before)),
    );
  }, [key, site, person, include, whole]);

  const current = state.key === key ? state : blank(key);
  const goesOn = whole && current.cursor !== null && !current.loadingMore && !current.moreError;
  useEffect(() => {
    if (goesOn) loadMore();
  }, [goesOn, loadMore]);

  return {
    sessions: current.sessions,
    error: current.error,
    more: current.cursor !== null,
    loadingMore: current.loadingMore,
    moreError: current.moreError,
    truncated: current.truncated,
    fresh: current.fresh,
    loadMore,
    retry,
  };
}

function withNew(fresh: ReadonlySet<string>, before: readonly JourneySession[], after: readonly JourneySession[]): ReadonlySet<string> {
  const known = new Set(before.flatMap((session) => session.events.map((event) => event.event_id)));
  const added = after.flatMap((session) => session.events.map((event) => event.event_id)).filter((id) => !known.has(id));
  return added.length === 0 ? fresh : new Set([...fresh, ...added]);
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
}
