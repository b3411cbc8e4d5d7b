import { useCallback, useRef, useState } from 'react';
import type { Chapter } from '../../steps/fold';

export interface OpenChapters {
  isOpen: (chapter: Chapter) => boolean;
  set: (keys: readonly string[], open: boolean) => void;
}

/**
 * Which chapters show their steps. By itself the newest does, what was the newest while the page was open, and what
 * steps arrive in; all do while only some steps are looked at. Whatever the reader opens or folds stays so.
 */
export function useOpenChapters(chapters: readonly Chapter[], fresh: ReadonlySet<string>, all: boolean): OpenChapters {
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const newest = useRef(new Set<string>());
  const first = chapters[0];
  if (first && !all) newest.current.add(first.key);
  const isOpen = (chapter: Chapter) =>
    chosen.get(chapter.key) ?? (all || newest.current.has(chapter.key) || chapter.steps.some((step) => fresh.has(step.event.event_id)));
  const set = useCallback(
    (keys: readonly string[], open: boolean) => setChosen((before) => new Map([...before, ...keys.map((key) => [key, open] as const)])),
    [],
  );
  return { isOpen, set };
}
