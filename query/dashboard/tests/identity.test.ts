import assert from 'node:assert/strict';
import test from 'node:test';
import type { IdentityEdge, PersonId } from '../src/api/types';
import { companions, layGraph, shortId } from '../src/pages/journey/identity/graph';

const at = '2026-11-10T10:00:00.000Z';

function edge(id: string, user: string, more: Partial<IdentityEdge> = {}): IdentityEdge {
  return { link: `${id} ${user}`, id, is_user: false, user, source: 'identify', linked_at: at, recorded_by: 'event', by_hand: false, in_force: true, ...more };
}

function id(name: string, is_user = false): PersonId {
  return { id: name, is_user, first_seen: at, last_seen: at, sessions: 1, events: 1 };
}

test('users stand to the left and visitors to the right, the shorter side in the middle', () => {
  const graph = layGraph([id('anna', true), id('v1'), id('v2'), id('v3')], [edge('v1', 'anna'), edge('v2', 'anna'), edge('gone', 'anna', { in_force: false })]);
  assert.deepEqual(graph.users.map((node) => node.id), ['anna']);
  assert.deepEqual(graph.visitors.map((node) => node.id), ['v1', 'v2', 'v3']);
  assert.equal(graph.users[0]?.y, graph.visitors[1]?.y);
  assert.equal(graph.edges.length, 2, 'an id that is not drawn has no edge');
  assert.equal(graph.left_out, 0);
});

test('a user and a visitor of one name are two nodes, and what is too much is counted', () => {
  const visitors = Array.from({ length: 40 }, (_, number) => id(`v${number}`));
  const graph = layGraph([id('v1', true), ...visitors], [edge('v1', 'v1'), edge('v1', 'v1', { is_user: true })]);
  assert.equal(graph.edges.length, 1);
  assert.equal(graph.left_out, 41 - 13);
});

test('with a user go the visitors that are nobody else’s', () => {
  const edges = [edge('v1', 'anna'), edge('v2', 'anna'), edge('v2', 'bruno'), edge('old', 'anna', { is_user: true }), edge('v3', 'anna', { in_force: false })];
  assert.deepEqual(companions('anna', edges), ['v1']);
  assert.deepEqual(companions('bruno', edges), []);
});

test('a long id is told by its beginning and end, by whole characters', () => {
  assert.equal(shortId('short'), 'short');
  assert.equal(shortId('0123456789012345678901234567890'), '01234567890123456…567890');
  assert.equal([...shortId('😀'.repeat(60))].length, 24);
});
