import type { Segment } from '../../api/types';
import { tell, type Listener } from '../../segments/sentence';

/** How often the numbers are asked for; while one is counted for the first time, as often as that takes. */
const refresh_ms = 60_000;
const refresh_counting_ms = 3_000;

export const refreshOf = (segments: readonly Segment[]) => (segments.some(({ people }) => people == null) ? refresh_counting_ms : refresh_ms);

/** What a segment means, in a sentence. */
export function toldOf({ condition, days }: Pick<Segment, 'condition' | 'days'>, listener: Listener): string {
  return condition == null ? listener.i18n.t('segments.told.list') : tell(condition, days ?? 0, listener);
}

/** In the address: the list of members below the chart. */
export const membersHash = 'members';
