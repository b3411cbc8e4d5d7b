import { useCallback, useEffect, useRef, useState } from 'react';
import { useSignedOut } from '../shell/session';
import { ApiError } from './client';

export interface Resource<T> {
  /** The last answer; stays while a new key is loading, so that a page does not flash. */
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  /** True while `data` answers an older key than the one asked for. */
  stale: boolean;
  retry: () => void;
}

interface State<T> {
  key: string | null;
  data: T | undefined;
  error: ApiError | undefined;
}

/**
 * Loads what `key` names and loads again when it changes. With `refresh_ms` it also asks again
 * while the page is visible; a failed refresh keeps the answer that is there.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  refresh_ms?: number,
): Resource<T> {
  const [state, setState] = useState<State<T>>({ key: null, data: undefined, error: undefined });
  const [attempt, setAttempt] = useState(0);
  const signedOut = useSignedOut();
  const latestLoad = useRef(load);
  latestLoad.current = load;

  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;

    const ask = async (refreshing: boolean) => {
      try {
        const data = await latestLoad.current(controller.signal);
        if (!controller.signal.aborted) setState({ key, data, error: undefined });
      } catch (error) {
        if (controller.signal.aborted) return;
        const refused = error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
        if (refused.status === 401) return signedOut();
        if (!refreshing) setState((before) => ({ key, data: before.key === key ? before.data : undefined, error: refused }));
      }
      schedule();
    };
    const schedule = () => {
      if (refresh_ms === undefined || controller.signal.aborted) return;
      timer = setTimeout(() => (document.visibilityState === 'visible' ? void ask(true) : schedule()), refresh_ms);
    };

    void ask(false);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, attempt, refresh_ms, signedOut]);

  const retry = useCallback(() => {
    setState((before) => ({ ...before, error: undefined }));
    setAttempt((count) => count + 1);
  }, []);
  const current = state.key === key;
  return {
    data: state.data,
    error: current ? state.error : undefined,
    loading: key !== null && (!current || (state.data === undefined && state.error === undefined)),
    stale: !current && state.data !== undefined,
    retry,
  };
}
