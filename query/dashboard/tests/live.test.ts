import assert from 'node:assert/strict';
import test from 'node:test';
import type { LiveActivity } from '../src/api/types';
import { activities_per_card_max, addActivities, cards_max, presentVisitors, viewOf } from '../src/pages/live/cards';
import { at } from './journey-samples';

const activity = (event_id: string, seconds: number, fields: Partial<LiveActivity> = {}): LiveActivity => ({
  event_id, ts: at(seconds), person: 'v1', identified: false, visitor: 'v1', session: 's1', kind: 'page_view', name: '',
  touchpoint: 'site', title: '', host: 'bottega.example', path: '/', screen: '', target: '', link: '', campaign: '', message: '',
  country: '', city: '', device_class: '', browser: '', os: '', channel: '', source: '', engaged_ms: null, scroll_pct: null,
  value: null, rating: '', revenue: null, items: [], items_more: 0, props: {}, ...fields,
});
const ids = (cards: ReturnType<typeof addActivities>) => cards.map((card) => card.activities.map((one) => one.event_id));

test('one card for each person, the latest first, each event once and in the order of time', () => {
  const cards = addActivities([], [
    activity('a', 1), activity('b', 3, { person: 'v2', visitor: 'v2' }), activity('c', 9), activity('late', 5), activity('c', 9),
  ]);
  assert.deepEqual(ids(cards), [['a', 'late', 'c'], ['b']]);
  assert.equal(addActivities(cards, []), cards);
});

test('who says who she is goes on in the same card; another on the same device has one of his own', () => {
  const anonymous = addActivities([], [activity('a', 1), activity('b', 2)]);
  const anna = { person: 'anna', identified: true };
  const known = addActivities(anonymous, [activity('c', 3, { ...anna, kind: 'identify' })]);
  assert.deepEqual(known.map((card) => [card.person, card.identified]), [['anna', true]]);
  assert.deepEqual(ids(known), [['a', 'b', 'c']]);
  const phone = addActivities(known, [activity('d', 4, { ...anna, visitor: 'v9' })]);
  assert.deepEqual(ids(phone), [['a', 'b', 'c', 'd']]);
  const bruno = addActivities(phone, [activity('e', 5, { person: 'bruno', identified: true })]);
  assert.deepEqual(ids(bruno), [['e'], ['a', 'b', 'c', 'd']]);
});

test('the same told one by one and at once makes the same cards', () => {
  const all = [
    activity('a', 1), activity('b', 2, { person: 'v2', visitor: 'v2' }), activity('v', 3, { kind: 'vital', name: 'LCP', value: 2 }),
    activity('c', 4, { person: 'anna', identified: true }),
  ];
  assert.deepEqual(all.reduce((cards, one) => addActivities(cards, [one]), addActivities([], [])), addActivities([], all));
});

test('people and their events are bounded, the latest stay', () => {
  const many = Array.from({ length: 1000 }, (_, n) => activity(`a${n}`, n));
  const one = addActivities([], many)[0];
  assert.equal(one?.activities.length, activities_per_card_max);
  assert.equal(one?.activities.at(-1)?.event_id, 'a999');
  const people = addActivities([], Array.from({ length: 200 }, (_, n) => activity(`p${n}`, n, { person: `v${n}`, visitor: `v${n}` })));
  assert.equal(people.length, cards_max);
  assert.equal(people[0]?.person, 'v199');
});

test('on now are those with a view in the last five minutes, by visitor', () => {
  const anna = { person: 'anna', identified: true };
  const cards = addActivities([], [
    activity('a', 0, anna), activity('b', 200, { ...anna, visitor: 'v2' }), activity('c', 290, { ...anna, kind: 'page_leave' }),
    activity('m', 290, { person: 'mario', identified: true, visitor: '@mario', kind: 'newsletter_open' }),
  ]);
  const present = (seconds: number) => cards.map((card) => [card.person, presentVisitors(card, Date.parse(at(seconds)))]);
  assert.deepEqual(present(300), [['anna', 2], ['mario', 0]]);
  assert.deepEqual(present(301), [['anna', 1], ['mario', 0]]);
  assert.deepEqual(present(501), [['anna', 0], ['mario', 0]]);
});

test('a card tells pages in order with their measurements folded, and how the visit began', () => {
  const cards = addActivities([], [
    activity('old', 0, { session: 's0', channel: 'paid_search', source: 'Google', device_class: 'desktop' }),
    activity('a', 10, { channel: 'email', source: 'newsletter', device_class: 'smartphone', country: 'IT' }),
    activity('v', 11, { kind: 'vital', name: 'LCP', value: 5000, rating: 'poor' }),
    activity('l', 12, { kind: 'page_leave', engaged_ms: 900 }),
    activity('o', 13, { kind: 'order', items: [{ name: 'Livorno', quantity: 2 }], revenue: { amount: '258.00', currency: 'USD' } }),
  ]);
  const view = viewOf(cards[0]!, 2);
  assert.deepEqual(view.steps.map((step) => step.event.event_id), ['a', 'o']);
  assert.deepEqual(view.steps[0]?.vitals.map((vital) => vital.rating), ['poor']);
  assert.equal(view.earlier, 1);
  assert.deepEqual([view.channel, view.source, view.device_class, view.country], ['email', 'newsletter', 'smartphone', 'IT']);
  assert.equal(view.steps[1]?.event.props['items'], '[{"name":"Livorno","quantity":2}]');
  const direct = viewOf(addActivities([], [activity('x', 1, { kind: 'vital', name: 'CLS' })])[0]!, 5);
  assert.deepEqual([direct.channel, direct.steps.length], ['direct', 1]);
});
