import { useSyncExternalStore } from 'react';
import type { ApiError } from './error';

/** Something on the page whose question is not answered any more. */
export interface Unanswered {
  /** When it was answered last, in milliseconds. */
  readonly answered_ms: number;
  /** Why it is not answered now. */
  readonly problem: Pick<ApiError, 'status' | 'code'>;
}

const unanswered = new Set<Unanswered>();
const listeners = new Set<() => void>();

/** Says that a question stays without an answer, why, and how old the one on the page is; returns what takes that back. */
export function noteUnanswered(one: Unanswered): () => void {
  const tell = () => listeners.forEach((listener) => listener());
  unanswered.add(one);
  tell();
  return () => {
    unanswered.delete(one);
    tell();
  };
}

/** The oldest of what is on the page and should be newer; undefined while all is answered. */
export function useOldestUnanswered(): Unanswered | undefined {
  return useSyncExternalStore(subscribe, oldestUnanswered);
}

export function oldestUnanswered(): Unanswered | undefined {
  let oldest: Unanswered | undefined;
  for (const one of unanswered) if (!oldest || one.answered_ms < oldest.answered_ms) oldest = one;
  return oldest;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
