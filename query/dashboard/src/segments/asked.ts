import type { ApiError } from '../api/error';
import type { Condition } from '../api/types';
import { conditionOfRow, isComplete, type Group, type Row, type Rule } from './rule';

/** Where in a rule a row stands; without `row` it is not in a group. */
export interface RowPlace {
  readonly item: number;
  readonly row?: number;
}

export interface Asked {
  readonly condition: Condition;
  /** The path of each row in the condition, as the API names it in an error. */
  readonly places: ReadonlyMap<string, RowPlace>;
  /** Those that are left out, because they are not complete. */
  readonly incomplete: readonly RowPlace[];
}

/** Everything that was put together, complete or not: what the address keeps. */
export function draftOf({ join, items }: Rule): Condition {
  const written = items.map((item) => (item.type === 'group' ? listOf(item.join, item.rows.map(conditionOfRow)) : conditionOfRow(item)));
  return listOf(join, written);
}

/** What can be asked of it: a row that is not complete yet keeps the others from nothing. */
export function askedOf({ join, items }: Rule): Asked {
  const places = new Map<string, RowPlace>();
  const incomplete: RowPlace[] = [];
  const members: Condition[] = [];
  const take = (row: Row, place: RowPlace, path: string): Condition[] => {
    if (!isComplete(row)) {
      incomplete.push(place);
      return [];
    }
    places.set(path, place);
    return [conditionOfRow(row)];
  };
  items.forEach((item, index) => {
    const path = `condition.${join}[${members.length}]`;
    if (item.type !== 'group') members.push(...take(item, { item: index }, path));
    else members.push(...askedOfGroup(item, index, path, take));
  });
  return { condition: members.length === 0 ? { all: [] } : listOf(join, members), places, incomplete };
}

function askedOfGroup(
  { join, rows }: Group,
  item: number,
  path: string,
  take: (row: Row, place: RowPlace, path: string) => Condition[],
): Condition[] {
  const members: Condition[] = [];
  rows.forEach((row, place) => members.push(...take(row, { item, row: place }, `${path}.${join}[${members.length}]`)));
  return members.length === 0 ? [] : [listOf(join, members)];
}

function listOf(join: Rule['join'], members: Condition[]): Condition {
  return join === 'all' ? { all: members } : { any: members };
}

/** The row that an error is about, however deep in it; undefined where it is about none. */
export function placeOf(error: ApiError | undefined, { places }: Asked): RowPlace | undefined {
  const field = error?.field ?? '';
  for (const [path, place] of places) if (field === path || field.startsWith(`${path}.`)) return place;
  return undefined;
}

export function isSamePlace(one: RowPlace | undefined, other: RowPlace): boolean {
  return one?.item === other.item && one.row === other.row;
}
