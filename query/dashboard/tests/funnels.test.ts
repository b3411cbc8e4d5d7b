import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import type { FunnelStep } from '../src/api/types';
import { formatEvent, isChosen, matcherOf, parseEvent, type ChosenEvent } from '../src/events/event';
import { csvText } from '../src/format/csv';
import { exampleOf } from '../src/pages/funnels/proposal';
import { completionOf, figuresOf, largestDrop } from '../src/pages/funnels/figures';
import {
  askedSteps,
  fieldOf,
  formatBehind,
  formatWindow,
  parseBehind,
  parseWindow,
  peopleRequestOf,
  placeOf,
  requestOf,
  type FunnelChoices,
} from '../src/pages/funnels/question';
import { readList, writeList } from '../src/state/address';
import { conditionOf } from '../src/state/condition';
import { parseFilter, type AnyFilter } from '../src/state/filters';

const page: ChosenEvent = { type: 'page', value: '' };
const order: ChosenEvent = { type: 'kind', value: 'order' };

test('an event survives the way through the address, colons and commas included', () => {
  const events: ChosenEvent[] = [page, order, { type: 'page', value: '/a:b,/c\\,d' }, { type: 'custom', value: 'promotion_seen' }];
  const address = writeList(new URLSearchParams('period=7d&step=old'), 'step', events.map(formatEvent)).toString();
  assert.deepEqual(readList(new URLSearchParams(address), 'step').map(parseEvent), events);
  assert.match(address, /^period=7d&step=page%3A&/);
});

test('what is malformed in the address is asked as a kind, so that the API says what is wrong', () => {
  for (const text of ['colour:red', 'page', 'nonsense']) assert.deepEqual(parseEvent(text), { type: 'kind', value: text });
  assert.deepEqual([page, order, { type: 'kind', value: '' } as const].map(isChosen), [true, true, false]);
});

test('an event is asked by its field; several values, and beginnings, by a condition', () => {
  const matchers = (type: ChosenEvent['type'], ...values: string[]) => values.map((value) => matcherOf({ type, value }));
  assert.deepEqual(matchers('page', '', '/a', '/a\\,b', '/a,/b', '/shoes/*', '/a,/shoes/*'), [
    { kind: 'page_view' },
    { kind: 'page_view', path: '/a' },
    { kind: 'page_view', path: '/a,b' },
    { kind: 'page_view', where: { is: { dimension: 'page', values: ['/a', '/b'] } } },
    { kind: 'page_view', where: { starts: { dimension: 'page', values: ['/shoes/'] } } },
    {
      kind: 'page_view',
      where: { any: [{ is: { dimension: 'page', values: ['/a'] } }, { starts: { dimension: 'page', values: ['/shoes/'] } }] },
    },
  ]);
  assert.deepEqual(matchers('screen', '', 'Home', 'A*'), [{ kind: 'screen_view' }, { kind: 'screen_view', screen: 'Home' }, { kind: 'screen_view', screen: 'A*' }]);
  assert.deepEqual(matchers('kind', 'order', 'order,refund'), [{ kind: 'order' }, { where: { is: { dimension: 'kind', values: ['order', 'refund'] } } }]);
  assert.deepEqual(matchers('custom', '', 'seen'), [{ kind: 'custom' }, { kind: 'custom', name: 'seen' }]);
});

test('filters become a condition; one without words is asked as it stands', () => {
  const filter = (text: string): AnyFilter => parseFilter(text) ?? { text };
  assert.equal(conditionOf([]), undefined);
  assert.deepEqual(conditionOf(['country:is_not:IT,FR', 'page:starts:/a:b\\,c', 'props.size:is:42', 'name:set', 'props.price:greater:9.5', 'page:like:/a'].map(filter)), {
    all: [
      { is_not: { dimension: 'country', values: ['IT', 'FR'] } },
      { starts: { dimension: 'page', values: ['/a:b,c'] } },
      { is: { dimension: 'props.size', values: ['42'] } },
      { set: { dimension: 'name' } },
      { greater: { dimension: 'props.price', values: [9.5] } },
      { like: { dimension: 'page', values: ['/a'] } },
    ],
  });
});

test('a window is read and written, and what is none is a week', () => {
  for (const text of ['30m', '1h', '14d']) assert.equal(formatWindow(parseWindow(text)), text);
  for (const text of [null, '', '0d', '7', 'd', '-1d', '1.5h', '7w']) assert.deepEqual(parseWindow(text), { count: 7, unit: 'd' }, String(text));
  assert.equal(formatWindow({ count: 7, unit: 'd' }), null);
});

const choices: FunnelChoices = {
  steps: askedSteps([page, { type: 'kind', value: '' }, order]),
  exclude: undefined,
  order: 'ordered',
  unit: 'people',
  window: { count: 30, unit: 'm' },
  breakdown: 'none',
  trend: 'none',
  compare: false,
  from: '2026-11-01',
  to: '2026-11-30',
  condition: undefined,
};

test('a funnel asks what is chosen, and nothing that is not', () => {
  const plain = { from: '2026-11-01', to: '2026-11-30', steps: [{ kind: 'page_view' }, { kind: 'order' }], order: 'ordered', unit: 'people', window_ms: 1_800_000 };
  assert.deepEqual(requestOf(choices), plain);
  const whole = requestOf({ ...choices, exclude: { type: 'kind', value: 'refund' }, breakdown: 'country', trend: 'day', compare: true });
  assert.deepEqual(whole, { ...plain, exclude: [{ kind: 'refund' }], group_by: 'country', interval: 'day', compare: 'previous' });
  const { exclude } = whole;
  assert.deepEqual(peopleRequestOf(whole, { step: 2, outcome: 'reached', value: 'IT' }), {
    funnel: { ...plain, exclude },
    step: 2,
    outcome: 'reached',
    group: { dimension: 'country', value: 'IT' },
  });
});

test('whom a list shows stands in the address; a step that the funnel has not shows nobody', () => {
  for (const text of ['1', '2.dropped', '12']) {
    const behind = parseBehind(text, null, 12);
    assert.equal(behind && formatBehind(behind), text);
  }
  assert.deepEqual(parseBehind('2', '', 2), { step: 2, outcome: 'reached', value: '' }, 'a value may be empty');
  for (const text of [null, '', '0', '3', 'x', '1.reached']) assert.equal(parseBehind(text, null, 2), undefined, String(text));
});

test('what is wrong is said at the field that it is about', () => {
  const error = (field?: string) => new ApiError(400, 'invalid_condition', '', field);
  assert.deepEqual(['steps[1].kind', 'exclude[0]', 'window_ms', 'condition.all[0]', 'from', undefined].map((field) => fieldOf(error(field))), [
    'steps', 'exclude', 'window_ms', undefined, undefined, undefined,
  ]);
  assert.equal(placeOf(error('steps[1].kind'), choices.steps), 2, 'one that is not chosen yet stands between them');
  assert.equal(placeOf(error('steps'), choices.steps), undefined);
});

const step = (people: number, dropped: number, median_ms: number | null = null): FunnelStep => ({
  people, dropped, q1_ms: median_ms, median_ms, q3_ms: median_ms,
});

test('shares are of the first step and of the one before, and of nobody there are none', () => {
  const [first, second, third] = figuresOf([step(200, 150), step(50, 40, 1_000), step(10, 0, 2_000)], [step(100, 0), step(100, 0), step(0, 0)]);
  assert.deepEqual([first?.ofFirst, first?.ofPrevious, first?.droppedShare, first?.took, first?.before], [1, null, 0.75, null, 100]);
  assert.deepEqual([second?.ofFirst, second?.ofPrevious, second?.droppedShare], [0.25, 0.25, 0.8]);
  assert.deepEqual([third?.ofFirst, third?.ofPrevious, third?.took?.median_ms, third?.before], [0.05, 0.2, 2_000, 0]);
  const nobody = figuresOf([step(0, 0), step(0, 0)], undefined);
  assert.deepEqual(nobody.map(({ ofFirst, ofPrevious, droppedShare, before }) => [ofFirst, ofPrevious, droppedShare, before]), Array(2).fill([null, null, null, null]));
  assert.deepEqual(completionOf([step(200, 150), step(50, 0)]), { began: 200, ended: 50, share: 0.25 });
  assert.equal(completionOf([]).share, null);
});

test('the largest drop is where most stop, the first of several, and none where nobody does', () => {
  const numberOf = (...dropped: number[]) => largestDrop(figuresOf(dropped.map((one) => step(100, one)), undefined))?.number;
  assert.deepEqual([numberOf(10, 30, 30, 0), numberOf(1, 0), numberOf(0, 0)], [2, 1, undefined]);
});

test('an example is of what there is in the data', () => {
  const example = (events: Record<string, number>) => exampleOf(new Map(Object.entries(events)))?.map(formatEvent);
  assert.deepEqual(example({ page_view: 9, view_item: 4, order: 1 }), ['page:', 'kind:view_item', 'kind:order']);
  assert.deepEqual(example({ page_view: 1, screen_view: 9, signup: 1, search: 5 }), ['screen:', 'kind:signup']);
  assert.deepEqual(example({ page_view: 1, custom: 1 }), ['page:', 'custom:']);
  assert.equal(example({ page_view: 9 }), undefined);
  assert.equal(example({ order: 9 }), undefined);
});

test('a table is written as the API writes one: quoted, and without formulas', () => {
  const cells = ['plain', 'a,"b"\n', '=HYPERLINK(1)', '-12.50', '-inf', '-2+3', '\uff1d1+1', "a;=cmd|' /C calc'!A0;b", 'a; "=1"', '\t=1', '  =1', 'a=b-c', -3, 0.5, null, undefined];
  const texts = ['plain', '"a,""b""\n"', "'=HYPERLINK(1)", '-12.50', "'-inf", "'-2+3", "'\uff1d1+1", "\"a;'=cmd|' /C calc'!A0;b\"", "\"a; \"\"'=1\"\"\"", "\"'\t'=1\"", "  '=1", 'a=b-c', '-3', '0.5', '', ''];
  for (const [index, cell] of cells.entries()) assert.equal(csvText([[cell]]), `${texts[index]}\r\n`);
  assert.equal(csvText([['a', 'b'], [1, null]]), 'a,b\r\n1,\r\n');
});
