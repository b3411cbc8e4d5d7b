import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ApiError, mayPass, retryDelay_ms } from '../src/api/error';
import type { Stats } from '../src/api/types';
import { noteUnanswered, oldestUnanswered } from '../src/api/waiting';
import { split } from '../src/charts/timeOption';
import { changeOf } from '../src/format/metric';
import { unfinishedIndex } from '../src/format/time';
import { dictionaries } from '../src/i18n/translate';
import { comparisonOf } from '../src/pages/overview/comparison';

test('a rate changes by points, everything else in proportion', () => {
  assert.deepEqual(changeOf('visitors', 150, 100), { unit: 'percent', size: 0.5 });
  assert.deepEqual(changeOf('revenue', '50.00', '100.00'), { unit: 'percent', size: -0.5 });
  assert.equal(changeOf('visitors', 5, 0), null);
  const points = changeOf('bounce_rate', 0.42, 0.4);
  assert.equal(points?.unit, 'points');
  assert.equal(points?.size.toFixed(4), '0.0200');
  assert.equal(changeOf('bounce_rate', 0.5, 0)?.size, 0.5, 'from nothing it is points all the same');
  assert.equal(changeOf('bounce_rate', null, 0.4), null);
});

test('a period before without data, or with a part of it, is not compared with', () => {
  const stats = (data_from: string | null) =>
    ({ compare: { from: '2026-11-19T23:00:00.000Z', to: '2026-11-20T17:46:00.000Z', data_from, totals: {} } }) as unknown as Stats;
  assert.equal(comparisonOf({} as Stats).kind, 'none');
  assert.equal(comparisonOf(stats(null)).kind, 'noData');
  assert.equal(comparisonOf(stats('2026-10-01T00:00:00.000Z')).kind, 'whole');
  assert.equal(comparisonOf(stats('2026-11-19T23:00:00.000Z')).kind, 'whole');
  assert.equal(comparisonOf(stats('2026-11-20T08:00:00.000Z')).kind, 'within');
  assert.equal(comparisonOf(stats('2026-11-20T17:46:00.000Z')).kind, 'after');
});

test('what goes on is the last bucket that has begun, of a period that is not over', () => {
  const days = ['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'];
  const at = (now: string, to: string, buckets: readonly string[]) =>
    unfinishedIndex(buckets, Date.parse(now), Date.parse(to), 'Europe/Rome');
  const end = '2026-11-22T23:00:00Z';
  assert.deepEqual(at('2026-11-21T17:46:00Z', end, days), { last: 2, index: 2 });
  assert.deepEqual(at('2026-11-21T23:10:00Z', end, days), { last: 3, index: 3 }, 'the day of the site has changed');
  assert.deepEqual(at('2026-11-22T23:00:00Z', end, days), { last: 3, index: undefined });
  assert.deepEqual(at('2026-11-18T12:00:00Z', end, days), { last: -1, index: undefined });
  const hours = ['2026-11-21T17:00:00+05:30', '2026-11-21T18:00:00+05:30', '2026-11-21T19:00:00+05:30'];
  assert.deepEqual(at('2026-11-21T12:40:00Z', end, hours), { last: 1, index: 1 });
});

test('the way to what goes on is drawn apart', () => {
  assert.deepEqual(split([1, 2, 3, null], 2), { finished: [1, 2, null, null], going: [null, 2, 3, null] });
  assert.deepEqual(split([1, 2], undefined), { finished: [1, 2], going: [] });
  assert.deepEqual(split([1, null], 0), { finished: [null, null], going: [1, null] });
  assert.deepEqual(split([1, 2, 3, 4], 2), { finished: [1, 2, null, null], going: [null, 2, 3, 4] }, 'several go on');
});

test('another try comes later each time, and only where it may help', () => {
  assert.deepEqual([1, 2, 3, 6, 40].map(retryDelay_ms), [1_000, 2_000, 4_000, 30_000, 30_000]);
  const passes = (status: number) => mayPass(new ApiError(status, '', ''));
  assert.deepEqual([0, 429, 500, 502, 503].map(passes), [true, true, true, true, true]);
  assert.deepEqual([400, 403, 404, 422].map(passes), [false, false, false, false]);
});

test('the frame says the age of the oldest that should be newer, and why it is not', () => {
  assert.equal(oldestUnanswered(), undefined);
  const newer = { answered_ms: 2_000, problem: { status: 0, code: 'unreachable' } };
  const older = { answered_ms: 1_000, problem: { status: 422, code: 'question_too_big' } };
  const one = noteUnanswered(newer);
  const other = noteUnanswered(older);
  assert.equal(oldestUnanswered(), older);
  other();
  assert.equal(oldestUnanswered(), newer);
  one();
  assert.equal(oldestUnanswered(), undefined);
});

test('the pages and docs/definitions.md say the same of each number', () => {
  const document = readFileSync(join(process.cwd(), '..', '..', 'docs', 'definitions.md'), 'utf8').replace(/\s+/g, ' ');
  for (const [key, sentence] of Object.entries(dictionaries.en)) {
    if (key.startsWith('definition.')) assert.ok(document.includes(String(sentence)), `${key} is not in docs/definitions.md`);
  }
});
