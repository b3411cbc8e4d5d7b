import type { Condition, EventMatcher } from '../api/types';
import { valuesOfType, type ChosenEvent } from '../events/event';
import type { Translator } from '../i18n/translate';
import { splitValues } from '../state/filters';
import { comparisonOf, isOfComparisons, isProperty, propertyPrefix, type Comparison } from './comparison';
import { conditionOfEvent, eventOf } from './event-of';
import { timesNames } from './rule';

/** Whom the sentence is told to. */
export interface Listener {
  readonly i18n: Translator;
  readonly valueName: (dimension: string, value: string) => string;
  /** Undefined: there is no such segment, or it is not known yet. */
  readonly segmentName: (segment: string) => string | undefined;
}

/** What a segment means: `People who ordered at least twice, in the last 30 days.` */
export function tell(condition: Condition, days: number, listener: Listener): string {
  const { t } = listener.i18n;
  const what = clauseOf(condition, listener);
  return what === '' ? t('segments.told.everybody', { count: days }) : t('segments.told', { what, count: days });
}

/** What the people did or were, as it stands behind `people who`; empty where it holds for everybody. */
export function clauseOf(condition: Condition, listener: Listener): string {
  const { t } = listener.i18n;
  if ('all' in condition) return joined('conjunction', together(condition.all, listener), listener);
  if ('any' in condition) {
    const [only] = condition.any;
    if (condition.any.length === 1 && only) return clauseOf(only, listener);
    return joined('disjunction', condition.any.map((one) => inBrackets(one, listener)), listener);
  }
  if ('did' in condition) return didClause(condition.did, listener);
  if ('visited' in condition) return visitedClause(condition.visited, listener);
  if ('sequence' in condition) return sequenceText(condition.sequence, listener);
  if ('segment' in condition) return t('segments.told.segment', { name: nameOf(condition.segment, listener) });
  if ('not' in condition) return notClause(condition.not, listener);
  return visitClause([condition], listener);
}

/** Comparisons hold for one and the same visit, so they are told as one. */
function together(members: readonly Condition[], listener: Listener): string[] {
  const [only] = members;
  if (members.length === 1 && only) return [clauseOf(only, listener)];
  const ofVisit = members.filter(isOfComparisons);
  const first = members.findIndex(isOfComparisons);
  return members.flatMap((one, place) => {
    if (!isOfComparisons(one)) return [inBrackets(one, listener)];
    return place === first ? [visitClause(ofVisit, listener)] : [];
  });
}

/** What has parts of its own stands in brackets, so that it is clear what belongs together. */
function inBrackets(condition: Condition, listener: Listener): string {
  const text = clauseOf(condition, listener);
  if (isOfComparisons(condition)) return text;
  if ('sequence' in condition || ('not' in condition && 'sequence' in condition.not)) return `(${text})`;
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  return members.length > 1 ? `(${text})` : text;
}

function notClause(inner: Condition, listener: Listener): string {
  const { t } = listener.i18n;
  if ('segment' in inner) return t('segments.told.notSegment', { name: nameOf(inner.segment, listener) });
  if ('sequence' in inner) return t('segments.told.notSequence', { what: sequenceText(inner.sequence, listener) });
  if (isOfComparisons(inner)) return t('segments.told.neverVisit', { what: comparisonsText(inner, listener) });
  return t('segments.told.not', { what: clauseOf(inner, listener) });
}

function nameOf(segment: string, { i18n, segmentName }: Listener): string {
  return segmentName(segment) ?? (segment === '' ? i18n.t('segments.told.unchosen') : segment);
}

/** `came by e-mail`, or `had a visit in which country is Italy and …`. */
function visitClause(members: readonly Condition[], listener: Listener): string {
  const { named, t } = listener.i18n;
  const [only] = members;
  const comparison = members.length === 1 && only ? comparisonOf(only) : undefined;
  const phrase = comparison?.operator === 'is' ? named('was', comparison.dimension) : undefined;
  if (comparison && phrase !== undefined) return `${phrase} ${valuesText(comparison, listener)}`;
  const what = joined('conjunction', members.map((one) => comparisonsText(one, listener)), listener);
  return what === '' ? '' : t('segments.told.visit', { what });
}

/** Comparisons as they stand: `channel is E-mail and country is not Italy`. */
function comparisonsText(condition: Condition, listener: Listener): string {
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : undefined;
  if (members) {
    const texts = members.map((one) => {
      const text = comparisonsText(one, listener);
      return comparisonOf(one) ? text : `(${text})`;
    });
    return joined('all' in condition ? 'conjunction' : 'disjunction', texts, listener);
  }
  if ('not' in condition) return listener.i18n.t('segments.told.notSo', { what: comparisonsText(condition.not, listener) });
  const comparison = comparisonOf(condition);
  // Of a matcher that asks more than the API takes, all there is to say is what stands there.
  return comparison ? comparisonText(comparison, listener) : JSON.stringify(condition);
}

function comparisonText(comparison: Comparison, listener: Listener): string {
  const { label, locale, t } = listener.i18n;
  const { dimension, operator } = comparison;
  const name = isProperty(dimension) ? t('segments.told.property', { name: dimension.slice(propertyPrefix.length) }) : label('dimension', dimension).toLocaleLowerCase(locale);
  return [name, label('operator', operator), ...(operator === 'set' ? [] : [valuesText(comparison, listener)])].join(' ');
}

function valuesText({ dimension, operator, values }: Comparison, listener: Listener): string {
  const isName = operator === 'is' || operator === 'is_not';
  const names = values.map((value) => (isName ? listener.valueName(dimension, value) : value));
  return joined('disjunction', names, listener) || listener.i18n.t('segments.told.unchosen');
}

function didClause(did: Extract<Condition, { did: unknown }>['did'], listener: Listener): string {
  const { t } = listener.i18n;
  const within = withinText(did, listener);
  const said = timesNames.find((one) => did[one] !== undefined) ?? 'at_least';
  const count = did[said] ?? 1;
  if (said !== 'at_least' && count === 0) return [didNotText(did.event, listener), within].filter(Boolean).join(' ');
  const often = said === 'at_least' && count === 1 ? '' : t(`segments.told.${said}`, { times: timesText(count, listener) });
  return [didText(did.event, listener), often, within].filter(Boolean).join(' ');
}

function visitedClause(visited: Extract<Condition, { visited: unknown }>['visited'], listener: Listener): string {
  const { t } = listener.i18n;
  const said = timesNames.find((one) => visited[one] !== undefined) ?? 'at_least';
  const often = t(`segments.told.${said}`, { times: t('counted.sessions', { count: visited[said] ?? 1 }) });
  const { where } = visited;
  return where ? t('segments.told.visited.where', { often, what: comparisonsText(where, listener) }) : t('segments.told.visited', { often });
}

function timesText(count: number, { i18n }: Listener): string {
  return count === 1 || count === 2 ? i18n.t(`segments.told.times.${count}`) : i18n.t('segments.told.times', { count });
}

function withinText({ within_days: days, within_hours: hours }: { within_days?: number; within_hours?: number }, { i18n }: Listener): string {
  if (days !== undefined) return i18n.t('segments.told.within.d', { count: days });
  return hours === undefined ? '' : i18n.t('segments.told.within.h', { count: hours });
}

function sequenceText({ events, ...span }: Extract<Condition, { sequence: unknown }>['sequence'], listener: Listener): string {
  const { t } = listener.i18n;
  const steps = events.map((event) => didText(event, listener)).join(t('segments.told.then'));
  return [steps, withinText(span, listener)].filter(Boolean).join(' ');
}

function didText(matcher: EventMatcher, listener: Listener): string {
  const { t, named } = listener.i18n;
  const event = eventOf(matcher);
  if (!event) return t('segments.told.event', { what: comparisonsText(conditionOfEvent(matcher), listener) });
  const phrase = phraseOf(event);
  return (phrase && named('did', phrase)) ?? t(`segments.told.did.${event.type}`, { name: eventText(event, listener) });
}

function didNotText(matcher: EventMatcher, listener: Listener): string {
  const { t, named } = listener.i18n;
  const event = eventOf(matcher);
  if (!event) return t('segments.told.notEvent', { what: comparisonsText(conditionOfEvent(matcher), listener) });
  const phrase = phraseOf(event);
  return (phrase && named('didNot', phrase)) ?? t(`segments.told.didNot.${event.type}`, { name: eventText(event, listener) });
}

/** An event that has a word of its own: a kind, or any of a type. */
function phraseOf({ type, value }: ChosenEvent): string | undefined {
  if (type === 'kind') return value === '' ? undefined : value;
  const ofAny = { page: 'page_view', screen: 'screen_view', custom: 'custom' } as const;
  return value === '' ? ofAny[type] : undefined;
}

function eventText({ type, value }: ChosenEvent, listener: Listener): string {
  if (value === '') return listener.i18n.t('event.unchosen');
  return joined('disjunction', splitValues(value).map((one) => listener.valueName(valuesOfType[type].dimension, one)), listener);
}

function joined(type: 'conjunction' | 'disjunction', texts: readonly string[], { i18n }: Listener): string {
  const list = new Intl.ListFormat(i18n.locale, { type }).format(texts.filter((text) => text !== ''));
  // Before another e the Italian one has a d, which Intl does not know.
  return i18n.language === 'it' ? list.replaceAll(/ e (?=[eè])/g, ' ed ') : list;
}
