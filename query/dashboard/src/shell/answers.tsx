import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { askOnReturn, createCache } from '../api/cache';
import { useSignedOut } from './session';

/** Keeps the answers of all pages; whoever turns out to be signed out is led to sign in. */
export function AnswersProvider({ children }: { children: ReactNode }) {
  const signedOut = useSignedOut();
  const [cache] = useState(() => createCache(signedOut));
  useEffect(() => askOnReturn(cache), [cache]);
  return <QueryClientProvider client={cache}>{children}</QueryClientProvider>;
}
