import assert from 'node:assert/strict';
import test from 'node:test';
import { nextPage } from '../src/api/download';
import { countKinds, hasFailed, selectSteps, touchpointsOf } from '../src/pages/journey/select';
import { addressOfList, lastPlace, leavePlace } from '../src/state/place';
import { orderOf, sortedBy, sortings } from '../src/state/sorting';
import { foldSession } from '../src/steps/fold';
import { event, session } from './journey-samples';

test('a sorting keeps its order and its direction, and a column that is chosen again turns around', () => {
  assert.equal(sortings.length, 14);
  assert.deepEqual(orderOf('first_seen-asc'), { order: 'first_seen', ascending: true });
  assert.deepEqual(orderOf('revenue'), { order: 'revenue', ascending: false });
  assert.equal(sortedBy('revenue', 'last_seen-asc'), 'revenue');
  assert.equal(sortedBy('revenue', 'revenue'), 'revenue-asc');
  assert.equal(sortedBy('revenue', 'revenue-asc'), 'revenue');
});

test('the place in a list is kept, and anything else that was kept is no place', () => {
  let kept: string | null = null;
  const storage = { setItem: (_: string, text: string) => (kept = text), getItem: () => kept };
  assert.equal(lastPlace(storage), null);
  const place = { address: '/sites/demo/people?search=rossi&sort=revenue', rows: 150, row: 'mario', scroll_px: 4_200 };
  leavePlace(place, storage);
  assert.deepEqual(lastPlace(storage), place);
  assert.equal(addressOfList(place, '/sites/demo/people', 'else'), place.address);
  assert.equal(addressOfList(place, '/sites/other/people', 'else'), 'else');
  for (const wrong of ['{', '3', '{"address":1}', 'null']) {
    kept = wrong;
    assert.equal(lastPlace(storage), null, wrong);
  }
  leavePlace(place, { setItem: () => { throw new Error('full'); } });
});

test('the next page of an export is the same list and nowhere else', () => {
  const address = '/api/v1/sites/demo/people?limit=2';
  assert.equal(nextPage(null, address), null);
  assert.equal(nextPage('<?limit=2&cursor=abc>; rel="next"', address), '/api/v1/sites/demo/people?limit=2&cursor=abc');
  assert.equal(nextPage('<https://evil.example/api/v1/sites/demo/people>; rel="next"', address), null);
  assert.equal(nextPage('</api/v1/tokens>; rel="next"', address), null);
});

test('network requests fold into their page, and failed ones are known', () => {
  const steps = foldSession([
    event('slow', 4, { kind: 'network', path: '/a', props: { url: '/api/slow', status: '200' } }),
    event('bad', 3, { kind: 'network', path: '/a', props: { url: '/api/bad', status: '503' } }),
    event('lcp', 2, { kind: 'vital', path: '/a', name: 'LCP', value: 2_000, rating: 'good' }),
    event('view', 1, { kind: 'page_view', path: '/a' }),
  ]);
  assert.deepEqual(steps.map((step) => [step.event.event_id, step.requests.length, step.vitals.length]), [['view', 2, 1]]);
  assert.deepEqual(['503', '404', '0', '200', '304', '', 'ok', undefined].map(hasFailed), [true, true, true, false, false, false, false, false]);
});

test('a selection leaves the steps of a touchpoint and kind, and no chapter without one', () => {
  const chapter = (key: string, kinds: readonly [string, string][]) => {
    const events = kinds.map(([kind, touchpoint], index) => event(`${key}${index}`, index, { kind, touchpoint, path: `/${index}` }));
    return { key, session: session(key, 1, events), steps: foldSession(events) };
  };
  const chapters = [chapter('b', [['page_view', 'site'], ['order', 'shop'], ['page_view', 'app']]), chapter('a', [['page_view', 'site'], ['click', 'site']])];
  const kept = (touchpoint: string, kind: string) => selectSteps(chapters, { touchpoint, kind }).map(({ key, steps }) => [key, steps.length]);
  assert.equal(selectSteps(chapters, { touchpoint: '', kind: '' }), chapters);
  assert.deepEqual(kept('site', ''), [['b', 1], ['a', 2]]);
  assert.deepEqual(kept('site', 'click'), [['a', 1]]);
  assert.deepEqual(kept('', 'order'), [['b', 1]]);
  assert.deepEqual(kept('call', ''), []);
  assert.deepEqual(countKinds(chapters).map(({ kind, count }) => [kind, count]), [['order', 1], ['page_view', 3], ['click', 1]]);
  assert.deepEqual(touchpointsOf(chapters).sort(), ['app', 'shop', 'site']);
});
