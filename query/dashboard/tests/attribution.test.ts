import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import type { AttributionRow } from '../src/api/types';
import { endsOf, furthestModel, hasChain, models, ranked, sumOf, tableRows, top_max, type Figures, type Model } from '../src/pages/attribution/figures';
import { formatConversion, parseConversion } from '../src/events/conversion';
import {
  fieldOf, formatDays, isReady, isTooLong, parseBehind, parseDays, peopleRequestOf, requestOf, type AttributionChoices,
} from '../src/pages/attribution/question';

type Said = Partial<Record<Model, [conversions: number, revenue: string]>>;

/** What is not said is as it is by `last_non_direct`. */
const row = (touchpoint: string, said: Said, told: readonly Model[] = models): AttributionRow => {
  const [conversions, revenue] = said.last_non_direct ?? [0, '0.00'];
  const of = told.map((model) => ({ model, conversions: said[model]?.[0] ?? conversions, revenue: said[model]?.[1] ?? revenue }));
  return { touchpoint, conversions, revenue, removal_effect: 0.5, visits: 2, people: 2, unconverted: 1, models: of };
};
const names = (rows: readonly Figures[]) => rows.map(({ value }) => value);

const rows = [
  row('', { last_non_direct: [1, '900.00'], first: [2, '950.00'], last: [9, '980.00'] }),
  row('google', { last_non_direct: [8, '80.00'], first: [9, '90.00'], last: [3, '30.00'], linear: [14, '85.00'] }),
  row('newsletter', { last_non_direct: [3, '30.00'], first: [1, '10.00'], last: [0, '0.00'] }),
];

test('touchpoints stand by the chosen model and number', () => {
  assert.deepEqual(names(ranked(rows, 'last_non_direct', 'conversions')), ['google', 'newsletter', '']);
  assert.deepEqual(names(ranked(rows, 'last_non_direct', 'revenue')), ['', 'google', 'newsletter']);
  assert.deepEqual(names(ranked(rows, 'last', 'conversions')), ['', 'google', 'newsletter']);
});

test('beyond the first rows there is one for all others, and at the end the total by each model', () => {
  const many = Array.from({ length: top_max + 3 }, (_, index) => row(`s${index}`, { last_non_direct: [100 - index, '0.10'] }));
  const told = tableRows(ranked(many, 'last_non_direct', 'conversions'));
  assert.deepEqual(told.slice(-3).map(({ kind, count }) => [kind, count]), [['touchpoint', 1], ['others', 3], ['total', top_max + 3]]);
  const [, others, total] = told.slice(-3);
  assert.deepEqual(others?.credits.get('shapley'), { conversions: 80 + 79 + 78, revenue: '0.3000' });
  assert.equal(others?.removalEffect, null);
  assert.equal(total?.visits, 2 * (top_max + 3));
  assert.deepEqual(models.map((model) => total?.credits.get(model)?.revenue), models.map(() => '2.3000'));
  assert.deepEqual(tableRows(ranked(rows, 'last', 'conversions')).map(({ kind }) => kind), ['touchpoint', 'touchpoint', 'touchpoint', 'total']);
});

test('money is summed to the last digit', () => {
  assert.equal(sumOf([]), '0.0000');
  assert.equal(sumOf(['0.10', '0.20']), '0.3000');
  assert.equal(sumOf(['-5.00', '1.5', '0.0001']), '-3.4999');
  assert.equal(sumOf(['9007199254740993.01', '0.01', '12']), '9007199254741005.0200');
});

test('the model that says something else most clearly is found, and none where all agree', () => {
  const [google] = ranked(rows, 'last_non_direct', 'conversions');
  assert.ok(google);
  assert.equal(furthestModel(google, 'last_non_direct', 'conversions'), 'linear');
  assert.equal(furthestModel(google, 'last_non_direct', 'revenue'), 'last');
  const [same] = ranked([row('a', { last_non_direct: [8, '80.00'], first: [8.01, '80.00'] })], 'first', 'conversions');
  assert.ok(same);
  assert.equal(furthestModel(same, 'first', 'conversions'), undefined);
});

test('who brings people and who closes are told apart by the first and the last visit', () => {
  const ends = endsOf(ranked(rows, 'last_non_direct', 'conversions'), 'conversions');
  assert.deepEqual([ends?.opener.value, ends?.closer.value], ['google', '']);
  assert.equal(endsOf([], 'conversions'), undefined);
  assert.equal(endsOf(ranked([row('a', { last_non_direct: [4, '1.00'] })], 'first', 'conversions'), 'conversions'), undefined);
});

test('of too many touchpoints there is no chain, in no row and in no sum', () => {
  const told = ranked([row('a', { last_non_direct: [4, '1.00'] }, ['first', 'last'])], 'first', 'conversions');
  assert.equal(hasChain(told), false);
  assert.equal(hasChain(ranked(rows, 'first', 'conversions')), true);
  assert.deepEqual([...(tableRows(told).at(-1)?.credits.keys() ?? [])], ['first', 'last']);
});

const choices: AttributionChoices = {
  touch: 'source', conversion: { type: 'kind', value: 'order' }, days: 90, model: 'last_non_direct', members: 'people', credit: 'conversions', chain: 'all',
  from: '2026-11-01', to: '2026-11-30', breakdown: 'none', compare: false, condition: undefined,
};

test('an attribution asks what is chosen', () => {
  const plain = {
    from: '2026-11-01', to: '2026-11-30', model: 'last_non_direct', group_by: 'source', conversion: { kind: 'order' }, window_days: 90, unconverted: true, unit: 'people',
  };
  assert.deepEqual(requestOf(choices), plain);
  const condition = { set: { dimension: 'source' } };
  assert.deepEqual(requestOf({ ...choices, conversion: { type: 'page', value: '/grazie' }, chain: 'converted', condition }), {
    ...plain, conversion: { kind: 'page_view', path: '/grazie' }, unconverted: false, condition,
  });
  assert.deepEqual([isReady(choices), isReady({ conversion: { type: 'kind', value: '' } })], [true, false]);
  assert.deepEqual(requestOf({ ...choices, breakdown: 'os', compare: true }), { ...plain, breakdown: 'os', compare: 'previous' });
  assert.deepEqual(requestOf({ ...choices, breakdown: 'os', model: 'markov' }), { ...plain, model: 'markov' }, 'a chain is not divided');
});

test('who is behind a touchpoint is asked of the attribution alone', () => {
  const asked = requestOf({ ...choices, breakdown: 'os', compare: true });
  const { compare: _, breakdown: __, ...attribution } = asked;
  assert.deepEqual(peopleRequestOf(asked, { outcome: 'converted', touchpoint: '' }), { attribution, outcome: 'converted', touchpoint: '' });
  assert.deepEqual(peopleRequestOf(asked, { outcome: 'unconverted', touchpoint: undefined }), { attribution, outcome: 'unconverted' });
  assert.deepEqual(parseBehind('converted', ''), { outcome: 'converted', touchpoint: '' });
  assert.deepEqual(parseBehind('unconverted', null), { outcome: 'unconverted', touchpoint: undefined });
  assert.equal(parseBehind('2026-11-16.1', null), undefined);
});

test('the default conversion and window leave no trace in the address', () => {
  assert.deepEqual(parseConversion(null), { type: 'kind', value: 'order' });
  assert.deepEqual(parseConversion('kind:signup'), { type: 'kind', value: 'signup' });
  assert.deepEqual([formatConversion({ type: 'kind', value: 'order' }), formatConversion({ type: 'kind', value: '' })], [null, 'kind:']);
  assert.deepEqual([null, '30d', '0d', '30', 'x', '7h'].map(parseDays), [90, 30, 90, 90, 90, 90]);
  assert.deepEqual([formatDays(90), formatDays(30)], [null, '30d']);
});

test('what is wrong is said at the field that it is about', () => {
  const error = (code: string, name: string) => new ApiError(400, code, '', name);
  const field = (name: string) => fieldOf(error('invalid_value', name));
  assert.deepEqual(['group_by', 'conversion.kind', 'window_days', 'from', 'condition'].map(field), ['group_by', 'conversion', 'window_days', undefined, undefined]);
  assert.deepEqual([isTooLong(error('too_many_touchpoints', 'group_by')), isTooLong(error('invalid_dimension', 'group_by')), isTooLong(undefined)], [true, false, false]);
});
