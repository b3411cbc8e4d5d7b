import assert from 'node:assert/strict';
import test from 'node:test';
import { createTranslator } from '../src/i18n/translate';
import { flowRows } from '../src/pages/accounting/flow-parts';
import { countBars, hour_bars_max } from '../src/pages/accounting/hour-bars';
import { reconnectDelay_ms } from '../src/pages/live/follow';
import { middleShare, ratingOf } from '../src/format/rating';
import { describe } from '../src/steps/describe';
import { event } from './journey-samples';

test('waits between connections grow and are bounded', () => {
  const waits = [0, 1, 2, 3, 50].map(reconnectDelay_ms);
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 15_000]);
});

test('the account’s bars share the scale of what was received, and a gap is shown only when there is one', () => {
  const totals = { received: 200, accepted: 100, rejected: 100, stored: 75, duplicate: 25, pending: 0, gap: 0 };
  const none = { missing: 0, surplus: 0 };
  const [received, accepted] = flowRows(totals, none);
  assert.deepEqual(received?.parts.map((part) => [part.id, part.share]), [['accepted', 0.5], ['rejected', 0.5]]);
  assert.equal(accepted?.width, 0.5);
  assert.deepEqual(accepted?.parts.map((part) => [part.id, part.share]), [['stored', 0.75], ['duplicate', 0.25], ['pending', 0]]);
  // One hour misses three, another has two too many: of these the bar of what is stored is without.
  const parts = flowRows({ ...totals, stored: 74, gap: 1 }, { missing: 3, surplus: 2 })[1]?.parts ?? [];
  assert.deepEqual(parts.slice(-2).map((part) => [part.id, part.count, part.size]), [['missing', 3, 3], ['too_many', 2, 2]]);
  assert.deepEqual([parts[0]?.count, parts[0]?.size], [74, 72]);
  for (const written_off of [4, -4]) {
    const givenUp = flowRows({ ...totals, written_off }, none)[1]?.parts.at(-1);
    assert.deepEqual([givenUp?.id, givenUp?.count], ['written_off', 4]);
  }
});

test('ratings of the API are understood in their one spelling, and nothing measured is not good', () => {
  assert.equal(ratingOf('needs_improvement'), 'needs_improvement');
  assert.equal(ratingOf('needs-improvement'), null);
  assert.equal(ratingOf('poor'), 'poor');
  assert.equal(ratingOf(''), null);
  assert.equal(middleShare(0.81, 0.04), 0.15);
  assert.equal(middleShare(0.9, 0.1000001), 0);
});

test('steps are told by what they were about', () => {
  const it = createTranslator('it');
  const en = createTranslator('en');
  assert.deepEqual(describe(event('1', 1, { kind: 'search', props: { q: 'stivali' } }), it), { subject: '«stivali»', kind: 'Ricerca', remark: '' });
  assert.equal(describe(event('1', 1, { kind: 'search', props: { q: 'boots' } }), en).subject, '“boots”');
  assert.equal(describe(event('2', 1, { kind: 'page_view', title: 'Scarpe', path: '/s' }), it).subject, 'Scarpe');
  assert.equal(describe(event('3', 1, { kind: 'page_view', path: '/s' }), it).subject, '/s');
  assert.deepEqual(describe(event('4', 1, { kind: 'login' }), it), { subject: 'Accesso', kind: '', remark: '' });
  assert.equal(
    describe(event('5', 1, { kind: 'survey_answer', props: { question: 'Come va?', score: '4', comment: 'bene' } }), it).remark,
    'voto 4 · «bene»',
  );
  const items = JSON.stringify([{ id: 'l', name: 'Livorno', quantity: 2 }, { id: 'dolomiti' }]);
  assert.equal(describe(event('7', 1, { kind: 'add_to_cart', props: { items } }), it).subject, 'Livorno × 2, dolomiti');
  assert.deepEqual(describe(event('8', 1, { kind: 'order', props: { order_id: 'B-1', items } }), it), {
    subject: 'B-1',
    kind: 'Ordine',
    remark: 'Livorno × 2, dolomiti',
  });
  assert.equal(describe(event('9', 1, { kind: 'order', props: { items: '[{"name":' } }), it).subject, 'Ordine');
  assert.equal(describe(event('6', 1, { kind: 'custom', name: 'promo_vista' }), it).subject, 'promo_vista');
});

test('a few hours stay hours, many become the days of the site and lose nothing', () => {
  const hours = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      hour: `2026-10-${String(1 + Math.floor(index / 24)).padStart(2, '0')}T${String(index % 24).padStart(2, '0')}:00:00+02:00`,
      received: 4, accepted: 3, rejected: 1, stored: 2, duplicate: 1, pending: 0, gap: 0,
    }));
  assert.equal(countBars(hours(hour_bars_max)).length, hour_bars_max);
  const days = countBars(hours(24 * 10));
  assert.deepEqual(days.map((day) => day.start).slice(0, 2), ['2026-10-01', '2026-10-02']);
  assert.equal(days.length, 10);
  assert.deepEqual([days[0]?.received, days[0]?.stored, days[0]?.duplicate], [96, 48, 24]);
  const differing = hours(24 * 10).map((hour, index) => ({ ...hour, gap: index === 0 ? 5 : index === 1 ? -5 : 0 }));
  assert.deepEqual([countBars(differing)[0]?.missing, countBars(differing)[0]?.tooMany], [5, 5], 'they do not make up for each other');
});
