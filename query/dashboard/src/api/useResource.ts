import { useCallback, useEffect, useRef, useState } from 'react';
import { useSignedOut } from '../shell/session';
import { ApiError } from './client';
import { mayPass, noteAnswered, noteUnanswered, retryDelay_ms } from './waiting';

export interface Resource<T> {
  /** The last answer; stays while a new key is loading or cannot be loaded, so that a page neither flashes nor empties. */
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  /** True while `data` answers an older key than the one asked for. */
  stale: boolean;
  retry: () => void;
}

interface State<T> {
  data: T | undefined;
  /** The key that `data` answers. */
  dataKey: string | null;
  error: ApiError | undefined;
  errorKey: string | null;
}

const nothing = { data: undefined, dataKey: null, error: undefined, errorKey: null };

/**
 * Loads what `key` names and loads again when it changes; with `refresh_ms` also while the page is visible. Where an
 * answer may still come, what is there stays and the question is asked again, later each time; the frame tells how old
 * it is (`useOldestUnanswered`).
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  refresh_ms?: number,
): Resource<T> {
  const [state, setState] = useState<State<T>>(nothing);
  const [attempt, setAttempt] = useState(0);
  const signedOut = useSignedOut();
  const latestLoad = useRef(load);
  latestLoad.current = load;
  const answered_ms = useRef<number>(undefined);

  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    const holder = Symbol(key);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let asking = false;

    const ask = async () => {
      clearTimeout(timer);
      asking = true;
      try {
        const data = await latestLoad.current(controller.signal);
        if (controller.signal.aborted) return;
        failures = 0;
        answered_ms.current = Date.now();
        noteAnswered(holder);
        setState((before) =>
          before.data === data && before.dataKey === key && before.error === undefined
            ? before
            : { ...nothing, data, dataKey: key },
        );
        later(refresh_ms);
      } catch (error) {
        if (controller.signal.aborted) return;
        const refused = error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
        if (refused.status === 401) return signedOut();
        const passes = mayPass(refused);
        setState((before) => {
          const kept = passes || before.dataKey === key ? before : nothing;
          return { ...kept, error: refused, errorKey: key };
        });
        if (passes) {
          failures += 1;
          if (answered_ms.current !== undefined) noteUnanswered(holder, answered_ms.current);
          later(retryDelay_ms(failures));
        } else {
          failures = 0;
          noteAnswered(holder);
          later(refresh_ms);
        }
      } finally {
        asking = false;
      }
    };
    const later = (wait_ms: number | undefined) => {
      if (wait_ms === undefined || controller.signal.aborted) return;
      timer = setTimeout(() => (document.visibilityState === 'visible' ? void ask() : later(wait_ms)), wait_ms);
    };
    // Whoever comes back, or whose network does, need not wait.
    const wake = () => {
      if (failures > 0 && !asking && document.visibilityState === 'visible') void ask();
    };

    void ask();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      controller.abort();
      clearTimeout(timer);
      noteAnswered(holder);
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [key, attempt, refresh_ms, signedOut]);

  const retry = useCallback(() => {
    setState((before) => ({ ...before, error: undefined, errorKey: null }));
    setAttempt((count) => count + 1);
  }, []);
  return {
    data: state.data,
    error: state.errorKey === key ? state.error : undefined,
    loading: key !== null && state.dataKey !== key && state.errorKey !== key,
    stale: state.data !== undefined && state.dataKey !== key,
    retry,
  };
}
