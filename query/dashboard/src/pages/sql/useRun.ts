import { useCallback, useEffect, useRef, useState } from 'react';
import { asApiError, type ApiError } from '../../api/error';
import type { SqlRequest } from '../../api/types';
import { ask, type SqlRows } from './ask';

export interface Run {
  readonly request: SqlRequest;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly answer?: SqlRows;
  readonly error?: ApiError;
}

/** One statement at a time: the next one, Stop, and leaving the page end it, in the store too. */
export function useRun(site: string): { run: Run | undefined; start: (request: SqlRequest) => void; stop: () => void } {
  const [run, setRun] = useState<Run>();
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const start = useCallback(
    (request: SqlRequest) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      setRun({ request, state: 'running' });
      const tell = (next: Omit<Run, 'request'>) => {
        if (current.current === controller) setRun({ request, ...next });
      };
      ask(site, request, controller.signal).then(
        (answer) => tell({ state: 'done', answer }),
        (error: unknown) => tell(controller.signal.aborted ? { state: 'stopped' } : { state: 'failed', error: asApiError(error) }),
      );
    },
    [site],
  );
  return { run, start, stop };
}
