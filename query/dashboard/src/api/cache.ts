import { QueryCache, QueryClient, type QueryFilters } from '@tanstack/react-query';
import type { ApiError } from './error';
import { asApiError, mayPass } from './error';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
  }
}

/** Makes the cache of all answers; `signedOut` is called when the API does not know who asks. */
export function createCache(signedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error.status === 401) signedOut();
      },
    }),
    defaultOptions: {
      queries: {
        // Without a network a question fails, so that the page can say how old it is.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // An answer is compared by its tag: one that has not changed is the same object.
        structuralSharing: false,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Asks at once, whatever wait for another try is under way. */
export async function askAgain(cache: QueryClient, which: QueryFilters): Promise<void> {
  await cache.cancelQueries(which, { revert: true });
  await cache.refetchQueries(which);
}

/** Whoever comes back, or whose network does, need not wait. Returns what ends it. */
export function askOnReturn(cache: QueryClient): () => void {
  const wake = () => {
    if (document.visibilityState !== 'visible') return;
    const isWaiting = ({ state }: { state: { fetchFailureReason: ApiError | null } }) =>
      state.fetchFailureReason !== null && mayPass(asApiError(state.fetchFailureReason));
    void askAgain(cache, { type: 'active', predicate: isWaiting });
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
  };
}
