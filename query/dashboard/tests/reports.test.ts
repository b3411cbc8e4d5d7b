import assert from 'node:assert/strict';
import test from 'node:test';
import type { Report, Watched } from '../src/api/types';
import { draftOf, emptyDraft, readNumber, watchedOf } from '../src/pages/alerts/rule';
import { moved } from '../src/pages/boards/order';
import { newAlertPath, pageOf } from '../src/reports/link';

test('a card is moved to another place, and nowhere beyond the ends', () => {
  const list = ['a', 'b', 'c'];
  for (const [from, to, then] of [[0, 1, 'bac'], [0, 2, 'bca'], [2, 0, 'cab'], [1, 1, 'abc'], [0, -1, 'abc'], [2, 3, 'abc'], [7, 0, 'abc']] as const) {
    assert.equal(moved(list, from, to).join(''), then, `${from} to ${to}`);
  }
  assert.deepEqual(list, ['a', 'b', 'c']);
});

test('a threshold is read as people write it, and nothing else is a number', () => {
  for (const [text, number] of [['12', 12], [' 12,5 ', 12.5], ['-0.5', -0.5], ['', undefined], ['1.234,5', undefined], ['1e3', undefined], ['∞', undefined]] as const) {
    assert.equal(readNumber(text), number, text);
  }
});

test('what is watched stands in the fields and comes back out of them', () => {
  const common = { report: 'r1', number: '/steps/1/people' };
  const all: Watched[] = [
    { ...common, rule: { above: 7 }, every: 'day', window: 30 },
    { ...common, rule: { below: -0.5 }, every: 'hour', window: 1 },
    { ...common, rule: { unusual: { deviations: 3.5, direction: 'down' } }, every: 'week', window: 1 },
  ];
  for (const watched of all) assert.deepEqual(watchedOf(draftOf(watched)), watched);
});

test('half of what is watched is nothing that can be asked', () => {
  const whole = { ...emptyDraft, report: 'r1', number: '/total', threshold: '1' };
  assert.notEqual(watchedOf(whole), undefined);
  for (const half of [{ report: '' }, { number: '' }, { threshold: '' }, { window: '0' }, { window: '93' }, { window: '1.5' }, { every: 'hour', window: '73' }, { kind: 'unusual', deviations: '0' }, { kind: 'unusual', deviations: '21' }] as const) {
    assert.equal(watchedOf({ ...whole, ...half }), undefined, JSON.stringify(half));
  }
  // Whatever stands in a field that is not shown.
  assert.notEqual(watchedOf({ ...whole, kind: 'unusual', threshold: '', window: '99' }), undefined);
});

test('a report leads to its page, of a segment to the segment', () => {
  const report = { report: 'r/1', question: 'funnels', body: {}, page: 'funnels?step=order' } as unknown as Report;
  assert.equal(pageOf('demo', report), '/sites/demo/funnels?step=order');
  assert.equal(pageOf('demo', { ...report, page: null }), undefined);
  assert.equal(pageOf('demo', { ...report, question: 'segment', body: { segment: 's 1' } as never, page: null }), '/sites/demo/segments/s%201');
  assert.equal(newAlertPath('demo', 'r/1'), '/sites/demo/alerts/new?report=r%2F1');
});
