import type { ApiError } from '../../api/error';
import type { Condition, RetentionPeopleRequest, RetentionRequest } from '../../api/types';
import { isChosen, matcherOf, type ChosenEvent } from '../../events/event';
import type { Choice } from '../../state/address';

/** What is asked, in the page's own words. */
export interface RetentionChoices {
  /** Undefined: any event. */
  readonly first: ChosenEvent | undefined;
  readonly again: ChosenEvent | undefined;
  readonly stretch: Choice<'stretch'>;
  readonly mode: Choice<'mode'>;
  readonly members: Choice<'members'>;
  readonly from: string;
  readonly to: string;
  readonly breakdown: Choice<'breakdown'>;
  readonly compare: boolean;
  readonly condition: Condition | undefined;
}

export function requestOf({ first, again, stretch, mode, members, from, to, breakdown, compare, condition }: RetentionChoices): RetentionRequest {
  return {
    from,
    to,
    interval: stretch,
    mode,
    unit: members,
    ...(first && { first: matcherOf(first) }),
    ...(again && { again: matcherOf(again) }),
    ...(breakdown !== 'none' && { group_by: breakdown }),
    ...(compare && { compare: 'previous' }),
    ...(condition && { condition }),
  };
}

/** Who is behind a number, of all or of a value of the dimension: what is compared or divided says nothing about people. */
export function peopleRequestOf(request: RetentionRequest, cell: Cell, group: RetentionPeopleRequest['group']): RetentionPeopleRequest {
  const { group_by: _, compare: __, ...retention } = request;
  return { retention, ...cell, ...(group && { group }) };
}

/** Whether both events are there, or none in particular. */
export function isReady({ first, again }: Pick<RetentionChoices, 'first' | 'again'>): boolean {
  return [first, again].every((event) => event === undefined || isChosen(event));
}

/** Which number: that of a row at an index, 0 for the whole row. */
export type Cell = Pick<RetentionPeopleRequest, 'cohort' | 'index'>;

/** Reads `2026-11-16.1`. */
export function parseCell(text: string | null): Cell | undefined {
  const found = /^(\d{4}-\d\d-\d\d)\.(\d{1,2})$/.exec(text ?? '');
  return found?.[1] && found[2] ? { cohort: found[1], index: Number(found[2]) } : undefined;
}

export function formatCell({ cohort, index }: Cell): string {
  return `${cohort}.${index}`;
}

/** The fields of the page, as the API names them. */
export type RetentionField = 'first' | 'again' | 'interval' | 'mode' | 'unit' | 'group_by';
const fields: readonly RetentionField[] = ['first', 'again', 'interval', 'mode', 'unit', 'group_by'];

/** The field of the page that an error is about, which may lie deeper: `first.kind`. */
export function fieldOf(error: ApiError | undefined): RetentionField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}
