import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../src/api/error';
import type { PathLink } from '../src/api/types';
import { fileNameOf } from '../src/format/file-name';
import { shortened } from '../src/format/shortened';
import { formatDays } from '../src/format/time';
import { graphOf, linkRows, names_max, neighboursOf, type PathGraph, type PathNode } from '../src/pages/paths/graph';
import { directionOf, eventOfNode, fieldOf, formatBehind, formatLeast, isReady, parseBehind, parseLeast, requestOf, type PathsChoices } from '../src/pages/paths/question';
import { head_px, laySankey, node_px_min, node_px_narrow, picture_px_min, type LaidNode } from '../src/pages/paths/sankey-layout';

const link = (step: number, from: string | null, to: string | null, count: number): PathLink => ({ step, from, to, count });

/** Ten sessions: six begin with a, four with b; of a three go on to b, two to c, one leaves; of b one goes on to c and three leave. */
const forward = [
  link(0, null, 'a', 6), link(0, null, 'b', 4),
  link(1, 'a', 'b', 3), link(1, 'b', null, 3), link(1, 'a', 'c', 2), link(1, 'a', null, 1), link(1, 'b', 'c', 1),
];
const told = (nodes: readonly PathNode[] | undefined) => (nodes ?? []).map(({ kind, name, count }) => `${kind === 'named' ? name : kind} ${count}`);
const sum = (nodes: readonly PathNode[] | undefined) => (nodes ?? []).reduce((all, { count }) => all + count, 0);
const nodeOf = (graph: PathGraph, column: number, name: string) => {
  const found = graph.columns[column]?.find((one) => (one.kind === 'named' ? one.name : one.kind) === name);
  assert.ok(found, `${name} in column ${column}`);
  return found;
};

test('links become columns: the largest name first, then by name, and who left at the foot', () => {
  const { columns, ribbons } = graphOf(forward, 'forward');
  assert.deepEqual(columns.map(told), [['beginning 10'], ['a 6', 'b 4'], ['b 3', 'c 3', 'end 4']]);
  assert.deepEqual(ribbons.map(({ from, to, count }) => `${from.name}-${to.name} ${count}`), ['-a 6', '-b 4', 'a-b 3', 'a-c 2', 'a- 1', 'b-c 1', 'b- 3']);
  // The order of the answer makes no difference.
  assert.deepEqual(graphOf([...forward].reverse(), 'forward'), graphOf(forward, 'forward'));
});

test('paths that are walked backward end at the right', () => {
  const links = [link(0, 'a', 'z', 3), link(0, 'b', 'z', 2), link(0, null, 'z', 1), link(1, 'c', 'a', 3), link(1, null, 'b', 2)];
  const graph = graphOf(links, 'backward');
  assert.deepEqual(graph.columns.map(told), [['c 3', 'beginning 2'], ['a 3', 'b 2', 'beginning 1'], ['z 6']]);
  const neighbours = neighboursOf(graph, nodeOf(graph, 2, 'z'), 'backward');
  assert.deepEqual([neighbours?.side, neighbours?.ribbons.map(({ count }) => count), neighbours?.untold], ['before', [3, 2, 1], 0]);
  // Before what came first nothing is told: then what came of it.
  assert.equal(neighboursOf(graph, nodeOf(graph, 0, 'c'), 'backward')?.side, 'next');
  assert.deepEqual(linkRows(links, 'backward').map(({ column, step, share }) => [column, step, share]), [[1, 0, 1 / 2], [1, 0, 1 / 3], [1, 0, 1 / 6], [0, 1, 1], [0, 1, 1]]);
});

test('the smaller names of a column stand together, and all sums stay what they are', () => {
  const names = Array.from({ length: names_max + 4 }, (_, index) => `n${String(index).padStart(2, '0')}`);
  const count = (index: number) => 40 - index;
  const links = names.flatMap((name, index) => [link(0, null, name, count(index)), link(1, name, 'x', count(index) - 5), link(1, name, null, 5)]);
  const all = links.filter(({ step }) => step === 0).reduce((whole, one) => whole + one.count, 0);
  const { columns, ribbons } = graphOf(links, 'forward');
  assert.equal(columns[1]?.length, names_max + 1);
  const others = columns[1]?.at(-1);
  assert.deepEqual([others?.kind, others?.members, others?.count], ['others', 4, count(8) + count(9) + count(10) + count(11)]);
  assert.deepEqual(columns.map(sum), [all, all, all]);
  assert.equal(ribbons.filter(({ from }) => from.key === others?.key).reduce((whole, one) => whole + one.count, 0), others?.count);
  // One more than fits is no shorter as "1 other".
  const one = graphOf(names.slice(0, names_max + 1).map((name, index) => link(0, null, name, count(index))), 'forward');
  assert.deepEqual(one.columns[1]?.map(({ kind }) => kind), Array.from({ length: names_max + 1 }, () => 'named'));
});

test('what small links took is said of who did not take another', () => {
  const graph = graphOf([link(0, null, 'a', 10), link(1, 'a', 'b', 6), link(1, 'a', null, 1)], 'forward');
  assert.equal(nodeOf(graph, 1, 'a').count, 10);
  assert.equal(neighboursOf(graph, nodeOf(graph, 1, 'a'), 'forward')?.untold, 3);
  assert.deepEqual(graphOf([], 'forward'), { columns: [], ribbons: [] });
  // A step of which nothing is left keeps its place.
  assert.deepEqual(graphOf([link(0, null, 'a', 3), link(2, 'b', 'c', 2)], 'forward').columns.map(told), [['beginning 3'], ['a 3'], ['b 2'], ['c 2']]);
});

test('a link’s share is of all who were where it was walked from', () => {
  const rows = linkRows(forward, 'forward');
  assert.deepEqual(rows.map(({ share }) => share), [0.6, 0.4, 0.5, 0.75, 2 / 6, 1 / 6, 0.25]);
});

const bottom = ({ y, height }: LaidNode) => y + height;

test('heights are in proportion, and none is too low for a finger', () => {
  const graph = graphOf([...forward, link(0, null, 'tiny', 1), link(1, 'tiny', null, 1)], 'forward');
  const { nodes, height } = laySankey(graph, 1000);
  const laid = (column: number, name: string) => nodes.find(({ node }) => node === nodeOf(graph, column, name)) as LaidNode;
  const [a, b] = [laid(1, 'a'), laid(1, 'b')];
  assert.ok(Math.abs(a.height / b.height - 6 / 4) < 1e-9);
  assert.ok(Math.abs(laid(0, 'beginning').height / a.height - 11 / 6) < 1e-9);
  assert.equal(laid(1, 'tiny').height, node_px_min);
  assert.ok(nodes.every((one) => one.height >= node_px_min && bottom(one) <= height && one.y >= head_px));
  // The fullest column has the height that there is, with its low nodes and all.
  assert.ok(Math.abs(Math.max(...nodes.map(bottom)) - head_px - picture_px_min) < 1e-6);
  for (const one of nodes) {
    const below = nodes.find(({ node, y }) => node.column === one.node.column && y > one.y);
    if (below) assert.ok(below.y > bottom(one));
  }
});

test('columns stand on the width, and on more where it is too narrow', () => {
  const graph = graphOf(forward, 'forward');
  const wide = laySankey(graph, 1000);
  assert.equal(wide.width, 1000);
  assert.equal((wide.columns.at(-1) ?? 0) + wide.node_px, 1000);
  const narrow = laySankey(graph, 300);
  assert.ok(narrow.width > 300);
  assert.equal(narrow.node_px, node_px_narrow);
});

/** Where a ribbon leaves and where it arrives, from its outline. */
const endsOf = (outline: string) => {
  const [, y0, y1] = /^M\S+ (\S+)C\S+ \S+ \S+ \S+ \S+ ([\d.]+)V/.exec(outline) ?? [];
  return [Number(y0), Number(y1)] as const;
};

test('ribbons of a node leave and arrive in the order of what they lead to and come from', () => {
  const { ribbons } = laySankey(graphOf(forward, 'forward'), 1000);
  for (const one of ribbons) {
    for (const other of ribbons) {
      if (one === other) continue;
      const [[start, end], [otherStart, otherEnd]] = [endsOf(one.outline), endsOf(other.outline)];
      if (one.ribbon.from === other.ribbon.from && one.ribbon.to.column === other.ribbon.to.column) assert.ok((start < otherStart) === (end < otherEnd));
      if (one.ribbon.to === other.ribbon.to) assert.ok((start < otherStart) === (end < otherEnd));
    }
  }
  const [first, second] = ribbons;
  assert.ok(first && second && Math.abs(first.width / second.width - 6 / 4) < 1e-9);
});

test('a long name loses its middle, and keeps more of its end', () => {
  assert.equal(shortened('/scarpe', 10), '/scarpe');
  assert.equal(shortened('/catalogo/uomo/scarpe', 13), '/cat…o/scarpe');
  assert.equal([...shortened('👟'.repeat(30), 10)].length, 10);
});

const choices: PathsChoices = {
  scope: 'session', nodes: 'pages', steps: '3', repeats: 'folded', start: undefined, end: undefined, least: 1, from: '2026-11-01', to: '2026-11-30', condition: undefined,
};

test('what is chosen is what is asked', () => {
  assert.deepEqual(requestOf(choices), { from: '2026-11-01', to: '2026-11-30', scope: 'session', nodes: 'pages', steps: 3, fold: true, min_count: 1 });
  const condition = { all: [] };
  const asked = requestOf({ ...choices, steps: '10', repeats: 'kept', least: 5, start: { type: 'page', value: '/a' }, end: { type: 'kind', value: 'order' }, condition });
  assert.deepEqual(asked, { ...requestOf(choices), steps: 10, fold: false, min_count: 5, start: { kind: 'page_view', path: '/a' }, end: { kind: 'order' }, condition });
  const order = { type: 'kind', value: 'order' } as const;
  assert.deepEqual([directionOf({ start: undefined, end: undefined }), directionOf({ start: order, end: undefined })], ['forward', 'forward']);
  assert.deepEqual([directionOf({ start: undefined, end: order }), directionOf({ start: order, end: order })], ['backward', 'between']);
  assert.deepEqual([isReady(choices), isReady({ ...choices, start: { type: 'kind', value: '' } }), isReady({ ...choices, end: order })], [true, false, true]);
});

test('a node is walked from by the event that its name stands for', () => {
  const known = { kinds: ['order'], screens: ['Home'] };
  assert.deepEqual(eventOfNode('/a,b', known), { type: 'page', value: '/a\\,b' });
  assert.deepEqual(eventOfNode('order', known), { type: 'kind', value: 'order' });
  assert.deepEqual(eventOfNode('Home', known), { type: 'screen', value: 'Home' });
  assert.deepEqual(eventOfNode('wishlist', known), { type: 'custom', value: 'wishlist' });
  // While it is not known which screens there are, nothing is guessed.
  assert.equal(eventOfNode('Home', { kinds: [], screens: undefined }), undefined);
  assert.equal(eventOfNode('', known), undefined);
});

test('the least count stands in the address unless it is one, and errors find their field', () => {
  assert.deepEqual(['5', '0', '-1', '1.5', 'x', null].map(parseLeast), [5, 1, 1, 1, 1, 1]);
  assert.deepEqual([formatLeast(1), formatLeast(5)], [null, '5']);
  assert.equal(fieldOf(new ApiError(400, 'invalid_field', '', 'start.kind')), 'start');
  assert.equal(fieldOf(new ApiError(422, 'question_too_big', '')), undefined);
});

test('a picture is named after what it shows', () => {
  assert.equal(fileNameOf(['demo', 'Attività, per ora', '2026-11-01']), 'demo-attivita-per-ora-2026-11-01');
  assert.equal(fileNameOf(['a/b', '…']), 'a-b');
  assert.match(formatDays('2026-11-02', '2026-11-30', 'en-GB'), /^2\s?–\s?30 Nov 2026$/);
  assert.match(formatDays('2026-11-02', '2026-12-01', 'it-IT'), /nov.*dic 2026/);
});

test('how many were where a link begins is the sum of its links, which the list behind it counts, too', () => {
  const rows = linkRows(forward, 'forward');
  for (const { step, from, all } of rows) {
    const own = forward.filter((link) => link.step === step && link.from === from);
    assert.equal(all, own.reduce((sum, { count }) => sum + count, 0));
  }
});

test('a link and a node stand in the address, the beginning and the end among them', () => {
  for (const behind of [{ step: 0, from: null, to: '/' }, { step: 3, from: '/a "b"' }, { step: 1, to: null }]) {
    assert.deepEqual(parseBehind(formatBehind(behind)), behind);
  }
  for (const text of [null, '', '5', 'null', '{"step":0}', '{"step":-1,"to":"/"}', '{"step":0,"to":7}', '{"step":0,"to":"/","x":"/"}']) {
    assert.equal(parseBehind(text), undefined, String(text));
  }
});
