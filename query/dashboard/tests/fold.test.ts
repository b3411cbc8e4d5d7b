import assert from 'node:assert/strict';
import test from 'node:test';
import { foldJourney, foldSession, sessionKey } from '../src/steps/fold';
import { event, session } from './journey-samples';

test('vitals and leaving fold into the page they measured, attention adds up, the deepest scroll counts', () => {
  const steps = foldSession([
    event('leave2', 50, { kind: 'page_leave', path: '/a', engaged_ms: 2_000, scroll_pct: 40 }),
    event('lcp2', 42, { kind: 'vital', path: '/a', name: 'LCP', value: 2400, rating: 'good' }),
    event('leave1', 40, { kind: 'page_leave', path: '/a', engaged_ms: 10_000, scroll_pct: 80 }),
    event('lcp1', 2, { kind: 'vital', path: '/a', name: 'LCP', value: 2300, rating: 'good' }),
    event('view', 1, { kind: 'page_view', path: '/a' }),
  ]);
  assert.equal(steps.length, 1);
  assert.equal(steps[0]?.event.event_id, 'view');
  assert.equal(steps[0]?.engaged_ms, 12_000);
  assert.equal(steps[0]?.scroll_pct, 80);
  assert.equal(steps[0]?.folded, 4);
  assert.deepEqual(steps[0]?.vitals.map((vital) => vital.event_id), ['lcp2']);
});

test('a measurement belongs to the latest view of its own page, not to the page in between', () => {
  const steps = foldSession([
    event('leaveA', 9, { kind: 'page_leave', path: '/a', engaged_ms: 500 }),
    event('viewA2', 5, { kind: 'page_view', path: '/a' }),
    event('leaveB', 4, { kind: 'page_leave', path: '/b', engaged_ms: 300 }),
    event('viewB', 3, { kind: 'page_view', path: '/b' }),
    event('viewA1', 1, { kind: 'page_view', path: '/a' }),
  ]);
  assert.deepEqual(
    steps.map((step) => [step.event.event_id, step.engaged_ms]),
    [['viewA2', 500], ['viewB', 300], ['viewA1', null]],
  );
});

test('a measurement that came before its page view still folds into it', () => {
  const steps = foldSession([
    event('view', 2, { kind: 'page_view', path: '/a' }),
    event('ttfb', 1, { kind: 'vital', path: '/a', name: 'TTFB', value: 90, rating: 'good' }),
  ]);
  assert.deepEqual(steps.map((step) => [step.event.event_id, step.vitals.length]), [['view', 1]]);
});

test('measurements without any view become one step, at their own time', () => {
  const steps = foldSession([
    event('click', 9, { kind: 'click', path: '/a' }),
    event('leave', 5, { kind: 'page_leave', path: '/x', engaged_ms: 700 }),
    event('lcp', 4, { kind: 'vital', path: '/x', name: 'LCP', value: 1, rating: 'good' }),
  ]);
  assert.deepEqual(steps.map((step) => step.event.event_id), ['click', 'lcp']);
  assert.equal(steps[1]?.engaged_ms, 700);
  assert.equal(steps[1]?.vitals.length, 1);
});

test('screens fold what was measured on the same screen', () => {
  const steps = foldSession([
    event('frames', 3, { kind: 'frames', screen: 'Home' }),
    event('load', 2, { kind: 'screen_load', screen: 'Home' }),
    event('screen', 1, { kind: 'screen_view', screen: 'Home' }),
  ]);
  assert.deepEqual(steps.map((step) => [step.event.event_id, step.folded]), [['screen', 2]]);
});

test('identification is marked once, on the first known step after anonymous ones of the same visitor', () => {
  const chapters = foldJourney([
    session('s3', 30, [event('later', 31, { kind: 'page_view' })], { visitor: 'v1' }),
    session('s2', 20, [
      event('after', 23, { kind: 'page_view' }),
      event('login', 22, { kind: 'login' }),
      event('before', 21, { kind: 'page_view', anonymous: true }),
    ], { visitor: 'v1' }),
    session('call', 15, [event('call', 15, { kind: 'call' })], { visitor: '' }),
    session('s1', 10, [event('first', 11, { kind: 'page_view', anonymous: true })], { visitor: 'v1' }),
  ]);
  const marked = chapters.flatMap((chapter) => chapter.steps).filter((step) => step.identifies);
  assert.deepEqual(marked.map((step) => step.event.event_id), ['login']);
});

test('somebody known from the start is not marked', () => {
  const chapters = foldJourney([session('s', 1, [event('b', 2, { kind: 'click' }), event('a', 1, { kind: 'page_view' })])]);
  assert.equal(chapters[0]?.steps.some((step) => step.identifies), false);
});

test('a session without an id is known by its visitor and start', () => {
  assert.equal(sessionKey(session(null, 7, [], { visitor: 'v9' })), 'v9@2026-11-21T10:00:07.000Z');
});
