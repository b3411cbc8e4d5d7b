import type { ApiError } from '../../api/error';
import type { AttributionPeopleRequest, AttributionRequest, Condition } from '../../api/types';
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
  readonly breakdown: Choice<'breakdown'>;
  readonly compare: boolean;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf({ touch, conversion, days, model, members, chain, breakdown, compare, from, to, condition }: AttributionChoices): AttributionRequest {
  return {
    from,
    to,
    model,
    group_by: touch,
    conversion: matcherOf(conversion),
    window_days: days,
    unconverted: chain === 'all',
    unit: members,
    // A chain is made of those, too, who did not convert: they have no value at a conversion.
    ...(breakdown !== 'none' && model !== 'markov' && { breakdown }),
    ...(compare && { compare: 'previous' }),
    ...(condition && { condition }),
  };
}

/** Who is behind a touchpoint: who converted, or came by it and did not; of all touchpoints where none is named. */
export interface Behind {
  readonly outcome: 'converted' | 'unconverted';
  readonly touchpoint: string | undefined;
}

export function peopleRequestOf(request: AttributionRequest, { outcome, touchpoint }: Behind): AttributionPeopleRequest {
  // What is compared or divided says nothing about people.
  const { breakdown: _, compare: __, ...attribution } = request;
  return { attribution, outcome, ...(touchpoint !== undefined && { touchpoint }) };
}

/** Reads the number behind which people are listed, and of which touchpoint. */
export function parseBehind(text: string | null, value: string | null): Behind | undefined {
  const outcome = (['converted', 'unconverted'] as const).find((one) => one === text);
  return outcome && { outcome, touchpoint: value ?? undefined };
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
export type AttributionField = 'group_by' | 'conversion' | 'window_days' | 'model' | 'unit' | 'unconverted' | 'breakdown';
const fields: readonly AttributionField[] = ['group_by', 'conversion', 'window_days', 'model', 'unit', 'unconverted', 'breakdown'];

/** The field of the page that an error is about, which may lie deeper: `conversion.kind`. */
export function fieldOf(error: ApiError | undefined): AttributionField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}

/** Whether another model would be answered. */
export function isTooLong(error: ApiError | undefined): boolean {
  return error?.code === 'too_many_touchpoints';
}
