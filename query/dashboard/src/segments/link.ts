import type { Condition } from '../api/types';
import { sitePath, writeTexts } from '../state/address';
import { formatCondition } from './text';

/** A condition that is not kept yet, with what it would be called. */
export interface Proposal {
  readonly name: string;
  readonly condition: Condition;
  readonly days: number;
}

/** The builder with everything filled in. */
export function builderPath(site: string, { name, condition, days }: Proposal): string {
  const parameters = writeTexts(new URLSearchParams(), { name, condition: formatCondition(condition), days: String(days) });
  return `${sitePath(site, 'segments/new')}?${parameters.toString()}`;
}

export function segmentPath(site: string, segment: string): string {
  return sitePath(site, `segments/${encodeURIComponent(segment)}`);
}
