import type { ApiError } from '../../api/error';
import type { AttributionRequest, Condition } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import type { Choice } from '../../state/address';

const defaultDays = 90;

/** What is asked, in the page's own words. */
export interface AttributionChoices {
  readonly touch: Choice<'touch'>;
  readonly conversion: ChosenEvent;
  /** How long before a conversion a visit counts. */
  readonly days: number;
  readonly model: Choice<'model'>;
  readonly members: Choice<'members'>;
  /** What the page tells of each touchpoint. */
  readonly credit: Choice<'credit'>;
  readonly chain: Choice<'chain'>;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf({ touch, conversion, days, model, members, chain, from, to, condition }: AttributionChoices): AttributionRequest {
  return {
    from,
    to,
    model,
    group_by: touch,
    conversion: matcherOf(conversion),
    window_days: days,
    unconverted: chain === 'all',
    unit: members,
    ...(condition && { condition }),
  };
}

export function isReady({ conversion }: Pick<AttributionChoices, 'conversion'>): boolean {
  return isChosen(conversion);
}

/** Reads `30d`; what is malformed is the default. */
export function parseDays(text: string | null): number {
  const days = Number(/^(\d{1,9})d$/.exec(text ?? '')?.[1] ?? 0);
  return days > 0 ? days : defaultDays;
}

/** Null for the default. */
export function formatDays(days: number): string | null {
  return days === defaultDays ? null : `${days}d`;
}

/** The fields of the page, as the API names them. */
export type AttributionField = 'group_by' | 'conversion' | 'window_days' | 'model' | 'unit' | 'unconverted';
const fields: readonly AttributionField[] = ['group_by', 'conversion', 'window_days', 'model', 'unit', 'unconverted'];

/** The field of the page that an error is about, which may lie deeper: `conversion.kind`. */
export function fieldOf(error: ApiError | undefined): AttributionField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}

/** Whether another model would be answered. */
export function isTooLong(error: ApiError | undefined): boolean {
  return error?.code === 'too_many_touchpoints';
}
