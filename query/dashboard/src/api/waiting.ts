import { useSyncExternalStore } from 'react';

/** What is on the page although its question is not answered any more: when each was answered last, in milliseconds. */
const unanswered = new Map<symbol, number>();
const listeners = new Set<() => void>();

/** Says that a question stays without an answer, and how old the one on the page is; returns what takes that back. */
export function noteUnanswered(answered_ms: number): () => void {
  const holder = Symbol();
  const tell = () => listeners.forEach((listener) => listener());
  unanswered.set(holder, answered_ms);
  tell();
  return () => {
    unanswered.delete(holder);
    tell();
  };
}

/** When the oldest of what is on the page and should be newer was answered; undefined while all is answered. */
export function useOldestUnanswered(): number | undefined {
  return useSyncExternalStore(subscribe, oldestUnanswered);
}

export function oldestUnanswered(): number | undefined {
  return unanswered.size === 0 ? undefined : Math.min(...unanswered.values());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
