import assert from 'node:assert/strict';
import test from 'node:test';
import { mergeJourney } from '../src/pages/journey/merge';
import { event, session } from './journey-samples';

const one = session('s1', 100, [event('a', 101, {})]);
const two = session('s2', 200, [event('b', 201, {})]);
const three = session('s3', 300, [event('c', 301, {})]);

test('a poll without news gives back the very same list', () => {
  const loaded = [two, one];
  assert.equal(mergeJourney(loaded, structuredClone(loaded), false).items, loaded);
});

test('a new session goes on top and older ones keep their identity', () => {
  const merged = mergeJourney([two, one], structuredClone([three, two]), true);
  assert.deepEqual(merged.items.map((item) => item.session), ['s3', 's2', 's1']);
  assert.equal(merged.items[1], two);
  assert.equal(merged.items[2], one);
  assert.equal(merged.apart, false);
});

test('a session that grew is replaced', () => {
  const grown = { ...two, events: [event('b2', 205, {}), ...two.events] };
  const merged = mergeJourney([two, one], [grown, one], false);
  assert.equal(merged.items[0], grown);
  assert.equal(merged.items[1], one);
});

test('a loaded session that the poll no longer has is gone', () => {
  const merged = mergeJourney([three, two, one], [three, one], false);
  assert.deepEqual(merged.items.map((item) => item.session), ['s3', 's1']);
});

test('a poll that does not reach what is loaded says so', () => {
  assert.equal(mergeJourney([one], [three, two], true).apart, true);
  assert.equal(mergeJourney([one], [three, two], false).apart, false);
  assert.equal(mergeJourney([], [three, two], true).apart, false);
});

test('an empty poll changes nothing', () => {
  const loaded = [one];
  assert.equal(mergeJourney(loaded, [], false).items, loaded);
});
