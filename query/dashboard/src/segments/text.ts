import type { Condition } from '../api/types';
import { comparisonOperators } from './comparison';

/** Reads a condition of an address; undefined for what has not the form of one. Whether it can be asked is for the API to say. */
export function parseCondition(text: string | null): Condition | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isCondition(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function formatCondition(condition: Condition): string {
  return JSON.stringify(condition);
}

type Fields = Readonly<Record<string, unknown>>;

function isCondition(value: unknown): value is Condition {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  const [name = '', inner] = Object.entries(value)[0] ?? [];
  switch (name) {
    case 'all':
    case 'any':
      return Array.isArray(inner) && inner.every(isCondition);
    case 'not':
      return isCondition(inner);
    case 'segment':
      return typeof inner === 'string';
    case 'did':
      return isObject(inner) && isMatcher(inner['event']) && areNumbers(inner, ['at_least', 'at_most', 'exactly', 'within_days', 'within_hours']);
    case 'sequence':
      return isObject(inner) && Array.isArray(inner['events']) && inner['events'].every(isMatcher) && areNumbers(inner, ['within_days', 'within_hours']);
    case 'visited':
      return isObject(inner) && (inner['where'] === undefined || isCondition(inner['where'])) && areNumbers(inner, ['at_least', 'at_most', 'exactly']);
    default:
      // One that is not known yet stays as it is.
      return isObject(inner) && (isComparison(inner) || !comparisonOperators.some((one) => one === name));
  }
}

function isComparison({ dimension, values = [] }: Fields): boolean {
  return typeof dimension === 'string' && Array.isArray(values) && values.every((one) => ['string', 'number'].includes(typeof one));
}

function isMatcher(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { where, ...fields } = value;
  return Object.values(fields).every((one) => typeof one === 'string') && (where === undefined || isCondition(where));
}

function areNumbers(fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => fields[name] === undefined || typeof fields[name] === 'number');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
