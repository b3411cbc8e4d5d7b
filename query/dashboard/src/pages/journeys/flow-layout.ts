import { end, start, type FlowGraph, type FlowLink, type FlowPlace } from './flow-graph';

/** Pixels. */
export const place_px = { width: 150, height: 50 };
export const dot_px = { width: 104, height: 30 };
const bend_px = 22;
const between_px = 20;
const layer_px = 92;
const label_px = { height: 20, letter: 6.9, padding: 8 };
const stroke_px = { min: 1.5, max: 9, outside: 2 };

export interface LaidPlace {
  readonly place: FlowPlace;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidLink {
  readonly link: FlowLink;
  /** The `d` of an SVG path, from where it begins to where it leads. */
  readonly path: string;
  readonly width: number;
  /** The middle of its label; undefined where there is no room for one. */
  readonly label: { readonly x: number; readonly y: number } | undefined;
}

export interface LaidFlow {
  readonly width: number;
  readonly height: number;
  readonly places: readonly LaidPlace[];
  readonly links: readonly LaidLink[];
}

/** A place, or where a link passes a layer. */
interface Item {
  readonly key: string;
  readonly layer: number;
  readonly width: number;
  x: number;
}

interface Routed {
  readonly link: FlowLink;
  /** Whether it leads up. */
  readonly isBack: boolean;
  /** From the upper place to the lower one. */
  readonly items: readonly Item[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Lays the graph out in layers from top to bottom, as Sugiyama, Tagawa and Toda do (1981): links that lead up are turned round,
 * each place lies below all that lead to it, and the places of a layer are ordered by the middle of their neighbours.
 */
export function layFlow(graph: FlowGraph, available: number, textOf: (link: FlowLink) => string): LaidFlow {
  const layers = layersOf(graph);
  const items = new Map<string, Item>();
  const rows: Item[][] = [];
  const add = (item: Item) => {
    (rows[item.layer] ??= []).push(item);
    return item;
  };
  for (const { key, kind } of graph.places) {
    items.set(key, add({ key, layer: layers.get(key) ?? 0, width: kind === 'node' ? place_px.width : dot_px.width, x: 0 }));
  }
  const routed = graph.links.flatMap((link, index): Routed[] => {
    const [from, to] = [items.get(link.from), items.get(link.to)];
    if (!from || !to) return [];
    const isBack = from.layer > to.layer;
    const [upper, lower] = isBack ? [to, from] : [from, to];
    const bends = Array.from({ length: lower.layer - upper.layer - 1 }, (_, step) => add({ key: `${index}:${step}`, layer: upper.layer + step + 1, width: bend_px, x: 0 }));
    return [{ link, isBack, items: [upper, ...bends, lower] }];
  });
  order(rows, routed);
  spread(rows, routed);
  const left = Math.min(...rows.flat().map(({ x, width }) => x - width / 2));
  const right = Math.max(...rows.flat().map(({ x, width }) => x + width / 2));
  const width = Math.max(available, Math.ceil(right - left) + 2);
  const shift = (width - (right - left)) / 2 - left;
  for (const item of rows.flat()) item.x += shift;
  const places = graph.places.flatMap((place): LaidPlace[] => {
    const item = items.get(place.key);
    if (!item) return [];
    const size = place.kind === 'node' ? place_px : dot_px;
    return [{ place, x: item.x - size.width / 2, y: top(item.layer) + (place_px.height - size.height) / 2, ...size }];
  });
  const height = rows.length * place_px.height + Math.max(0, rows.length - 1) * layer_px + 2;
  return { width, height, places, links: drawn(routed, places, textOf) };
}

const top = (layer: number) => 1 + layer * (place_px.height + layer_px);

/** Places in an order in which as little as possible leads back: the one that leads to most and from least comes first, again and again. */
function sequenceOf({ places, links }: FlowGraph): string[] {
  const left = new Set(places.map(({ key }) => key).filter((key) => key !== start && key !== end));
  const sequence: string[] = [];
  while (left.size > 0) {
    const gain = (key: string) =>
      links.reduce((sum, { from, to, count }) => {
        if (from === key && left.has(to)) return sum + count;
        if (to === key && left.has(from)) return sum - count;
        if (to === key && from === start) return sum + count;
        return from === key && to === end ? sum - count : sum;
      }, 0);
    const [first] = [...left].map((key) => ({ key, gain: gain(key) })).sort((one, other) => other.gain - one.gain);
    if (!first) break;
    left.delete(first.key);
    sequence.push(first.key);
  }
  return [start, ...sequence, end];
}

function layersOf(graph: FlowGraph): Map<string, number> {
  const sequence = sequenceOf(graph);
  const place = new Map(sequence.map((key, index) => [key, index]));
  const at = (key: string) => place.get(key) ?? 0;
  const layers = new Map<string, number>();
  for (const key of sequence) {
    const above = graph.links.flatMap(({ from, to }) => {
      const other = from === key ? to : to === key ? from : undefined;
      return other !== undefined && at(other) < at(key) ? [(layers.get(other) ?? 0) + 1] : [];
    });
    layers.set(key, Math.max(0, ...above));
  }
  // Nothing lies below the end.
  layers.set(end, Math.max(...layers.values()));
  const used = [...new Set(graph.places.map(({ key }) => layers.get(key) ?? 0))].sort((one, other) => one - other);
  return new Map(graph.places.map(({ key }) => [key, used.indexOf(layers.get(key) ?? 0)]));
}

function neighbours(routed: readonly Routed[]): Map<Item, { above: Item[]; below: Item[] }> {
  const found = new Map<Item, { above: Item[]; below: Item[] }>();
  const of = (item: Item) => {
    const own = found.get(item) ?? { above: [], below: [] };
    found.set(item, own);
    return own;
  };
  for (const { items } of routed) {
    for (const [index, item] of items.entries()) {
      const next = items[index + 1];
      if (!next) continue;
      of(item).below.push(next);
      of(next).above.push(item);
    }
  }
  return found;
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

function order(rows: readonly Item[][], routed: readonly Routed[]): void {
  const near = neighbours(routed);
  const index = new Map<Item, number>();
  const count = (row: readonly Item[]) => row.forEach((item, place) => index.set(item, place - row.length / 2));
  rows.forEach(count);
  for (let round = 0; round < 8; round += 1) {
    const isDown = round % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const weight = new Map(row.map((item) => {
        const others = near.get(item)?.[isDown ? 'above' : 'below'] ?? [];
        return [item, others.length > 0 ? mean(others.map((other) => index.get(other) ?? 0)) : (index.get(item) ?? 0)];
      }));
      row.sort((one, other) => (weight.get(one) ?? 0) - (weight.get(other) ?? 0));
      count(row);
    }
  }
}

/** Puts the items of each layer beside each other in their order, as near to the middle of their neighbours as there is room. */
function spread(rows: readonly Item[][], routed: readonly Routed[]): void {
  const near = neighbours(routed);
  const put = (row: readonly Item[], wanted: readonly number[]) => {
    let edge = -Infinity;
    row.forEach((item, place) => {
      item.x = Math.max(wanted[place] ?? 0, edge + item.width / 2);
      edge = item.x + item.width / 2 + between_px;
    });
    const moved = mean(row.map((item, place) => item.x - (wanted[place] ?? 0)));
    for (const item of row) item.x -= moved;
  };
  for (const row of rows) put(row, row.map(() => 0));
  for (let round = 0; round < 6; round += 1) {
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      put(row, row.map((item) => {
        const own = near.get(item);
        const others = [...(own?.above ?? []), ...(own?.below ?? [])];
        return others.length > 0 ? mean(others.map(({ x }) => x)) : item.x;
      }));
    }
  }
}

function drawn(routed: readonly Routed[], places: readonly LaidPlace[], textOf: (link: FlowLink) => string): LaidLink[] {
  const laid = new Map(places.map((one) => [one.place.key, one]));
  const highest = Math.max(1, ...routed.map(({ link }) => (link.edge ? link.count : 0)));
  const ports = portsOf(routed, laid);
  const taken: (Point & { width: number })[] = [];
  const isFree = ({ x, y }: Point, width: number) =>
    taken.every((other) => Math.abs(other.x - x) >= (other.width + width) / 2 || Math.abs(other.y - y) >= label_px.height) &&
    places.every((one) => x + width / 2 <= one.x || x - width / 2 >= one.x + one.width || y + label_px.height / 2 <= one.y || y - label_px.height / 2 >= one.y + one.height);
  // What most took has its label first.
  return routed.map((one): LaidLink => {
    const points = pointsOf(one, laid, ports);
    const width = textOf(one.link).length * label_px.letter + label_px.padding;
    const label = labelPlaces(points).find((place) => isFree(place, width));
    if (label) taken.push({ ...label, width });
    return {
      link: one.link,
      path: pathOf(one.isBack ? points.toReversed() : points),
      width: one.link.edge ? stroke_px.min + (stroke_px.max - stroke_px.min) * Math.sqrt(one.link.count / highest) : stroke_px.outside,
      label,
    };
  });
}

/** Where links touch the lower and the upper side of places, in the order of where they lead: so they cross no more than they must. */
function portsOf(routed: readonly Routed[], laid: ReadonlyMap<string, LaidPlace>): Map<Routed, { from: number; to: number }> {
  const ports = new Map(routed.map((one) => [one, { from: 0, to: 0 }]));
  const sides = new Map<string, { one: Routed; side: 'from' | 'to'; toward: number; key: string }[]>();
  for (const one of routed) {
    const [upper, second] = one.items;
    const [lower, above] = one.items.toReversed();
    if (!upper || !second || !lower || !above) continue;
    for (const [key, name, side, toward] of [[`${upper.key}/below`, upper.key, 'from', second.x], [`${lower.key}/above`, lower.key, 'to', above.x]] as const) {
      sides.set(key, [...(sides.get(key) ?? []), { one, side, toward, key: name }]);
    }
  }
  for (const touching of sides.values()) {
    touching.sort((one, other) => one.toward - other.toward);
    touching.forEach(({ one, side, key }, index) => {
      const place = laid.get(key);
      const own = ports.get(one);
      if (place && own) own[side] = place.x + (place.width * (index + 1)) / (touching.length + 1);
    });
  }
  return ports;
}

function pointsOf(one: Routed, laid: ReadonlyMap<string, LaidPlace>, ports: ReadonlyMap<Routed, { from: number; to: number }>): Point[] {
  const { from = 0, to = 0 } = ports.get(one) ?? {};
  const [upper, lower] = [one.items[0], one.items.at(-1)];
  const [over, under] = [upper && laid.get(upper.key), lower && laid.get(lower.key)];
  const bends = one.items.slice(1, -1).flatMap(({ x, layer }) => [{ x, y: top(layer) }, { x, y: top(layer) + place_px.height }]);
  return [{ x: from, y: over ? over.y + over.height : 0 }, ...bends, { x: to, y: under ? under.y : 0 }];
}

const written = (value: number) => String(Math.round(value * 10) / 10);

function pathOf([first, ...others]: readonly Point[]): string {
  if (!first) return '';
  let last = first;
  const parts = others.map((point) => {
    const middle = written((last.y + point.y) / 2);
    const part = `C${written(last.x)} ${middle} ${written(point.x)} ${middle} ${written(point.x)} ${written(point.y)}`;
    last = point;
    return part;
  });
  return `M${written(first.x)} ${written(first.y)}${parts.join('')}`;
}

/** Where a label may stand on a link: the middles of its parts first. */
function labelPlaces(points: readonly Point[]): Point[] {
  const parts = points.slice(1).map((point, index) => [points[index] ?? point, point] as const);
  const middleFirst = parts.toSorted((one, other) => Math.abs(other[1].y - other[0].y) - Math.abs(one[1].y - one[0].y));
  return [0.5, 0.36, 0.64, 0.25, 0.75].flatMap((share) => middleFirst.map(([from, to]) => onCurve(from, to, share)));
}

/** A point of the curve between two, whose ends stand upright. */
function onCurve(from: Point, to: Point, share: number): Point {
  const rest = 1 - share;
  const [begins, middle, ends] = [rest ** 3, 3 * rest * share, share ** 3];
  return {
    x: from.x * (begins + middle * rest) + to.x * (ends + middle * share),
    y: from.y * begins + ((from.y + to.y) / 2) * middle + to.y * ends,
  };
}
