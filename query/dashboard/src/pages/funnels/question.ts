import type { ApiError } from '../../api/error';
import type { Condition, FunnelPeopleRequest, FunnelRequest } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import { day_ms, hour_ms, minute_ms } from '../../format/duration';
import type { Choice } from '../../state/address';

export const steps_min = 2;
export const steps_max = 12;

/** How much time lies between the first step and the last at most: `7d`, `30m`. */
export interface Window {
  readonly count: number;
  readonly unit: WindowUnit;
}

export const windowUnits = ['m', 'h', 'd'] as const;
export type WindowUnit = (typeof windowUnits)[number];

const unit_ms: Readonly<Record<WindowUnit, number>> = { m: minute_ms, h: hour_ms, d: day_ms };
export const defaultWindow: Window = { count: 7, unit: 'd' };

/** Reads a window; what is malformed is the default. */
export function parseWindow(text: string | null): Window {
  const found = /^(\d{1,9})([mhd])$/.exec(text ?? '');
  const unit = windowUnits.find((one) => one === found?.[2]);
  const count = Number(found?.[1] ?? 0);
  return unit && count > 0 ? { count, unit } : defaultWindow;
}

/** Null for the default, which leaves no trace in the address. */
export function formatWindow({ count, unit }: Window): string | null {
  return count === defaultWindow.count && unit === defaultWindow.unit ? null : `${count}${unit}`;
}

/** A step that can be asked, and where it stands in the list. */
export interface AskedStep {
  readonly event: ChosenEvent;
  readonly place: number;
}

/** A step that is not chosen yet keeps the others from nothing. */
export function askedSteps(steps: readonly ChosenEvent[]): AskedStep[] {
  return steps.map((event, place) => ({ event, place })).filter(({ event }) => isChosen(event));
}

/** What is asked, in the page's own words. */
export interface FunnelChoices {
  readonly steps: readonly AskedStep[];
  readonly exclude: ChosenEvent | undefined;
  readonly order: Choice<'steps_order'>;
  readonly unit: Choice<'unit'>;
  readonly window: Window;
  readonly breakdown: Choice<'breakdown'>;
  readonly trend: Choice<'trend'>;
  readonly compare: boolean;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf(choices: FunnelChoices): FunnelRequest {
  const { steps, exclude, order, unit, window, breakdown, trend, compare, from, to, condition } = choices;
  return {
    from,
    to,
    steps: steps.map(({ event }) => matcherOf(event)),
    order,
    unit,
    window_ms: window.count * unit_ms[window.unit],
    ...(exclude && isChosen(exclude) && { exclude: [matcherOf(exclude)] }),
    ...(condition && { condition }),
    ...(breakdown !== 'none' && { group_by: breakdown }),
    ...(trend !== 'none' && { interval: trend }),
    ...(compare && { compare: 'previous' }),
  };
}

/** Whom of a funnel: those at a step, or those who came no further; of all, or of one value of the breakdown. */
export interface Behind {
  /** From 1. */
  readonly step: number;
  readonly outcome: 'reached' | 'dropped';
  readonly value?: string | undefined;
}

/** Reads `2`, `2.dropped`; undefined for what is no step of the funnel. */
export function parseBehind(text: string | null, value: string | null, steps: number): Behind | undefined {
  const found = /^(\d{1,2})(\.dropped)?$/.exec(text ?? '');
  const step = Number(found?.[1] ?? 0);
  if (step < 1 || step > steps) return undefined;
  return { step, outcome: found?.[2] ? 'dropped' : 'reached', value: value ?? undefined };
}

export function formatBehind({ step, outcome }: Behind): string {
  return outcome === 'dropped' ? `${step}.dropped` : String(step);
}

/** The funnel without what says nothing about people, and whom of it. */
export function peopleRequestOf(request: FunnelRequest, { step, outcome, value }: Behind): Omit<FunnelPeopleRequest, 'cursor'> {
  const { group_by: dimension, interval: _, compare: __, ...funnel } = request;
  return { funnel, step, outcome, ...(dimension != null && value !== undefined && { group: { dimension, value } }) };
}

/** The fields of the page, as the API names them. */
export type FunnelField = 'steps' | 'exclude' | 'window_ms' | 'order' | 'unit' | 'group_by' | 'interval';
const fields: readonly FunnelField[] = ['steps', 'exclude', 'window_ms', 'order', 'unit', 'group_by', 'interval'];

/** The field of the page that an error is about, which may lie deeper: `steps[1].kind`. */
export function fieldOf(error: ApiError | undefined): FunnelField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}

/** Where in the list the step stands that an error is about. */
export function placeOf(error: ApiError | undefined, steps: readonly AskedStep[]): number | undefined {
  const found = /^steps\[(\d+)\]/.exec(error?.field ?? '');
  return found ? steps[Number(found[1])]?.place : undefined;
}
