import type { ApiError } from '../../api/error';
import type { Condition, PathsPeopleRequest, PathsRequest } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import type { Choice } from '../../state/address';
import { joinValues } from '../../state/filters';

/** What is asked, in the page's own words. */
export interface PathsChoices {
  readonly scope: Choice<'scope'>;
  readonly nodes: Choice<'nodes'>;
  readonly steps: Choice<'steps'>;
  readonly repeats: Choice<'repeats'>;
  readonly start: ChosenEvent | undefined;
  readonly end: ChosenEvent | undefined;
  /** Links that fewer took are left out. */
  readonly least: number;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition | undefined;
}

export function requestOf({ scope, nodes, steps, repeats, start, end, least, from, to, condition }: PathsChoices): PathsRequest {
  return {
    from,
    to,
    scope,
    nodes,
    steps: Number(steps),
    fold: repeats === 'folded',
    min_count: least,
    ...(start && { start: matcherOf(start) }),
    ...(end && { end: matcherOf(end) }),
    ...(condition && { condition }),
  };
}

/** Whose journeys: of a link, or of all that lead from a node, or to it. */
export type Behind = Pick<PathsPeopleRequest, 'step' | 'from' | 'to'>;

/** Reads `{"step":0,"from":"/"}`; what is malformed lists nobody. */
export function parseBehind(text: string | null): Behind | undefined {
  try {
    const { step, ...ends } = JSON.parse(text ?? '') as Record<string, unknown>;
    const isEnd = (end: unknown): end is string | null => end === null || typeof end === 'string';
    const told = Object.entries(ends);
    const isWhole = told.length > 0 && told.every(([name, end]) => (name === 'from' || name === 'to') && isEnd(end));
    return Number.isInteger(step) && Number(step) >= 0 && isWhole ? { step: Number(step), ...ends } : undefined;
  } catch {
    return undefined;
  }
}

export function formatBehind(behind: Behind): string {
  const { step, from, to } = behind;
  return JSON.stringify({ step, ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

/** An event that was begun to be chosen keeps from asking: without it another question would be answered. */
export function isReady({ start, end }: Pick<PathsChoices, 'start' | 'end'>): boolean {
  return (start === undefined || isChosen(start)) && (end === undefined || isChosen(end));
}

/** How paths are walked: from the beginning or a start, from an end backward, or from the one to the other. */
export type Direction = 'forward' | 'backward' | 'between';

export function directionOf({ start, end }: Pick<PathsChoices, 'start' | 'end'>): Direction {
  if (end === undefined) return 'forward';
  return start === undefined ? 'backward' : 'between';
}

const leastDefault = 1;

/** Reads a whole number above zero; what is malformed is the default. */
export function parseLeast(text: string | null): number {
  const count = /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
  return count > 0 ? count : leastDefault;
}

/** Null for the default, which leaves no trace in the address. */
export function formatLeast(count: number): string | null {
  return count === leastDefault ? null : String(count);
}

/** What tells the name of a node apart. */
export interface NamesKnown {
  readonly kinds: readonly string[];
  /** Undefined while they are asked for. */
  readonly screens: readonly string[] | undefined;
}

/** The event that a node stands for, by its name alone; undefined where it cannot be told. */
export function eventOfNode(name: string, { kinds, screens }: NamesKnown): ChosenEvent | undefined {
  if (name === '') return undefined;
  const value = joinValues([name]);
  if (name.startsWith('/')) return { type: 'page', value };
  if (kinds.includes(name)) return { type: 'kind', value };
  if (screens === undefined) return undefined;
  return { type: screens.includes(name) ? 'screen' : 'custom', value };
}

/** The fields of the page, as the API names them. */
export type PathsField = 'scope' | 'nodes' | 'steps' | 'start' | 'end' | 'fold' | 'min_count';
const fields: readonly PathsField[] = ['scope', 'nodes', 'steps', 'start', 'end', 'fold', 'min_count'];

/** The field of the page that an error is about, which may lie deeper: `start.kind`. */
export function fieldOf(error: ApiError | undefined): PathsField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}
