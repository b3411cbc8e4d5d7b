import { useSyncExternalStore } from 'react';
import type { ApiError } from './client';

/** What is on the page although its question is not answered any more: when each was answered last, in milliseconds. */
const unanswered = new Map<symbol, number>();
const listeners = new Set<() => void>();

/** Says that a question stays without an answer, and how old the one on the page is. */
export function noteUnanswered(holder: symbol, answered_ms: number): void {
  unanswered.set(holder, answered_ms);
  listeners.forEach((tell) => tell());
}

export function noteAnswered(holder: symbol): void {
  if (unanswered.delete(holder)) listeners.forEach((tell) => tell());
}

/** When the oldest of what is on the page and should be newer was answered; undefined while all is answered. */
export function useOldestUnanswered(): number | undefined {
  return useSyncExternalStore(subscribe, oldestUnanswered);
}

export function oldestUnanswered(): number | undefined {
  return unanswered.size === 0 ? undefined : Math.min(...unanswered.values());
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Whether another try may help: nobody answered, or whoever did was busy, restarting or a proxy before nothing. */
export function mayPass(error: ApiError): boolean {
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

const retry_ms_first = 1_000;
const retry_ms_max = 30_000;

/** How long to wait before the next try after so many failures. */
export function retryDelay_ms(failures: number): number {
  return Math.min(retry_ms_max, retry_ms_first * 2 ** Math.max(0, failures - 1));
}
