import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import type { Cohort } from '../src/api/types';
import { columnsOf, filledRows, largestShare, meanOf } from '../src/pages/retention/cohorts';
import { fieldOf, formatCell, isReady, parseCell, peopleRequestOf, requestOf, type RetentionChoices } from '../src/pages/retention/question';

const row = (cohort: string, finished: number, ...people: number[]): Cohort => ({ cohort, people, finished });

test('the mean weighs by size and leaves out what is unfinished', () => {
  const rows = [row('2026-11-02', 3, 100, 10, 5), row('2026-11-09', 2, 300, 150, 299), row('2026-11-16', 1, 50, 49), row('2026-11-23', 0, 7)];
  assert.deepEqual(meanOf(rows, 1), { people: 400, again: 160, rows: 2, share: 0.4 });
  assert.deepEqual(meanOf(rows, 2), { people: 100, again: 5, rows: 1, share: 0.05 });
  assert.deepEqual(meanOf(rows, 3), { people: 0, again: 0, rows: 0, share: null });
  assert.equal(meanOf([row('2026-11-02', 2, 0, 0)], 1).rows, 0, 'nobody could have come again');
});

test('rows of nobody before the first and after the last are left out, those between are not', () => {
  const rows = [row('1', 0, 0, 0), row('2', 0, 4, 1), row('3', 0, 0, 0), row('4', 0, 1), row('5', 0, 0)];
  assert.deepEqual(filledRows(rows).map(({ cohort }) => cohort), ['2', '3', '4']);
  assert.deepEqual(filledRows([row('1', 0, 0), row('2', 0, 0)]), []);
  assert.equal(columnsOf(rows), 1);
  assert.equal(columnsOf([]), 0);
  assert.equal(largestShare(rows), 0.25);
});

const choices: RetentionChoices = {
  first: undefined, again: undefined, stretch: 'week', mode: 'bracket', members: 'people', from: '2026-11-01', to: '2026-11-30', breakdown: 'none', compare: false, condition: undefined,
};

test('a retention asks what is chosen; any event is not said', () => {
  const plain = { from: '2026-11-01', to: '2026-11-30', interval: 'week', mode: 'bracket', unit: 'people' };
  assert.deepEqual(requestOf(choices), plain);
  assert.deepEqual(requestOf({ ...choices, first: { type: 'kind', value: 'signup' }, again: { type: 'page', value: '/a' } }), {
    ...plain, first: { kind: 'signup' }, again: { kind: 'page_view', path: '/a' },
  });
  assert.deepEqual([isReady(choices), isReady({ ...choices, again: { type: 'kind', value: '' } })], [true, false]);
});

test('a number stands in the address by its row and column', () => {
  assert.deepEqual(parseCell('2026-11-16.12'), { cohort: '2026-11-16', index: 12 });
  assert.equal(formatCell({ cohort: '2026-11-16', index: 0 }), '2026-11-16.0');
  for (const text of [null, '', '2026-11-16', '2026-11-16.x', 'x.1']) assert.equal(parseCell(text), undefined, String(text));
});

test('what is wrong is said at the field that it is about', () => {
  const field = (name: string) => fieldOf(new ApiError(400, 'too_many_cohorts', '', name));
  assert.deepEqual(['interval', 'first.kind', 'unit', 'from', 'condition'].map(field), ['interval', 'first', 'unit', undefined, undefined]);
});

test('a breakdown and the period before are asked of the cohorts, and of no person', () => {
  const asked = requestOf({ ...choices, breakdown: 'os', compare: true });
  assert.deepEqual([asked.group_by, asked.compare], ['os', 'previous']);
  const retention = requestOf(choices);
  const cell = { cohort: '2026-11-02', index: 1 };
  assert.deepEqual(peopleRequestOf(asked, cell, { dimension: 'os', value: '' }), { retention, ...cell, group: { dimension: 'os', value: '' } });
  assert.deepEqual(peopleRequestOf(asked, cell, undefined), { retention, ...cell });
});
