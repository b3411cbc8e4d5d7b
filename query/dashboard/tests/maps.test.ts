import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import type { JourneyEdge, JourneyFlow, Quartiles, TouchpointCell } from '../src/api/types';
import { barOf, likely, reachOf } from '../src/pages/journeys/difference-bar';
import { end, flowGraph, keyOf, start, type FlowGraph } from '../src/pages/journeys/flow-graph';
import { layFlow, place_px } from '../src/pages/journeys/flow-layout';
import * as journeys from '../src/pages/journeys/question';
import { changeOf, firstBy, highestOf, shadeOf, stagesOf, strengthOf } from '../src/pages/touchpoints/figures';
import * as touchpoints from '../src/pages/touchpoints/question';

const none: Quartiles = { q1_ms: null, median_ms: null, q3_ms: null };
const cell = (touchpoint: string, stage: string, numbers: Partial<TouchpointCell> = {}): TouchpointCell => ({
  touchpoint, stage, people: 10, events: 20, stays: 12, moved: 6, lost: 4, open: 2, lost_share: 0.4, stay: none, wait: { ...none, median_ms: 5000 },
  next: [], converted: 3, conversion_rate: 0.3, conversions: 3, revenue: { amount: '1.00', currency: 'EUR' }, ...numbers,
});

test('stages stand in the order of a relation, and one without a name last', () => {
  const cells = [cell('a', 'post_purchase'), cell('a', ''), cell('b', 'odd'), cell('a', 'purchase'), cell('c', 'pre_purchase'), cell('b', 'purchase')];
  assert.deepEqual(stagesOf({ cells }), ['pre_purchase', 'purchase', 'post_purchase', '', 'odd']);
});

test('a number colours a place by the root of its part of the largest', () => {
  const cells = [cell('a', 'x', { people: 100, lost_share: null, lost_rank: null }), cell('b', 'x', { people: 25, wait: none, lost_rank: 1, wait_rank: null })];
  assert.deepEqual(cells.map((one) => shadeOf(one, 'lost')), [null, 0.4]);
  assert.deepEqual(cells.map((one) => shadeOf(one, 'wait')), [5000, null]);
  assert.deepEqual(cells.map((one) => strengthOf(shadeOf(one, 'people'), highestOf(cells, 'people'))), [1, 0.5]);
  assert.equal(strengthOf(0, 0), 0);
  assert.equal(firstBy(cells, 'lost_rank')?.touchpoint, 'b');
  assert.equal(firstBy(cells, 'wait_rank'), undefined);
});

test('shares change by points, counts in proportion, and nothing beside nothing', () => {
  const [now, before] = [cell('a', 'x', { people: 15 }), cell('a', 'x', { lost_share: 0.5 })];
  const people = changeOf('people', now, before);
  assert.deepEqual([people?.unit, Number(people?.size.toFixed(6))], ['percent', 0.5]);
  const lost = changeOf('lost', now, before);
  assert.deepEqual([lost?.unit, Number(lost?.size.toFixed(6))], ['points', -0.1]);
  assert.equal(changeOf('lost', now, undefined), null);
  assert.equal(changeOf('wait', cell('a', 'x', { wait: none }), before), null);
});

test('a place and a number of it are read from the address as they were written', () => {
  for (const place of [{ touchpoint: 'site', stage: 'pre_purchase' }, { touchpoint: 'a,b', stage: '' }, { touchpoint: '' }, { touchpoint: '', stage: '' }]) {
    assert.deepEqual(touchpoints.parsePlace(touchpoints.formatPlace(place)), place);
    const behind = { outcome: 'next', next: place, group: 'mobile' } as const;
    assert.deepEqual(touchpoints.parseBehind(touchpoints.formatBehind(behind), 'mobile'), behind);
  }
  assert.deepEqual(touchpoints.parseBehind('lost', null), { outcome: 'lost' });
  assert.equal(touchpoints.parseBehind('other', null), undefined);
  assert.equal(touchpoints.parsePlace(null), undefined);
  assert.equal(touchpoints.fieldOf(new ApiError(400, 'x', 'x', 'conversion.kind')), 'conversion');
});

test('people are asked for without what says nothing about them', () => {
  const request = { from: 'a', to: 'b', breakdown: 'country', compare: 'previous' };
  const place = { touchpoint: 'site', stage: 'purchase' };
  assert.deepEqual(touchpoints.peopleRequestOf(request, place, { outcome: 'next', next: { touchpoint: 'call', stage: '' }, group: 'IT' }), {
    touchpoints: { from: 'a', to: 'b' }, touchpoint: 'site', stage: 'purchase', outcome: 'next', next: { touchpoint: 'call', stage: '' }, group: { dimension: 'country', value: 'IT' },
  });
  const node = { value: 'site' };
  assert.deepEqual(journeys.peopleRequestOf(request, { difference: { node, next: null }, outcome: 'converted' }), { journeys: { from: 'a', to: 'b' }, difference: { node }, outcome: 'converted' });
  assert.deepEqual(journeys.peopleRequestOf(request, { group: '' }), { journeys: { from: 'a', to: 'b' }, group: { dimension: 'country', value: '' } });
});

test('whose journeys are shown is read from the address as it was written, and nothing else', () => {
  for (const behind of [
    { variant: { nodes: [{ value: 'site', stage: 'purchase' }, { value: '"}' }], is_cut: true } },
    { edge: { node: { value: '' }, next: { value: 'shop' } } },
    { difference: { node: { value: 'a' } }, outcome: 'not_converted', group: '' },
    {},
  ] as const) {
    assert.deepEqual(journeys.parseBehind(journeys.formatBehind(behind)), behind);
    assert.ok(journeys.isSameBehind(behind, { ...behind }));
  }
  for (const text of [null, '', '[]', '7', '{"variant":{}}', '{"edge":{"node":{"value":7}}}', '{"outcome":"x"}', '{"variant":{"nodes":[{}],"is_cut":false}}']) {
    assert.equal(journeys.parseBehind(text), undefined, String(text));
  }
});

const node = (value: string, count: number, starts = 0, ends = 0) => ({ node: { value }, journeys: count, converted: 0, visits: count, starts, ends });
const edge = (from: string, to: string, moves: number): JourneyEdge => ({ from: { value: from }, to: { value: to }, journeys: moves, moves, wait: none });
const key = (value: string) => keyOf({ value });

test('of each step the largest way in and out is drawn, however small, and no way to what is not drawn', () => {
  const nodes = Array.from({ length: 12 }, (_, index) => node(`n${index}`, 100 - index, index === 0 ? 100 : 0, index === 11 ? 100 : 0));
  const edges = nodes.slice(1).map((_, index) => edge(`n${index}`, `n${index + 1}`, 50 - index));
  const main = flowGraph({ nodes, edges }, 'main');
  assert.deepEqual(main.places.map(({ kind }) => kind), ['start', ...Array<string>(8).fill('node')]);
  assert.deepEqual(main.links.map(({ count }) => count), [100, 50, 49, 48, 47, 46, 45, 44]);
  const all = flowGraph({ nodes, edges }, 'all');
  assert.deepEqual([all.places.length, all.links.length], [14, 13]);
});

/** The rows of places, the highest first. */
function rowsOf(graph: FlowGraph) {
  const rows = new Map<number, string[]>();
  for (const { place, y, height } of layFlow(graph, 900, ({ count }) => `${count} · 2 h 10 min`).places) {
    const middle = Math.round(y + height / 2);
    rows.set(middle, [...(rows.get(middle) ?? []), place.told?.node.value ?? place.kind].sort());
  }
  return [...rows].sort(([one], [other]) => one - other).map(([, names]) => names);
}

test('each step lies below those that lead to it, and what leads back makes no circle', () => {
  const flow: Pick<JourneyFlow, 'nodes' | 'edges'> = {
    nodes: [node('a', 9, 9), node('b', 8), node('c', 7), node('d', 6, 0, 9)],
    edges: [edge('a', 'b', 8), edge('a', 'c', 7), edge('b', 'd', 6), edge('c', 'd', 5), edge('d', 'a', 1), edge('a', 'd', 2)],
  };
  const graph = flowGraph(flow, 'all');
  assert.deepEqual(rowsOf(graph), [['start'], ['a'], ['b', 'c'], ['d'], ['end']]);
  const laid = layFlow(graph, 900, ({ count }) => `${count} · 2 h 10 min`);
  const back = laid.links.find(({ link }) => link.from === key('d') && link.to === key('a'));
  // From the lower to the upper: the arrow stands where it leads.
  const [, first = '', last = ''] = /^M\S+ (\S+)C.* (\S+)$/.exec(back?.path ?? '') ?? [];
  assert.ok(Number(first) > Number(last), back?.path);
  assert.ok(laid.width >= 900);
  const nodes = laid.places.filter(({ place }) => place.kind === 'node');
  for (const one of nodes) {
    assert.ok(one.x >= 0 && one.x + one.width <= laid.width && one.y + one.height <= laid.height);
    for (const other of nodes) assert.ok(one === other || one.y !== other.y || Math.abs(one.x - other.x) >= place_px.width);
  }
  // No label lies on another.
  const labels = laid.links.flatMap(({ label }) => label ?? []);
  for (const one of labels) for (const other of labels) assert.ok(one === other || Math.abs(one.x - other.x) >= 80 || Math.abs(one.y - other.y) >= 20);
  assert.equal(rowsOf({ places: [{ key: start, kind: 'start' }, { key: end, kind: 'end' }], links: [] }).flat().length, 2);
});

test('a hundred random graphs are laid without overlaps, each link from its place to the next', () => {
  let seed = 7;
  const random = (below: number) => ((seed = (seed * 48_271) % 2_147_483_647), seed % below);
  for (let round = 0; round < 100; round += 1) {
    const count = 1 + random(12);
    const nodes = Array.from({ length: count }, (_, index) => node(`n${index}`, 1 + random(90), random(3), random(3)));
    const edges = new Map(Array.from({ length: random(40) }, () => [random(count), random(count)] as const).filter(([from, to]) => from !== to).map(([from, to]) => [`${from}-${to}`, edge(`n${from}`, `n${to}`, 1 + random(50))]));
    const graph = flowGraph({ nodes, edges: [...edges.values()] }, 'all');
    const { places, links } = layFlow(graph, 700, ({ count }) => String(count));
    assert.equal(places.length, graph.places.length);
    assert.equal(links.length, graph.links.length);
    const at = new Map(places.map((one) => [one.place.key, one]));
    for (const { link, path } of links) {
      const [x = 0, y = 0] = (/^M(\S+) ([^C]+)/.exec(path) ?? []).slice(1).map(Number);
      const from = at.get(link.from);
      assert.ok(from && x >= from.x && x <= from.x + from.width && (Math.abs(y - from.y) < 0.1 || Math.abs(y - from.y - from.height) < 0.1), path);
    }
    for (const one of places) for (const other of places) {
      assert.ok(one === other || one.x + one.width <= other.x + 0.1 || other.x + other.width <= one.x + 0.1 || one.y + one.height <= other.y || other.y + other.height <= one.y);
    }
  }
});

test('a bar goes from the middle to its difference, and its interval lies within the width', () => {
  const rows = [{ difference: 0.2, difference_low: 0.1, difference_high: 0.4 }, { difference: -0.1, difference_low: -0.2, difference_high: 0.05 }];
  const reach = reachOf(rows);
  assert.equal(reach, 0.4);
  const rounded = rows.map((one) => Object.values(barOf(one, reach)).map((value) => Math.round(value * 10) / 10));
  assert.deepEqual(rounded, [[50, 25, 62.5, 100], [37.5, 12.5, 25, 56.3]]);
  assert.deepEqual([0.0499, 0.05].map((adjusted_p) => likely({ adjusted_p })), [true, false]);
});
