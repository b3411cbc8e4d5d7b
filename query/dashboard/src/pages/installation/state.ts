import type { Installation } from '../../api/administration';

export type State = 'waiting' | 'works' | 'partly' | 'refused';

/** What became of the last minutes. A request that names no site may be another's: it alone says nothing of this one. */
export function stateOf({ events, refused }: Pick<Installation, 'events' | 'refused'>): State {
  const ofThisSite = refused.some((one) => one.of_this_site);
  if (events > 0) return ofThisSite ? 'partly' : 'works';
  return refused.length > 0 ? 'refused' : 'waiting';
}

export const refusedCount = (refused: Installation['refused']) => refused.reduce((sum, one) => sum + one.count, 0);
