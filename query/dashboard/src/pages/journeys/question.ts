import type { ApiError } from '../../api/error';
import type { Condition, JourneyNode, JourneyPeopleRequest, JourneysRequest } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import type { Choice } from '../../state/address';

/** What is asked, in the page's own words. */
export interface JourneyChoices {
  readonly unit: Choice<'unit'>;
  readonly node: Choice<'node'>;
  readonly staged: Choice<'staged'>;
  readonly conversion: ChosenEvent;
  readonly support: Choice<'support'>;
  readonly breakdown: Choice<'breakdown'>;
  readonly compare: boolean;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf({ unit, node, staged, conversion, support, breakdown, compare, from, to, condition }: JourneyChoices): JourneysRequest {
  return {
    from,
    to,
    unit,
    group_by: node,
    stages: staged === 'with',
    conversion: matcherOf(conversion),
    min_support: Number(support),
    ...(breakdown !== 'none' && { breakdown }),
    ...(compare && { compare: 'previous' }),
    ...(condition && { condition }),
  };
}

export function isReady({ conversion }: Pick<JourneyChoices, 'conversion'>): boolean {
  return isChosen(conversion);
}

/** A node, or a move from it to the next. */
export interface Part {
  readonly node: JourneyNode;
  readonly next?: JourneyNode | null | undefined;
}

/** Whose journeys: those of a variant, those with a node or a move of the map or of a difference, or all of a group. */
export interface Behind {
  readonly variant?: { readonly nodes: readonly JourneyNode[]; readonly is_cut: boolean };
  readonly edge?: Part;
  readonly difference?: Part;
  readonly outcome?: 'converted' | 'not_converted';
  /** A value of the breakdown. */
  readonly group?: string;
}

/** With its fields in one order, so that the same people are the same text. */
export function formatBehind({ variant, edge, difference, outcome, group }: Behind): string {
  const node = ({ value, stage }: JourneyNode) => ({ value, ...(stage != null && { stage }) });
  const part = (one: Part) => ({ node: node(one.node), ...(one.next && { next: node(one.next) }) });
  return JSON.stringify({
    ...(variant && { variant: { nodes: variant.nodes.map(node), is_cut: variant.is_cut } }),
    ...(edge && { edge: part(edge) }),
    ...(difference && { difference: part(difference) }),
    ...(outcome && { outcome }),
    ...(group !== undefined && { group }),
  });
}

/** Undefined for what no page has written. */
export function parseBehind(text: string | null): Behind | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  const { variant, edge, difference, outcome, group } = read;
  const isRight =
    (variant === undefined || (isObject(variant) && Array.isArray(variant['nodes']) && variant['nodes'].every(isNode) && typeof variant['is_cut'] === 'boolean')) &&
    [edge, difference].every((part) => part === undefined || isPart(part)) &&
    (outcome === undefined || outcome === 'converted' || outcome === 'not_converted') &&
    (group === undefined || typeof group === 'string');
  return isRight ? (read as Behind) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNode(value: unknown): value is JourneyNode {
  return isObject(value) && typeof value['value'] === 'string' && (value['stage'] === undefined || typeof value['stage'] === 'string');
}

function isPart(value: unknown): value is Part {
  return isObject(value) && isNode(value['node']) && (value['next'] == null || isNode(value['next']));
}

export function isSameBehind(one: Behind | undefined, other: Behind): boolean {
  return one !== undefined && formatBehind(one) === formatBehind(other);
}

/** The people of a number: the journeys without what says nothing about them. */
export function peopleRequestOf(request: JourneysRequest, behind: Behind): JourneyPeopleRequest {
  const { breakdown, compare: _, ...journeys } = request;
  const { group, ...whose } = JSON.parse(formatBehind(behind)) as Omit<JourneyPeopleRequest, 'journeys' | 'group'> & { group?: string };
  return { journeys, ...whose, ...(group !== undefined && breakdown && { group: { dimension: breakdown, value: group } }) };
}

/** The fields of the page, as the API names them. */
export type JourneyField = 'unit' | 'group_by' | 'stages' | 'conversion' | 'min_support' | 'breakdown';
const fields: readonly JourneyField[] = ['unit', 'group_by', 'stages', 'conversion', 'min_support', 'breakdown'];

/** The field of the page that an error is about, which may lie deeper: `conversion.kind`. */
export function fieldOf(error: ApiError | undefined): JourneyField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}
