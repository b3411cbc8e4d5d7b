import type { StickinessFound, StickinessPeopleRequest } from '../../../api/types';

/** In how many intervals, exactly or at least. */
export type Behind = Pick<StickinessPeopleRequest, 'intervals'> & { readonly or_more: boolean };

/** Reads `5` and `5+`. */
export function parseBehind(text: string | null): Behind | undefined {
  const [, count, more] = /^([1-9]\d?)(\+?)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : { intervals: Number(count), or_more: more === '+' };
}

export function formatBehind({ intervals, or_more: orMore }: Behind): string {
  return `${intervals}${orMore ? '+' : ''}`;
}

/** Who came in so many intervals. */
export interface Row {
  readonly intervals: number;
  readonly people: number;
  /** In so many or more. */
  readonly orMore: number;
}

/** The rows up to the last that has somebody. */
export function rowsOf({ distribution }: Pick<StickinessFound, 'distribution'>): Row[] {
  let left = distribution.reduce((sum, people) => sum + people, 0);
  const rows = distribution.map((people, place) => {
    const row = { intervals: place + 1, people, orMore: left };
    left -= people;
    return row;
  });
  return rows.slice(0, rows.findLastIndex(({ people }) => people > 0) + 1);
}
