import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Asks again for all that is on the page of a segment, after it was changed. */
export function useAgain(segment: string): () => void {
  const cache = useQueryClient();
  return useCallback(() => {
    const isOfSegment = (part: unknown) => typeof part === 'object' && part !== null && 'segment' in part && part.segment === segment;
    void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey.some(isOfSegment) });
  }, [cache, segment]);
}
