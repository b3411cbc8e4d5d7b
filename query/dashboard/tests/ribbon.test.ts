import assert from 'node:assert/strict';
import test from 'node:test';
import { layRibbon } from '../src/pages/journey/ribbon-layout';
import { foldJourney } from '../src/steps/fold';
import { at, event, session } from './journey-samples';

test('dots lie on one axis, in a lane for each touchpoint, in the fixed order of touchpoints', () => {
  const chapters = foldJourney([
    session('s2', 940, [event('order', 1000, { kind: 'order', touchpoint: 'shop' })], { ended_at: at(1000) }),
    session('s1', 0, [event('mail', 500, { kind: 'newsletter_open', touchpoint: 'newsletter' }), event('view', 0, { anonymous: true })]),
  ]);
  const ribbon = layRibbon(chapters, at(0), false);
  assert.deepEqual(ribbon?.lanes.map((lane) => lane.touchpoint), ['site', 'newsletter', 'shop']);
  assert.deepEqual(ribbon?.lanes.map((lane) => lane.dots[0]?.x), [0, 0.5, 1]);
  assert.equal(ribbon?.lanes[0]?.dots[0]?.anonymous, true);
  assert.equal(ribbon?.lanes[2]?.dots[0]?.tone, 'revenue');
  assert.equal(ribbon?.unloaded, 0);
});

test('steps close together share a dot that keeps the weightiest tone', () => {
  const events = Array.from({ length: 300 }, (_, index) => event(`e${index}`, 1000 - index, { kind: index === 150 ? 'rage_click' : 'click' }));
  const ribbon = layRibbon(foldJourney([session('s', 0, events, { ended_at: at(1000) })]), at(0), false);
  const dots = ribbon?.lanes[0]?.dots ?? [];
  assert.ok(dots.length < 100, `${dots.length} dots`);
  assert.equal(dots.reduce((sum, dot) => sum + dot.steps, 0), 300);
  assert.equal(dots.filter((dot) => dot.tone === 'friction').length, 1);
});

test('what is not loaded yet takes its share of the axis', () => {
  const chapters = foldJourney([session('s', 750, [event('view', 1000, {})], { ended_at: at(1000) })]);
  assert.equal(layRibbon(chapters, at(0), true)?.unloaded, 0.75);
  const cardNotLoaded = layRibbon(chapters, '', true);
  assert.equal(cardNotLoaded?.unloaded, 0);
  assert.ok(Number.isFinite(cardNotLoaded?.start_ms));
});

test('a journey without sessions has no ribbon', () => {
  assert.equal(layRibbon([], at(0), false), null);
});
