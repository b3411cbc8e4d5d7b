import type { PathLink } from '../../api/types';
import type { Direction } from './question';

/** Of more names of a step the smaller ones stand together. */
export const names_max = 8;

/** `others` are several that are too many to be shown; `beginning` and `end` are where nothing is before or behind. */
export type NodeKind = 'named' | 'others' | 'beginning' | 'end';

export interface PathNode {
  readonly key: string;
  /** From the left, from 0. */
  readonly column: number;
  readonly kind: NodeKind;
  /** Empty of what has none. */
  readonly name: string;
  /** How many names it stands for. */
  readonly members: number;
  /** How many journeys came through. Links that are left out are not among them. */
  readonly count: number;
}

export interface PathRibbon {
  readonly from: PathNode;
  readonly to: PathNode;
  readonly count: number;
}

/** Links put together: the nodes of each column in their order, and what leads from one to the next. */
export interface PathGraph {
  readonly columns: readonly (readonly PathNode[])[];
  /** By the places of what they lead from and to. */
  readonly ribbons: readonly PathRibbon[];
}

/** A link with the columns that it leads from and to. */
export interface PlacedLink {
  readonly column: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly count: number;
}

/** Links in the order in which they were taken: paths that are walked backward begin at the right. */
export function placedLinks(links: readonly PathLink[], direction: Direction): PlacedLink[] {
  const last = links.reduce((most, { step }) => Math.max(most, step), 0);
  return links.map(({ step, from, to, count }) => ({
    column: direction === 'backward' ? last - step : step,
    from: from ?? null,
    to: to ?? null,
    count,
  }));
}

export function graphOf(links: readonly PathLink[], direction: Direction): PathGraph {
  const placed = placedLinks(links, direction);
  const names = flowsOf(placed);
  const nodes = new Map<string, PathNode>();
  const columns = grouped([...names.values()]).map((flows) => nodesOf(flows, nodes));
  const order = new Map(columns.flat().map((node, place) => [node.key, place]));
  const merged = new Map<string, { from: PathNode; to: PathNode; count: number }>();
  for (const { column, from, to, count } of placed) {
    const [source, target] = [nodes.get(keyOf(column, from, 'beginning')), nodes.get(keyOf(column + 1, to, 'end'))];
    if (!source || !target) continue;
    const key = `${source.key}\n${target.key}`;
    const known = merged.get(key);
    if (known) known.count += count;
    else merged.set(key, { from: source, to: target, count });
  }
  const placeOf = ({ key }: PathNode) => order.get(key) ?? 0;
  const ribbons = [...merged.values()].sort((one, other) => placeOf(one.from) - placeOf(other.from) || placeOf(one.to) - placeOf(other.to));
  return { columns, ribbons };
}

/** What is taken into a name at a step, and out of it. */
interface NamedFlow {
  readonly key: string;
  readonly column: number;
  readonly name: string | null;
  readonly outside: 'beginning' | 'end';
  into: number;
  out: number;
}

function flowsOf(placed: readonly PlacedLink[]): Map<string, NamedFlow> {
  const names = new Map<string, NamedFlow>();
  for (const { column, from, to, count } of placed) {
    flowOf(names, column, from, 'beginning').out += count;
    flowOf(names, column + 1, to, 'end').into += count;
  }
  return names;
}

function flowOf(names: Map<string, NamedFlow>, column: number, name: string | null, outside: 'beginning' | 'end'): NamedFlow {
  const key = keyOf(column, name, outside);
  const known = names.get(key) ?? { key, column, name, outside, into: 0, out: 0 };
  names.set(key, known);
  return known;
}

function keyOf(column: number, name: string | null, outside: 'beginning' | 'end'): string {
  return name === null ? `${column} ${outside}` : `${column} named ${name}`;
}

function grouped(flows: readonly NamedFlow[]): NamedFlow[][] {
  const columns: NamedFlow[][] = [];
  for (const flow of flows) (columns[flow.column] ??= []).push(flow);
  // Where all links of a step are left out there is nothing between two others.
  return Array.from(columns, (one) => one ?? []);
}

/** Where small links are left out, what is taken in is not what is taken out: at least the larger of both came through. */
const through = ({ into, out }: NamedFlow) => Math.max(into, out);

/** The nodes of a column: the largest first, then what stands for several, and at the foot who came or went. */
function nodesOf(flows: readonly NamedFlow[], nodes: Map<string, PathNode>): PathNode[] {
  const named = flows
    .filter(({ name }) => name !== null)
    .sort((one, other) => through(other) - through(one) || compared(one.name ?? '', other.name ?? ''));
  // One alone is no shorter as "1 other".
  const shown = named.length > names_max + 1 ? named.slice(0, names_max) : named;
  const rest = named.slice(shown.length);
  const column = flows[0]?.column ?? 0;
  const told: PathNode[] = shown.map((flow) => {
    const node: PathNode = { key: flow.key, column, kind: 'named', name: flow.name ?? '', members: 1, count: through(flow) };
    nodes.set(flow.key, node);
    return node;
  });
  if (rest.length > 0) {
    const count = rest.reduce((sum, flow) => sum + through(flow), 0);
    const node: PathNode = { key: `${column} others`, column, kind: 'others', name: '', members: rest.length, count };
    for (const flow of rest) nodes.set(flow.key, node);
    told.push(node);
  }
  for (const flow of flows.filter(({ name }) => name === null)) {
    const node: PathNode = { key: flow.key, column, kind: flow.outside, name: '', members: 0, count: through(flow) };
    nodes.set(flow.key, node);
    told.push(node);
  }
  return told;
}

/** By code units: the same whatever language the page speaks. */
function compared(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What leads from a node or to it, the largest first, and how many of its journeys no ribbon tells. */
export interface Neighbours {
  readonly side: 'next' | 'before';
  readonly ribbons: readonly PathRibbon[];
  readonly untold: number;
}

/** What is told of a node: where its journeys went on to, and of one behind which nothing is told, where they came from. */
export function neighboursOf({ ribbons }: PathGraph, node: PathNode, direction: Direction): Neighbours | undefined {
  const of = (side: Neighbours['side']): Neighbours => {
    const told = ribbons.filter(({ from, to }) => (side === 'next' ? from : to).key === node.key).sort((one, other) => other.count - one.count);
    return { side, ribbons: told, untold: node.count - told.reduce((sum, { count }) => sum + count, 0) };
  };
  const [next, before] = [of('next'), of('before')];
  const [first, second] = direction === 'backward' ? [before, next] : [next, before];
  return [first, second].find((one) => one.ribbons.length > 0);
}

/** The node of a ribbon that is not the one it is told of. */
export function otherEnd({ from, to }: PathRibbon, side: Neighbours['side']): PathNode {
  return side === 'next' ? to : from;
}

/** A link as a row of the table. */
export interface LinkRow extends PlacedLink {
  readonly step: number;
  /** How many were where the link was walked from, and took any link that is told. */
  readonly all: number;
  /** Of those who were where the link was walked from. */
  readonly share: number;
}

/** The links in their order, each with its part of those who were where it was walked from. */
export function linkRows(links: readonly PathLink[], direction: Direction): LinkRow[] {
  const placed = placedLinks(links, direction);
  const names = flowsOf(placed);
  const origin = ({ column, from, to }: PlacedLink) => (direction === 'backward' ? keyOf(column + 1, to, 'end') : keyOf(column, from, 'beginning'));
  const taken = new Map<string, number>();
  const start = (link: PathLink) => JSON.stringify([link.step, direction === 'backward' ? link.to : link.from]);
  for (const link of links) taken.set(start(link), (taken.get(start(link)) ?? 0) + link.count);
  return placed.map((link, place) => {
    const told = links[place];
    const flow = names.get(origin(link));
    return { ...link, step: told?.step ?? 0, all: (told && taken.get(start(told))) ?? link.count, share: flow ? link.count / through(flow) : 1 };
  });
}
