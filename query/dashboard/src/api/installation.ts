import type { Installation, Refused } from './types';

export type State = 'waiting' | 'works' | 'partly' | 'refused';

type Seen = Pick<Installation, 'events' | 'refused' | 'origins'>;

/** Whether a refusal is this site's: it names the site, or came from one of its pages. Others may be another site's. */
export const concerns = ({ of_this_site, origin }: Refused, origins: readonly string[]) =>
  of_this_site || (origin !== '' && origins.includes(origin));

/** What became of the last minutes. */
export function stateOf({ events, refused, origins }: Seen): State {
  const concerned = refused.some((one) => concerns(one, origins));
  if (events > 0) return concerned ? 'partly' : 'works';
  return concerned ? 'refused' : 'waiting';
}

/** How many requests and events of this site were refused. */
export const refusedCount = ({ refused, origins }: Seen) =>
  refused.filter((one) => concerns(one, origins)).reduce((sum, one) => sum + one.count, 0);
