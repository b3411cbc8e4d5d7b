import type { Condition, EventMatcher } from '../api/types';
import { isChosen, matcherOf, unchosen, type ChosenEvent } from '../events/event';
import { eventOf } from './event-of';
import { comparisonOfRow, isRow, isWhole, newComparison, type IsRow } from './is-row';
import { conditionOfWhere, didOf, matcherOfDid, whereOf } from './where';

/** How long it takes at most. */
export interface Span {
  readonly count: number;
  readonly unit: 'd' | 'h';
}

export const timesNames = ['at_least', 'exactly', 'at_most'] as const;
export type TimesName = (typeof timesNames)[number];

export interface DidRow {
  readonly type: 'did';
  readonly event: ChosenEvent;
  /** What must hold for the same event. */
  readonly where: readonly IsRow[];
  readonly times: TimesName;
  readonly count: number;
  readonly within: Span | undefined;
}

export interface DidNotRow {
  readonly type: 'did_not';
  readonly event: ChosenEvent;
  readonly where: readonly IsRow[];
}

/** How many sessions somebody had. */
export interface VisitedRow {
  readonly type: 'visited';
  /** What must hold for each of them. */
  readonly where: readonly IsRow[];
  readonly times: TimesName;
  readonly count: number;
}

export interface SequenceRow {
  readonly type: 'sequence' | 'not_sequence';
  readonly events: readonly ChosenEvent[];
  readonly within: Span | undefined;
}

export interface SegmentRow {
  readonly type: 'segment' | 'not_segment';
  readonly segment: string;
}

/** What the rows have no fields for: it is told, and stays as it is. */
export interface OtherRow {
  readonly type: 'other';
  readonly condition: Condition;
}

export type Row = IsRow | DidRow | DidNotRow | VisitedRow | SequenceRow | SegmentRow | OtherRow;
export const rowTypes = ['did', 'did_not', 'is', 'never_is', 'visited', 'sequence', 'not_sequence', 'segment', 'not_segment'] as const;
export type RowType = (typeof rowTypes)[number];

export type Join = 'all' | 'any';

/** Rows that stand together, as in brackets. */
export interface Group {
  readonly type: 'group';
  readonly join: Join;
  readonly rows: readonly Row[];
}

/** A condition as it is put together: rows and groups of rows. */
export interface Rule {
  readonly join: Join;
  readonly items: readonly (Row | Group)[];
}

export const sequence_min = 2;
export const sequence_max = 8;

/** A row that is still to be filled in. */
export function newRow(type: RowType): Row {
  switch (type) {
    case 'is':
    case 'never_is':
      return { ...newComparison, type };
    case 'did':
      return { type, event: unchosen, where: [], times: 'at_least', count: 1, within: undefined };
    case 'did_not':
      return { type, event: unchosen, where: [] };
    case 'visited':
      return { type, where: [], times: 'at_least', count: 2 };
    case 'sequence':
    case 'not_sequence':
      return { type, events: [unchosen, unchosen], within: undefined };
    case 'segment':
    case 'not_segment':
      return { type, segment: '' };
  }
}

/** The row as another type, with what both have. */
export function rowAs(row: Row, type: RowType): Row {
  const fresh = newRow(type);
  const event = 'event' in row ? row.event : 'events' in row ? row.events[0] : undefined;
  const within = 'within' in row ? row.within : undefined;
  const where = 'where' in row && 'event' in row ? row.where : [];
  if ('dimension' in fresh && 'dimension' in row) return { ...row, type: fresh.type };
  if ('segment' in fresh && 'segment' in row) return { ...row, type: fresh.type };
  if ('events' in fresh) return 'events' in row ? { ...row, type: fresh.type } : { ...fresh, within, events: [event ?? unchosen, unchosen] };
  if (fresh.type === 'did' && event) return { ...fresh, within, event, where };
  if (fresh.type === 'did_not' && event) return { ...fresh, event, where };
  return fresh;
}

/** Whether it says all that it must to be asked. */
export function isComplete(row: Row): boolean {
  switch (row.type) {
    case 'is':
    case 'never_is':
      return isWhole(row);
    case 'did':
    case 'did_not':
      return (isChosen(row.event) || row.where.length > 0) && row.where.every(isWhole);
    case 'sequence':
    case 'not_sequence':
      return row.events.length >= sequence_min && row.events.every(isChosen);
    case 'segment':
    case 'not_segment':
      return row.segment !== '';
    case 'visited':
      return row.where.every(isWhole);
    case 'other':
      return true;
  }
}

/** The row as the API takes it. */
export function conditionOfRow(row: Row): Condition {
  switch (row.type) {
    case 'is':
      return comparisonOfRow(row);
    case 'never_is':
      return { not: comparisonOfRow(row) };
    case 'did': {
      const isOnce = row.times === 'at_least' && row.count === 1;
      return { did: { event: matcherOfDid(row), ...(!isOnce && { [row.times]: row.count }), ...spanOf(row.within) } };
    }
    case 'did_not':
      return { did: { event: matcherOfDid(row), exactly: 0 } };
    case 'visited':
      return { visited: { [row.times]: row.count, ...conditionOfWhere(row.where) } };
    case 'sequence':
      return sequenceOfRow(row);
    case 'not_sequence':
      return { not: sequenceOfRow(row) };
    case 'segment':
      return { segment: row.segment };
    case 'not_segment':
      return { not: { segment: row.segment } };
    case 'other':
      return row.condition;
  }
}

function sequenceOfRow({ events, within }: SequenceRow): Condition {
  return { sequence: { events: events.map(eventMatcher), ...spanOf(within) } };
}

/** One that is not chosen yet is empty. */
function eventMatcher(event: ChosenEvent): EventMatcher {
  return isChosen(event) ? matcherOf(event) : {};
}

function spanOf(within: Span | undefined): { within_days?: number; within_hours?: number } {
  if (!within) return {};
  return within.unit === 'd' ? { within_days: within.count } : { within_hours: within.count };
}

/** Reads a condition as rows and groups of rows; nothing of it is lost, whatever it is. */
export function ruleOf(condition: Condition): Rule {
  const join: Join = 'any' in condition ? 'any' : 'all';
  const members = membersOf(condition) ?? [condition];
  return { join, items: members.map(itemOf) };
}

function itemOf(condition: Condition): Row | Group {
  const members = membersOf(condition);
  // Of nothing it would be another thing than no group.
  if (!members || members.length === 0) return rowOf(condition);
  return { type: 'group', join: 'any' in condition ? 'any' : 'all', rows: members.map(rowOf) };
}

function membersOf(condition: Condition): readonly Condition[] | undefined {
  if ('all' in condition) return condition.all;
  return 'any' in condition ? condition.any : undefined;
}

function rowOf(condition: Condition): Row {
  const row = simpleRow(condition) ?? negatedRow(condition);
  return row ?? { type: 'other', condition };
}

function negatedRow(condition: Condition): Row | undefined {
  if (!('not' in condition)) return undefined;
  const row = simpleRow(condition.not);
  if (row?.type === 'is') return { ...row, type: 'never_is' };
  if (row?.type === 'sequence') return { ...row, type: 'not_sequence' };
  return row?.type === 'segment' ? { ...row, type: 'not_segment' } : undefined;
}

function simpleRow(condition: Condition): Row | undefined {
  if ('segment' in condition) return { type: 'segment', segment: condition.segment };
  if ('sequence' in condition) {
    const events = condition.sequence.events.map(eventOf);
    return events.every((one) => one !== undefined) ? { type: 'sequence', events, within: withinOf(condition.sequence) } : undefined;
  }
  if ('did' in condition) return didRow(condition.did);
  if ('visited' in condition) return visitedRow(condition.visited);
  return isRow(condition);
}

function didRow(did: Extract<Condition, { did: unknown }>['did']): Row | undefined {
  const done = didOf(did.event);
  if (!done) return undefined;
  const within = withinOf(did);
  if (did.exactly === 0 && !within) return { type: 'did_not', ...done };
  const times = timesNames.find((one) => did[one] !== undefined) ?? 'at_least';
  return { type: 'did', ...done, times, count: did[times] ?? 1, within };
}

function visitedRow(visited: Extract<Condition, { visited: unknown }>['visited']): Row | undefined {
  const times = timesNames.find((one) => visited[one] !== undefined);
  const where = whereOf(visited.where);
  return where && times ? { type: 'visited', where, times, count: visited[times] ?? 1 } : undefined;
}

function withinOf({ within_days: days, within_hours: hours }: { within_days?: number; within_hours?: number }): Span | undefined {
  if (days !== undefined) return { count: days, unit: 'd' };
  return hours === undefined ? undefined : { count: hours, unit: 'h' };
}
