import assert from 'node:assert/strict';
import test from 'node:test';
import type { LifecycleBucket } from '../src/api/types';
import { formatBehind, meansOf, parseBehind } from '../src/pages/retention/lifecycle/figures';
import { formatBehind as formatHabit, parseBehind as parseHabit, rowsOf } from '../src/pages/retention/stickiness/figures';

const bucket = (fresh: number, returning: number, resurrected: number, lost: number | null): LifecycleBucket => ({
  time: '2026-11-16', is_finished: lost !== null, active: fresh + returning + resurrected, new: fresh, returning, resurrected, lost,
});

test('what is won for each lost leaves out what is not over', () => {
  assert.deepEqual(meansOf([bucket(3, 9, 1, 2), bucket(5, 9, 1, 2), bucket(90, 0, 0, null)]), { count: 2, won: 5, lost: 2, ratio: 2.5 });
  assert.deepEqual(meansOf([bucket(3, 9, 1, 0)]), { count: 1, won: 4, lost: 0, ratio: null });
  assert.equal(meansOf([bucket(1, 0, 0, null)]), undefined);
});

test('rows of habits end with the last that has somebody, and say how many came in as many or more', () => {
  assert.deepEqual(rowsOf({ distribution: [5, 0, 2, 0, 0] }), [
    { intervals: 1, people: 5, orMore: 7 },
    { intervals: 2, people: 0, orMore: 2 },
    { intervals: 3, people: 2, orMore: 2 },
  ]);
  assert.deepEqual(rowsOf({ distribution: [] }), []);
});

test('a number stands in the address by what it counts', () => {
  for (const text of ['2026-11-16.lost', '2026-11-16.active']) assert.equal(formatBehind(parseBehind(text) ?? assert.fail(text)), text);
  for (const text of [null, '2026-11-16', '2026-11-16.dead', '2026-11-16.1', '5+']) assert.equal(parseBehind(text), undefined, String(text));
  for (const text of ['5', '12+']) assert.equal(formatHabit(parseHabit(text) ?? assert.fail(text)), text);
  for (const text of [null, '0', '+', '100', '5-', '2026-11-16.lost']) assert.equal(parseHabit(text), undefined, String(text));
});
