import type { ApiError } from '../../api/error';
import type { Condition, TouchpointPeopleRequest, TouchpointsRequest } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import type { Choice } from '../../state/address';
import { joinValues, splitValues } from '../../state/filters';

/** What is asked, in the page's own words. */
export interface TouchpointChoices {
  readonly members: Choice<'members'>;
  readonly conversion: ChosenEvent;
  readonly lostAfter: Choice<'lost_after'>;
  readonly support: Choice<'support'>;
  readonly shade: Choice<'shade'>;
  readonly breakdown: Choice<'breakdown'>;
  readonly compare: boolean;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf({ members, conversion, lostAfter, support, breakdown, compare, from, to, condition }: TouchpointChoices): TouchpointsRequest {
  return {
    from,
    to,
    unit: members,
    conversion: matcherOf(conversion),
    lost_after_days: Number(lostAfter),
    min_stays: Number(support),
    ...(breakdown !== 'none' && { breakdown }),
    ...(compare && { compare: 'previous' }),
    ...(condition && { condition }),
  };
}

export function isReady({ conversion }: Pick<TouchpointChoices, 'conversion'>): boolean {
  return isChosen(conversion);
}

/** A place of the matrix; without a stage, whatever that is. */
export interface Place {
  readonly touchpoint: string;
  readonly stage?: string;
}

/** A place as an answer tells it. */
export function placeOf({ touchpoint, stage }: { readonly touchpoint: string; readonly stage?: string | null }): Place {
  return stage === undefined || stage === null ? { touchpoint } : { touchpoint, stage };
}

export function formatPlace({ touchpoint, stage }: Place): string {
  return joinValues(stage === undefined ? [touchpoint] : [touchpoint, stage]);
}

export function parsePlace(text: string | null): Place | undefined {
  if (text === null) return undefined;
  const [touchpoint = '', stage] = splitValues(text);
  return { touchpoint, ...(stage !== undefined && { stage }) };
}

export function isSamePlace(one: Place | undefined, other: Place): boolean {
  return one?.touchpoint === other.touchpoint && one.stage === other.stage;
}

/** The numbers of a place that people stand behind. */
export const outcomes = ['all', 'lost', 'open', 'converted'] as const;
export type Outcome = (typeof outcomes)[number];

/** Which of the people of a place: those of a number, or who went to another next; `group` is a value of the breakdown. */
export interface Behind {
  readonly outcome: Outcome | 'next';
  readonly next?: Place;
  readonly group?: string | undefined;
}

export function formatBehind({ outcome, next }: Behind): string {
  return next ? `next:${formatPlace(next)}` : outcome;
}

export function parseBehind(text: string | null, group: string | null): Behind | undefined {
  const of = group === null ? {} : { group };
  const outcome = outcomes.find((one) => one === text);
  if (outcome) return { outcome, ...of };
  const next = text?.startsWith('next:') ? parsePlace(text.slice('next:'.length)) : undefined;
  return next && { outcome: 'next', next, ...of };
}

export function isSameBehind(one: Behind | undefined, other: Behind): boolean {
  return one !== undefined && formatBehind(one) === formatBehind(other) && one.group === other.group;
}

/** The people of a number: the matrix without what says nothing about them. */
export function peopleRequestOf(request: TouchpointsRequest, { touchpoint, stage }: Place, { outcome, next, group }: Behind): TouchpointPeopleRequest {
  const { breakdown, compare: _, ...touchpoints } = request;
  return {
    touchpoints,
    touchpoint,
    outcome,
    ...(stage !== undefined && { stage }),
    ...(next && { next: { touchpoint: next.touchpoint, ...(next.stage !== undefined && { stage: next.stage }) } }),
    ...(group !== undefined && breakdown && { group: { dimension: breakdown, value: group } }),
  };
}

/** The fields of the page, as the API names them. */
export type TouchpointField = 'unit' | 'conversion' | 'lost_after_days' | 'min_stays' | 'breakdown';
const fields: readonly TouchpointField[] = ['unit', 'conversion', 'lost_after_days', 'min_stays', 'breakdown'];

/** The field of the page that an error is about, which may lie deeper: `conversion.kind`. */
export function fieldOf(error: ApiError | undefined): TouchpointField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}
