import type { JourneyEdge, JourneyFlow, JourneyFlowNode } from '../../api/types';
import type { Choice } from '../../state/address';

/** A place of the picture: a node, or where journeys begin and end. */
export interface FlowPlace {
  readonly key: string;
  readonly kind: 'start' | 'end' | 'node';
  readonly told?: JourneyFlowNode;
}

export interface FlowLink {
  readonly from: string;
  readonly to: string;
  /** How often; of the beginning and the end, how many journeys. */
  readonly count: number;
  /** Undefined where journeys begin or end. */
  readonly edge?: JourneyEdge;
}

export interface FlowGraph {
  readonly places: readonly FlowPlace[];
  readonly links: readonly FlowLink[];
}

export const start = 'start';
export const end = 'end';

/** How much is drawn: so many nodes, and so many moves beside the largest of each node. */
const drawn: Readonly<Record<Choice<'detail'>, { readonly nodes: number; readonly links: number }>> = {
  main: { nodes: 8, links: 10 },
  more: { nodes: 14, links: 28 },
  all: { nodes: 30, links: 200 },
};

export const keyOf = (node: JourneyFlowNode['node']) => `node:${JSON.stringify([node.value, node.stage ?? null])}`;

/** What is drawn of the map: the most frequent nodes, of each the largest way in and out, and the most frequent others. */
export function flowGraph({ nodes, edges }: Pick<JourneyFlow, 'nodes' | 'edges'>, detail: Choice<'detail'>): FlowGraph {
  const limits = drawn[detail];
  const kept = nodes.slice(0, limits.nodes);
  const keys = new Set(kept.map(({ node }) => keyOf(node)));
  const all: FlowLink[] = [
    ...kept.filter(({ starts }) => starts > 0).map(({ node, starts: count }) => ({ from: start, to: keyOf(node), count })),
    ...kept.filter(({ ends }) => ends > 0).map(({ node, ends: count }) => ({ from: keyOf(node), to: end, count })),
    ...edges
      .map((edge) => ({ from: keyOf(edge.from), to: keyOf(edge.to), count: edge.moves, edge }))
      .filter(({ from, to }) => keys.has(from) && keys.has(to)),
  ];
  // A stable sort: of as many in the order of the answer.
  const sorted = all.toSorted((one, other) => other.count - one.count);
  const chosen = new Set(sorted.slice(0, limits.links));
  for (const key of keys) {
    for (const side of ['from', 'to'] as const) {
      const largest = sorted.find((link) => link[side] === key);
      if (largest) chosen.add(largest);
    }
  }
  const links = sorted.filter((link) => chosen.has(link));
  const used = new Set(links.flatMap(({ from, to }) => [from, to]));
  const places: FlowPlace[] = [
    { key: start, kind: 'start' },
    ...kept.map((told): FlowPlace => ({ key: keyOf(told.node), kind: 'node', told })),
    { key: end, kind: 'end' },
  ];
  return { places: places.filter(({ key }) => used.has(key) || (key !== start && key !== end)), links };
}
