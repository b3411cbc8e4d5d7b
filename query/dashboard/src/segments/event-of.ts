import type { Condition, EventMatcher } from '../api/types';
import { unchosen, type ChosenEvent } from '../events/event';
import { joinValues } from '../state/filters';
import { comparisonOf, type Comparison } from './comparison';

const fields = { kind: 'kind', name: 'name', path: 'page', screen: 'page', touchpoint: 'touchpoint' } as const;

/** What must hold for an event, as one condition. */
export function conditionOfEvent(matcher: EventMatcher): Condition {
  const own = Object.entries(fields).flatMap(([field, dimension]): Condition[] => {
    const value = matcher[field as keyof typeof fields];
    return value === undefined ? [] : [{ is: { dimension, values: [value] } }];
  });
  const all = [...own, ...(matcher.where === undefined ? [] : flat(matcher.where))];
  const [one] = all;
  return all.length === 1 && one ? one : { all };
}

/** The event that a chooser shows for a matcher, however that is written; undefined for one that it cannot show. */
export function eventOf(matcher: EventMatcher): ChosenEvent | undefined {
  const members = flat(conditionOfEvent(matcher));
  if (members.length === 0) return unchosen;
  const kinds = comparisons(members).find(isOfKind);
  if (!kinds || members.length > 2) return undefined;
  const other = members.find((one) => comparisonOf(one)?.dimension !== 'kind');
  if (!other) return members.length === 1 ? eventOfKinds(kinds.values) : undefined;
  const [kind] = kinds.values;
  if (kinds.values.length !== 1) return undefined;
  if (kind === 'page_view') return valued('page', pagesOf(other));
  if (kind === 'screen_view') return valued('screen', valuesOf(other, 'page'));
  if (kind === 'custom') return valued('custom', valuesOf(other, 'name'));
  return undefined;
}

function eventOfKinds(kinds: readonly string[]): ChosenEvent {
  const [kind] = kinds;
  if (kinds.length === 1 && kind === 'page_view') return { type: 'page', value: '' };
  if (kinds.length === 1 && kind === 'screen_view') return { type: 'screen', value: '' };
  if (kinds.length === 1 && kind === 'custom') return { type: 'custom', value: '' };
  return { type: 'kind', value: joinValues(kinds) };
}

function valued(type: ChosenEvent['type'], values: readonly string[] | undefined): ChosenEvent | undefined {
  return values && values.length > 0 && !values.includes('') ? { type, value: joinValues(values) } : undefined;
}

function isOfKind({ dimension, operator }: Comparison): boolean {
  return dimension === 'kind' && operator === 'is';
}

/** The values of an `is` of a dimension. */
function valuesOf(condition: Condition, dimension: string): readonly string[] | undefined {
  const found = comparisonOf(condition);
  return found?.operator === 'is' && found.dimension === dimension ? found.values : undefined;
}

/** Pages, and with an asterisk those that begin so: one after the other, as the chooser writes them. */
function pagesOf(condition: Condition): readonly string[] | undefined {
  const members = 'any' in condition ? condition.any : [condition];
  const found = comparisons(members);
  if (found.length !== members.length || found.some(({ dimension, operator }) => dimension !== 'page' || !['is', 'starts'].includes(operator))) return undefined;
  // A page whose own name ends so is none that begins so.
  if (found.some(({ operator, values }) => operator === 'is' && values.some((one) => one.endsWith('*')))) return undefined;
  return found.flatMap(({ operator, values }) => (operator === 'starts' ? values.map((one) => `${one}*`) : values));
}

function comparisons(conditions: readonly Condition[]): Comparison[] {
  return conditions.flatMap((one) => comparisonOf(one) ?? []);
}

/** The members of an `all`, also of those in it. */
function flat(condition: Condition): Condition[] {
  return 'all' in condition ? condition.all.flatMap(flat) : [condition];
}
