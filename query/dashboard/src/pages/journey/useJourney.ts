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

export interface LoadedJourney {
  sessions: readonly JourneySession[] | undefined;
  error: ApiError | undefined;
  more: boolean;
  loadingMore: boolean;
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
  fresh: ReadonlySet<string>;
}

const blank = (key: string): State => ({ key, sessions: undefined, cursor: null, error: undefined, loadingMore: false, fresh: new Set() });

/** Loads a journey by pages and keeps its newest sessions current while the page is visible. */
export function useJourney(site: string, person: string, include: string | undefined): LoadedJourney {
  const key = JSON.stringify([site, person, include]);
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
      if (!signal.aborted) setState({ ...blank(key), sessions: page.items, cursor: page.next_cursor ?? null });
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
    setState((before) => ({ ...before, loadingMore: true }));
    api.journey(site, person, { limit: first_sessions, cursor, include }).then(
      (page) =>
        setState((before) =>
          before.key === key
            ? { ...before, loadingMore: false, cursor: page.next_cursor ?? null, sessions: [...(before.sessions ?? []), ...page.items] }
            : before,
        ),
      () => setState((before) => ({ ...before, loadingMore: false })),
    );
  }, [key, site, person, include]);

  const current = state.key === key ? state : blank(key);
  return {
    sessions: current.sessions,
    error: current.error,
    more: current.cursor !== null,
    loadingMore: current.loadingMore,
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
