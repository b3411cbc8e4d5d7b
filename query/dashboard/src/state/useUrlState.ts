import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useNow } from './useNow';
import { readFilters, writeFilters, type Filter } from './filters';
import { readPeriod, resolvePeriod, writePeriod, type Period, type ResolvedPeriod } from './period';

/** The parameters that go along when another page of the same site is opened. */
const shared = ['period', 'from', 'to', 'compare'];

export function usePeriod(timeZone: string): { period: Period; resolved: ResolvedPeriod; setPeriod: (period: Period) => void } {
  const [parameters, setParameters] = useSearchParams();
  const now = useNow(60_000);
  const period = useMemo(() => readPeriod(parameters), [parameters]);
  const { from, to, interval } = resolvePeriod(period, timeZone, now);
  const resolved = useMemo(() => ({ from, to, interval }), [from, to, interval]);
  const setPeriod = useCallback(
    (next: Period) => setParameters((before) => writePeriod(before, next)),
    [setParameters],
  );
  return { period, resolved, setPeriod };
}

export function useFilters(): { filters: Filter[]; setFilters: (filters: readonly Filter[]) => void } {
  const [parameters, setParameters] = useSearchParams();
  const filters = useMemo(() => readFilters(parameters), [parameters]);
  const setFilters = useCallback(
    (next: readonly Filter[]) => setParameters((before) => writeFilters(before, next)),
    [setParameters],
  );
  return { filters, setFilters };
}

/** One choice of a closed list, kept in the address; the first is the default and leaves no trace. */
export function useChoice<T extends string>(name: string, choices: readonly [T, ...T[]]): [T, (choice: T) => void] {
  const [parameters, setParameters] = useSearchParams();
  const chosen = choices.find((one) => one === parameters.get(name)) ?? choices[0];
  const choose = useCallback(
    (choice: T) =>
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          if (choice === choices[0]) next.delete(name);
          else next.set(name, choice);
          return next;
        },
        { preventScrollReset: true },
      ),
    [setParameters, name, choices],
  );
  return [chosen, choose];
}

/** The query string for a link to another page of the site. */
export function sharedQuery(parameters: URLSearchParams): string {
  const next = new URLSearchParams();
  for (const name of shared) {
    const value = parameters.get(name);
    if (value !== null) next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? '' : `?${text}`;
}
