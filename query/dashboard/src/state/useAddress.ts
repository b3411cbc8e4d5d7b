import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';
import {
  readChoice,
  readFilters,
  readList,
  readPeriod,
  readReaders,
  readText,
  sharedQuery,
  thresholdNames,
  writeChoice,
  writeFilters,
  writeList,
  writePeriod,
  writeTexts,
  type Choice,
  type ChoiceName,
  type ReaderCount,
  type TextChange,
  type TextName,
  type ThresholdName,
} from './address';
import type { AnyFilter } from './filters';
import { resolvePeriod, type Period, type ResolvedPeriod } from './period';
import { useNow } from './useNow';

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

export function useFilters(): { filters: AnyFilter[]; setFilters: (filters: readonly AnyFilter[]) => void } {
  const [parameters, setParameters] = useSearchParams();
  const filters = useMemo(() => readFilters(parameters), [parameters]);
  const setFilters = useCallback(
    (next: readonly AnyFilter[]) => setParameters((before) => writeFilters(before, next)),
    [setParameters],
  );
  return { filters, setFilters };
}

/** One choice of a closed list. */
export function useChoice<N extends ChoiceName>(name: N): [Choice<N>, (choice: Choice<N>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const choose = useCallback(
    (choice: Choice<N>) => setParameters((before) => writeChoice(before, name, choice), { preventScrollReset: true }),
    [setParameters, name],
  );
  return [readChoice(parameters, name), choose];
}

/** Several choices at once: of two changes one after the other the second would undo the first. */
export function useChoices(): (change: { readonly [N in ChoiceName]?: Choice<N> }) => void {
  const [, setParameters] = useSearchParams();
  return useCallback(
    (change) =>
      setParameters(
        (before) => Object.entries(change).reduce((next, [name, choice]) => writeChoice(next, name as ChoiceName, choice), before),
        { preventScrollReset: true },
      ),
    [setParameters],
  );
}

/** Free texts, without a history entry for each change. */
export function useTexts(): [(name: TextName) => string | null, (change: TextChange) => void] {
  const [parameters, setParameters] = useSearchParams();
  const read = useCallback((name: TextName) => readText(parameters, name), [parameters]);
  const write = useCallback(
    (change: TextChange) => setParameters((before) => writeTexts(before, change), { preventScrollReset: true, replace: true }),
    [setParameters],
  );
  return [read, write];
}

const nobody: TextChange = { behind: null, value: null };

type StepsChange = (steps: readonly string[]) => readonly string[];

/** The steps of a funnel. Behind the numbers of others there are others, so their list goes. */
export function useSteps(): [readonly string[], (change: StepsChange) => void] {
  const [parameters, setParameters] = useSearchParams();
  const steps = useMemo(() => readList(parameters, 'step'), [parameters]);
  // The router changes the address in a transition: a click may follow the end of typing before that is there.
  const latest = useRef(steps);
  useEffect(() => void (latest.current = steps), [steps]);
  const write = useCallback(
    (change: StepsChange) => {
      latest.current = [...change(latest.current)];
      setParameters((before) => writeTexts(writeList(before, 'step', latest.current), nobody), { preventScrollReset: true });
    },
    [setParameters],
  );
  return [steps, write];
}

/** From where paths were walked before, and a step on or back: an entry of the history each. */
export function useTrail(): [readonly string[], (trail: readonly string[], change: TextChange) => void] {
  const [parameters, setParameters] = useSearchParams();
  const trail = useMemo(() => readList(parameters, 'trail'), [parameters]);
  const walk = useCallback(
    (next: readonly string[], change: TextChange) =>
      setParameters((before) => writeTexts(writeList(before, 'trail', next), change), { preventScrollReset: true }),
    [setParameters],
  );
  return [trail, walk];
}

/** From how many on somebody is suspicious, where that is not the default. */
export function useThresholds(): [Readonly<Partial<Record<`min_${ThresholdName}`, string>>>, (name: ThresholdName, value: string | null) => void] {
  const [text, write] = useTexts();
  const chosen = Object.fromEntries(thresholdNames.flatMap((name) => {
    const value = text(`min_${name}`);
    return value === null ? [] : [[`min_${name}`, value]];
  }));
  return [chosen, (name, value) => write({ [`min_${name}`]: value })];
}

/** The ids that are to be taken out of a person. */
export function useTaken(): [readonly string[], (ids: readonly string[]) => void] {
  const [parameters, setParameters] = useSearchParams();
  const taken = useMemo(() => readList(parameters, 'take'), [parameters]);
  const write = useCallback(
    (ids: readonly string[]) => setParameters((before) => writeList(before, 'take', ids), { preventScrollReset: true, replace: true }),
    [setParameters],
  );
  return [taken, write];
}

/** The number behind which the people are listed, with the value of the breakdown that it is of; undefined lists nobody. */
export function useBehind(): { behind: string | null; value: string | null; show: (change: TextChange | undefined) => void } {
  const [parameters, setParameters] = useSearchParams();
  const show = useCallback(
    (change: TextChange | undefined) => setParameters((before) => writeTexts(before, change ?? nobody), { preventScrollReset: true }),
    [setParameters],
  );
  return { behind: readText(parameters, 'behind'), value: readText(parameters, 'value'), show };
}

/** What the report of the newsletters is about, and the query string of the same page about something else. */
export function useReport(): { campaign: string | null; readers: ReaderCount | undefined; queryWith: (change: TextChange) => string } {
  const [parameters] = useSearchParams();
  return {
    campaign: readText(parameters, 'campaign'),
    readers: readReaders(parameters),
    queryWith: (change) => writeTexts(parameters, change).toString(),
  };
}

/** The query string of a link to another page of the site. */
export function useSharedQuery(): string {
  const [parameters] = useSearchParams();
  return sharedQuery(parameters);
}
