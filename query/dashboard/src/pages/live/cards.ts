import type { JourneyEvent, LiveActivity } from '../../api/types';
import { foldSession, type Step } from '../../steps/fold';
import { noiseKinds, viewKinds } from '../../steps/kinds';

/** People kept on the page, those who were last here. */
export const cards_max = 50;
/** Events kept of each, the latest. */
export const activities_per_card_max = 120;
/** Who viewed a page within this time is on now: the server's `visitors` of a snapshot. */
export const present_ms = 5 * 60_000;

/** One person and what the person did lately. */
export interface LiveCard {
  /** The user id, or the visitor id when nobody identified. */
  readonly person: string;
  readonly identified: boolean;
  /** Oldest first, each once. */
  readonly activities: readonly LiveActivity[];
  /** Epoch milliseconds of the last activity. */
  readonly latest_ms: number;
  /** Epoch milliseconds of the last view of each of the person's visitor ids. */
  readonly viewed_ms: ReadonlyMap<string, number>;
}

/** Adds activities in the order in which they were told; the latest person comes first. */
export function addActivities(cards: readonly LiveCard[], added: readonly LiveActivity[]): readonly LiveCard[] {
  if (added.length === 0) return cards;
  const people = new Map(cards.map((card) => [card.person, card]));
  for (const activity of added) {
    const own = people.get(activity.person);
    // Whoever was nameless on this visitor id has a name now.
    const nameless = activity.identified && activity.visitor !== activity.person ? people.get(activity.visitor) : undefined;
    const isSame = nameless && !nameless.identified;
    if (isSame) people.delete(activity.visitor);
    const before = [...(own?.activities ?? []), ...(isSame ? nameless.activities : [])];
    people.set(activity.person, makeCard(activity.person, activity.identified || own?.identified === true, [...before, activity]));
  }
  return [...people.values()]
    .sort((a, b) => b.latest_ms - a.latest_ms || (a.person < b.person ? -1 : 1))
    .slice(0, cards_max);
}

function makeCard(person: string, identified: boolean, all: readonly LiveActivity[]): LiveCard {
  const once = [...new Map(all.map((one) => [one.event_id, one])).values()];
  const activities = once.sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts)).slice(-activities_per_card_max);
  const viewed_ms = new Map<string, number>();
  for (const one of activities) if (isView(one)) viewed_ms.set(one.visitor, Date.parse(one.ts));
  return { person, identified, activities, viewed_ms, latest_ms: Date.parse(activities.at(-1)?.ts ?? '') };
}

function isView(activity: LiveActivity): boolean {
  return viewKinds.has(activity.kind);
}

/** How many of the person's visitor ids are on now. */
export function presentVisitors(card: LiveCard, now_ms: number): number {
  return [...card.viewed_ms.values()].filter((viewed) => viewed >= now_ms - present_ms).length;
}

/** What a card shows. */
export interface CardView {
  /** Oldest first, at most `shown`; measurements are folded into their pages. */
  readonly steps: readonly Step[];
  /** Steps before these. */
  readonly earlier: number;
  /** Of the visit's first event. */
  readonly channel: string;
  readonly source: string;
  /** The latest known. */
  readonly device_class: string;
  readonly browser: string;
  readonly country: string;
  readonly city: string;
}

export function viewOf(card: LiveCard, shown: number): CardView {
  const steps = foldSession(card.activities.map(toEvent).reverse()).reverse();
  const told = steps.filter((step) => !noiseKinds.has(step.event.kind));
  const all = told.length > 0 ? told : steps;
  const latest = (field: 'device_class' | 'browser' | 'country' | 'city') =>
    card.activities.findLast((one) => one[field] !== '')?.[field] ?? '';
  const session = card.activities.findLast((one) => one.session !== '')?.session ?? '';
  const first = card.activities.find((one) => one.session === session);
  return {
    steps: all.slice(-shown),
    earlier: Math.max(0, all.length - shown),
    // Nobody sent it.
    channel: first?.channel || 'direct',
    source: first?.source ?? '',
    device_class: latest('device_class'),
    browser: latest('browser'),
    country: latest('country'),
    city: latest('city'),
  };
}

/** The same event as a journey would have it. */
function toEvent(activity: LiveActivity): JourneyEvent {
  const items = activity.items.length > 0 ? { items: JSON.stringify(activity.items) } : {};
  return {
    ...activity,
    stage: '',
    anonymous: !activity.identified,
    referrer: '',
    duration_ms: null,
    app_version: '',
    bot: '',
    verdict: '',
    verdict_reason: '',
    props: { ...activity.props, ...items },
  };
}
