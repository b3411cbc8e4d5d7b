import assert from 'node:assert/strict';
import test from 'node:test';
import { formatAgo, formatDuration, formatGap, formatLatency, gapHeight, day_ms, hour_ms, minute_ms } from '../src/format/duration';
import { formatMetric, isWhole, metrics, weightOf } from '../src/format/metric';
import { countryName } from '../src/format/names';
import { formatBytes, formatChange, formatMoney, formatMoneys, formatRate, relativeChange } from '../src/format/number';
import { addDays, daysBetween, firstOfMonth, formatBucket, formatMoment, isAhead, localDate } from '../src/format/time';

/** Intl puts no-break spaces where people read spaces. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('durations use at most two units of the language', () => {
  assert.equal(plain(formatDuration(4_400, 'it-IT')), '4 s');
  assert.equal(plain(formatDuration(184_000, 'it-IT')), '3 min 4 s');
  assert.equal(plain(formatDuration(180_000, 'en-GB')), '3 min');
  assert.equal(plain(formatDuration(128_000, 'en-GB')), '2 min 8 s');
  assert.equal(plain(formatDuration(26 * hour_ms, 'it-IT')), '1 giorno 2 h');
});

test('pauses are told in one unit and in words', () => {
  const told = (ms: number, locale: string) => plain(formatGap(ms, locale));
  assert.equal(told(3 * day_ms, 'it-IT'), '3 giorni');
  assert.equal(told(day_ms, 'it-IT'), '1 giorno');
  assert.equal(told(40 * minute_ms, 'it-IT'), '40 minuti');
  assert.equal(told(21 * day_ms, 'en-GB'), '3 weeks');
  assert.equal(told(90 * day_ms, 'it-IT'), '3 mesi');
  assert.equal(told(800 * day_ms, 'en-GB'), '2 years');
});

test('a longer pause is never a shorter stretch, and none is without bound', () => {
  const heights = [1, minute_ms, hour_ms, day_ms, 30 * day_ms, 400 * day_ms, 40_000 * day_ms].map(gapHeight);
  assert.deepEqual(heights, [...heights].sort((a, b) => a - b));
  assert.ok((heights[0] ?? 0) >= 28 && (heights.at(-1) ?? 0) <= 120);
});

test('measured times change their unit at one second and one minute', () => {
  assert.equal(plain(formatLatency(184.4, 'it-IT')), '184 ms');
  assert.equal(plain(formatLatency(2310, 'it-IT')), '2,31 s');
  assert.equal(plain(formatLatency(312_000, 'it-IT')), '5 min 12 s');
});

test('how long ago is told by the clock that is passed', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  assert.equal(formatAgo('2026-11-21T11:58:00Z', now, 'it-IT'), '2 minuti fa');
  assert.equal(formatAgo('2026-11-20T11:00:00Z', now, 'it-IT'), 'ieri');
  assert.equal(formatAgo('2026-11-21T11:59:59Z', now, 'en-GB'), 'now');
});

test('numbers, money and rates follow the language', () => {
  assert.equal(plain(formatMoney({ amount: '1234.50', currency: 'EUR' }, 'it-IT')), '1234,50 €');
  assert.equal(plain(formatMoney({ amount: '1234.50', currency: 'EUR' }, 'en-GB')), '€1,234.50');
  assert.equal(formatMoney({ amount: '3', currency: 'not a currency' }, 'en-GB'), '3 not a currency');
  const [euros, dollars, none] = [{ amount: '12.90', currency: 'EUR' }, { amount: '-5', currency: 'USD' }, { amount: '0.00', currency: 'EUR' }];
  assert.equal(plain(formatMoneys(euros, undefined, 'it-IT')), '12,90 €');
  assert.equal(plain(formatMoneys(euros, [dollars], 'it-IT')), '12,90 € · -5,00 USD');
  assert.equal(plain(formatMoneys(none, [dollars], 'it-IT')), '-5,00 USD', 'no zero beside what was spent');
  assert.equal(formatMoneys(none, [], 'it-IT'), '');
  const large = { amount: '-123456789012345678.12', currency: 'EUR' };
  assert.equal(plain(formatMoney(large, 'en-GB')), '-€123,456,789,012,345,678.12', 'more digits than a number holds');
  assert.equal(formatMoney({ ...large, currency: '?' }, 'en-GB'), '-123,456,789,012,345,678.12 ?');
  assert.equal(formatRate(0.995, 'it-IT'), '99,5%');
  assert.equal(formatRate(1, 'it-IT'), '100%');
  assert.equal(formatRate(0.99999, 'it-IT'), '>99,9%');
  assert.equal(formatRate(0.00002, 'en-GB'), '<0.1%');
  assert.equal(formatRate(0, 'en-GB'), '0%');
  assert.equal(formatRate(0.034, 'en-GB'), '3.4%');
  assert.equal(formatChange(0.25, 'it-IT'), '+25%');
  assert.equal(plain(formatBytes(123_456, 'it-IT')), '123 kB');
});

test('metrics know their own unit, and null is not zero', () => {
  const context = { locale: 'it-IT', timeZone: 'Europe/Rome', currency: 'EUR' };
  assert.equal(formatMetric('bounce_rate', 0.42, context), '42%');
  assert.equal(formatMetric('bounce_rate', null, context), '–');
  assert.equal(plain(formatMetric('revenue', '89.00', context)), '89,00 €');
  assert.equal(plain(formatMetric('session_duration_ms', 110_000, context)), '1 min 50 s');
  assert.equal(formatMetric('conversion_rate', 0.047, context), '4,7%');
  assert.equal(plain(formatMetric('average_order_value', '176.4386', context)), '176,44 €');
  assert.equal(formatMetric('average_order_value', null, context), '–');
});

test('a list of a rate is ordered by what the rate is of, and its axis has room below one', () => {
  assert.deepEqual(metrics.map(weightOf), [
    'visitors', 'people', 'page_views', 'sessions', 'sessions', 'sessions', 'orders', 'revenue', 'orders', 'sessions',
  ]);
  assert.deepEqual(metrics.filter((metric) => !isWhole(metric)), ['bounce_rate', 'revenue', 'average_order_value', 'conversion_rate']);
});

test('a change needs something to compare with', () => {
  assert.equal(relativeChange(150, 100), 0.5);
  assert.equal(relativeChange('50', '100'), -0.5);
  assert.equal(relativeChange(1, 0), null);
  assert.equal(relativeChange(null, 3), null);
});

test('moments are told in the zone of the site', () => {
  assert.equal(formatMoment('2026-11-21T23:30:00Z', 'it-IT', 'Europe/Rome'), 'domenica 22 novembre 2026, 00:30');
  assert.equal(localDate(Date.parse('2026-11-21T23:30:00Z'), 'Europe/Rome'), '2026-11-22');
});

test('a local date of a bucket stays that date in every zone', () => {
  assert.equal(formatBucket('2026-11-01', 'day', 'it-IT', 'America/Los_Angeles'), '1 nov');
  assert.equal(formatBucket('2026-11-01', 'month', 'it-IT', 'Asia/Tokyo', true), 'novembre 2026');
  assert.equal(formatBucket('2026-11-01T14:00:00+01:00', 'hour', 'it-IT', 'Europe/Rome'), '14:00');
});

test('a bucket is ahead only when it has not begun in the zone of the site', () => {
  const now = Date.parse('2026-11-21T23:30:00Z');
  assert.equal(isAhead('2026-11-22T00:00:00+01:00', now, 'Europe/Rome'), false);
  assert.equal(isAhead('2026-11-22T01:00:00+01:00', now, 'Europe/Rome'), true);
  assert.equal(isAhead('2026-11-22', now, 'Europe/Rome'), false);
  assert.equal(isAhead('2026-11-22', now, 'UTC'), true);
});

test('dates move by whole days across the change of the clock', () => {
  assert.equal(addDays('2026-03-30', -3), '2026-03-27');
  assert.equal(addDays('2026-10-24', 2), '2026-10-26');
  assert.equal(firstOfMonth('2026-01-31', -11), '2025-02-01');
  assert.equal(daysBetween('2026-03-28', '2026-03-30'), 3);
});

test('countries have names, and what is no country stays what it is', () => {
  assert.equal(countryName('IT', 'it-IT'), 'Italia');
  assert.equal(countryName('it', 'en-GB'), 'Italy');
  assert.equal(countryName('not-a-code', 'it-IT'), 'NOT-A-CODE');
  assert.equal(countryName('', 'it-IT'), '');
});

test('durations have a space between number and symbol, the same in both languages', () => {
  for (const locale of ['it-IT', 'en-GB']) {
    const context = { locale, timeZone: 'Europe/Rome', currency: 'EUR' };
    assert.equal(plain(formatMetric('session_duration_ms', 92_000, context, true)), '1 min 32 s');
    assert.equal(plain(formatDuration(7_200_000 + 180_000, locale)), '2 h 3 min');
    assert.equal(plain(formatDuration(5_000, locale)), '5 s');
  }
});
