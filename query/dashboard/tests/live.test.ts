import assert from 'node:assert/strict';
import test from 'node:test';
import type { LiveActivity } from '../src/api/types';
import { readFileSync } from 'node:fs';
import { keyOf, movedSince } from '../src/pages/live/moves';
import { arrivedIn, frameAround, labelsOf, offTheMap, placeName, shadeOf, wholeWorld, type Frame, type World } from '../src/pages/live/world';
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

test('the map shows the part of the world where visitors are, no closer than makes sense', () => {
  const shape = (frame: Frame) => ({ path: '', frame });
  const world: World = { IT: shape([4126, 625, 237, 231]), FR: shape([3912, 530, 239, 212]), MT: shape([4289, 908, 5, 4]), US: shape([1547, 570, 1181, 637]) };
  for (const codes of [['IT'], ['MT'], ['IT', 'FR'], ['IT', 'US'], []]) {
    const frames = codes.map((code) => world[code]?.frame ?? wholeWorld);
    const [x, y, width, height] = frameAround(frames);
    assert.equal(Math.round(width / height), 2, codes.join());
    for (const [left, top, wide, high] of frames) assert.ok(x <= left && y <= top && left + wide <= x + width && top + high <= y + height, codes.join());
    assert.ok(width >= 1000 && width <= 8000, codes.join());
  }
  assert.ok(frameAround([[4126, 625, 237, 231]])[2] < frameAround([[4126, 625, 237, 231], [1547, 570, 1181, 637]])[2]);
  const countries = [{ country: 'IT', visitors: 7 }, { country: 'MT', visitors: 2 }, { country: '', visitors: 3 }, { country: 'VA', visitors: 1 }, { country: 'US', visitors: 1 }];
  const labels = labelsOf(countries, world, frameAround([]));
  assert.deepEqual(labels.map(({ country }) => country), ['IT', 'US'], 'one number never hides another');
  assert.ok(labels.every(({ left, top }) => left > 0 && left < 100 && top > 0 && top < 100));
  assert.equal(offTheMap(countries, world), 4);
  assert.deepEqual([1, 2, 3, 5, 10].map((visitors) => shadeOf(visitors, 10)), [1, 1, 2, 3, 5]);
  assert.equal(shadeOf(1, 1), 5);
  assert.deepEqual([...arrivedIn(countries, [{ country: 'IT', visitors: 8 }, { country: 'MT', visitors: 1 }, { country: 'FR', visitors: 1 }])], ['IT', 'FR']);
  const place = { country: 'IT', region: 'Puglia', city: 'Bari', visitors: 1 };
  assert.deepEqual([place, { ...place, city: '' }, { ...place, city: 'Puglia' }].map(placeName), ['Bari, Puglia', 'Puglia', 'Puglia']);
});

test('the shapes of the map are those of countries, each in its frame', () => {
  const shapes = JSON.parse(readFileSync('src/pages/live/world.json', 'utf8')) as World;
  assert.ok(Object.keys(shapes).length > 220);
  for (const code of ['IT', 'DE', 'US', 'AU', 'RU', 'MT', 'SM', 'VA', 'SG', 'XK', 'FJ']) {
    const [x, y, width, height] = shapes[code]?.frame ?? [0, 0, -1, -1];
    const [left, top, wide, high] = wholeWorld;
    assert.ok(width >= 0 && x >= left && y >= top && x + width <= left + wide && y + height <= top + high, code);
    assert.match(shapes[code]?.path ?? '', /^(M\d+,\d+l[-\d, ]+z)+$/, code);
  }
});

test('a step that somebody has taken since is told from those that stand there', () => {
  const move = (from: string, to: string, latest: string) => ({ from, to, visitors: 1, latest: `2026-11-21T10:00:${latest}.000Z` });
  const before = [move('', '/', '01'), move('/', '/a', '05')];
  assert.deepEqual(movedSince(before, before), []);
  assert.deepEqual(movedSince(before, [move('', '/', '01'), move('/', '/a', '09'), move('/a', '/b', '02')]), [keyOf(move('/', '/a', '')), keyOf(move('/a', '/b', ''))]);
});
