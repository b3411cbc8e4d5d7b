import type { Dimension } from '../api/names';
import type { Condition, EventMatcher } from '../api/types';
import { splitValues } from '../state/filters';

/** By what an event is told from others. */
export const eventTypes = ['page', 'screen', 'kind', 'custom'] as const;
export type EventType = (typeof eventTypes)[number];

/** An event that a question is about; `value` as that of a filter: a comma separates alternatives. */
export interface ChosenEvent {
  readonly type: EventType;
  readonly value: string;
}

/** A kind that is still to be chosen. */
export const unchosen: ChosenEvent = { type: 'kind', value: '' };
export const anyPage: ChosenEvent = { type: 'page', value: '' };

/** Where the values of a type come from: the dimension, and which events have them. */
export const valuesOfType: Readonly<Record<EventType, { readonly dimension: Dimension; readonly filter?: string }>> = {
  page: { dimension: 'page', filter: 'kind:is:page_view' },
  screen: { dimension: 'page', filter: 'kind:is:screen_view' },
  kind: { dimension: 'kind' },
  custom: { dimension: 'name', filter: 'kind:is:custom' },
};

/** Reads `page:/shoes`. What is malformed becomes a kind that does not exist: the API says so, and the page where. */
export function parseEvent(text: string): ChosenEvent {
  const [first = '', ...rest] = text.split(':');
  const type = eventTypes.find((one) => one === first);
  return type && rest.length > 0 ? { type, value: rest.join(':') } : { type: 'kind', value: text };
}

export function formatEvent({ type, value }: ChosenEvent): string {
  return `${type}:${value}`;
}

/** Whether it can be asked: any page is something, any kind is nothing. */
export function isChosen({ type, value }: ChosenEvent): boolean {
  return type !== 'kind' || value !== '';
}

/** The end of a path that stands for all that begin as it does. */
const wildcard = '*';

/** Whether a text stands for all paths that begin as it does. */
export function isBeginning(type: EventType, text: string): boolean {
  return type === 'page' && text.trim().endsWith(wildcard);
}

/** The event as the API takes it. */
export function matcherOf({ type, value }: ChosenEvent): EventMatcher {
  const values = value === '' ? [] : splitValues(value);
  switch (type) {
    case 'page':
      return { kind: 'page_view', ...oneOrSeveral('path', 'page', values) };
    case 'screen':
      return { kind: 'screen_view', ...oneOrSeveral('screen', 'page', values) };
    case 'custom':
      return { kind: 'custom', ...oneOrSeveral('name', 'name', values) };
    default:
      return oneOrSeveral('kind', 'kind', values);
  }
}

/** The field of one value; a condition on the dimension of several, or of a beginning. */
function oneOrSeveral(field: 'path' | 'screen' | 'name' | 'kind', dimension: Dimension, values: readonly string[]): EventMatcher {
  const [first] = values;
  if (first === undefined) return {};
  const begins = field === 'path' ? values.filter((one) => isBeginning('page', one)) : [];
  if (values.length === 1 && begins.length === 0) return { [field]: first };
  const whole = values.filter((one) => !begins.includes(one));
  const conditions: Condition[] = [];
  if (whole.length > 0) conditions.push({ is: { dimension, values: whole } });
  if (begins.length > 0) conditions.push({ starts: { dimension, values: begins.map((one) => one.slice(0, -wildcard.length)) } });
  const [one] = conditions;
  return { where: conditions.length === 1 && one ? one : { any: conditions } };
}
