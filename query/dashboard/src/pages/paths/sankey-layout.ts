import type { PathGraph, PathNode, PathRibbon } from './graph';

/** Pixels. A node is as high as its share, and never too low for its name and a finger. */
export const node_px_min = 44;
export const node_px_wide = 176;
export const node_px_narrow = 156;
const between_columns_px = 52;
const between_nodes_px = 10;
export const head_px = 34;
export const picture_px_min = 380;
/** How high the largest column is at least for each of its nodes. */
const node_px_mean = 62;
/** A letter of a name at the size at which it is written, on the average. */
const letter_px = 7.3;
const padding_px = 22;

export interface LaidNode {
  readonly node: PathNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidRibbon {
  readonly ribbon: PathRibbon;
  /** The outline, as the `d` of an SVG path. */
  readonly outline: string;
  readonly width: number;
}

export interface Sankey {
  readonly width: number;
  readonly height: number;
  /** Where each column begins. */
  readonly columns: readonly number[];
  readonly node_px: number;
  readonly nodes: readonly LaidNode[];
  readonly ribbons: readonly LaidRibbon[];
  /** How many letters of a name a node has room for. */
  readonly letters: number;
}

/** Lays a graph on a width, or on more where that is too narrow for its columns. */
export function laySankey({ columns, ribbons }: PathGraph, available: number): Sankey {
  const gaps = Math.max(0, columns.length - 1);
  const fitting = Math.floor((available - gaps * between_columns_px) / Math.max(1, columns.length));
  const node_px = Math.min(node_px_wide, Math.max(node_px_narrow, fitting));
  const width = Math.max(available, columns.length * node_px + gaps * between_columns_px);
  const step = gaps === 0 ? 0 : (width - node_px) / gaps;
  const longest = columns.reduce((most, one) => Math.max(most, one.length), 0);
  const room = Math.max(picture_px_min, longest * node_px_mean);
  const scale = Math.min(...columns.filter((one) => one.length > 0).map((one) => scaleOf(one, room)));
  const nodes = columns.flatMap((one, column) => stacked(one, Math.round(column * step), node_px, scale));
  const bottom = nodes.reduce((lowest, { y, height }) => Math.max(lowest, y + height), head_px);
  return {
    width,
    height: Math.ceil(bottom) + 2,
    columns: columns.map((_, column) => Math.round(column * step)),
    node_px,
    nodes,
    ribbons: laidRibbons(ribbons, nodes, scale),
    letters: Math.floor((node_px - padding_px) / letter_px),
  };
}

/** Pixels for each journey with which a column is as high as the room: those that are too low have their least height first. */
function scaleOf(column: readonly PathNode[], room: number): number {
  const counts = column.map(({ count }) => count).sort((one, other) => one - other);
  let left = room - between_nodes_px * (column.length - 1);
  let sum = counts.reduce((all, count) => all + count, 0);
  for (const count of counts) {
    if (sum === 0 || count * (left / sum) >= node_px_min) break;
    left -= node_px_min;
    sum -= count;
  }
  return sum > 0 ? Math.max(0, left / sum) : 0;
}

function stacked(column: readonly PathNode[], x: number, width: number, scale: number): LaidNode[] {
  let y = head_px;
  return column.map((node) => {
    const height = Math.max(node_px_min, node.count * scale);
    const laid = { node, x, y, width, height };
    y += height + between_nodes_px;
    return laid;
  });
}

/** Ribbons come in the order of their nodes, and leave each side of one in the order of those opposite: so they cross no more than they must. */
function laidRibbons(ribbons: readonly PathRibbon[], nodes: readonly LaidNode[], scale: number): LaidRibbon[] {
  const laid = new Map(nodes.map((one) => [one.node.key, one]));
  const place = new Map(nodes.map(({ node }, index) => [node.key, index]));
  const starts = offsets(ribbons, ({ from }) => from.key, ({ to }) => place.get(to.key) ?? 0, laid, scale);
  const ends = offsets(ribbons, ({ to }) => to.key, ({ from }) => place.get(from.key) ?? 0, laid, scale);
  return ribbons.flatMap((ribbon) => {
    const [from, to] = [laid.get(ribbon.from.key), laid.get(ribbon.to.key)];
    if (!from || !to) return [];
    const width = Math.max(1, ribbon.count * scale);
    return [{ ribbon, width, outline: outlineOf(from.x + from.width, starts.get(ribbon) ?? 0, to.x, ends.get(ribbon) ?? 0, width) }];
  });
}

/** Where each ribbon touches the nodes of one side; what is thinner than its node lies in the middle of it. */
function offsets(
  ribbons: readonly PathRibbon[],
  nodeOf: (ribbon: PathRibbon) => string,
  opposite: (ribbon: PathRibbon) => number,
  laid: ReadonlyMap<string, LaidNode>,
  scale: number,
): Map<PathRibbon, number> {
  const byNode = new Map<string, PathRibbon[]>();
  for (const ribbon of ribbons) byNode.set(nodeOf(ribbon), [...(byNode.get(nodeOf(ribbon)) ?? []), ribbon]);
  const found = new Map<PathRibbon, number>();
  for (const [key, own] of byNode) {
    const node = laid.get(key);
    if (!node) continue;
    let y = node.y + (node.height - node.node.count * scale) / 2;
    for (const ribbon of own.sort((one, other) => opposite(one) - opposite(other))) {
      found.set(ribbon, y);
      y += ribbon.count * scale;
    }
  }
  return found;
}

function outlineOf(x0: number, y0: number, x1: number, y1: number, width: number): string {
  const middle = number((x0 + x1) / 2);
  const [left, right] = [number(x0), number(x1)];
  const [top, foot] = [number(y0), number(y0 + width)];
  const [endTop, endFoot] = [number(y1), number(y1 + width)];
  return `M${left} ${top}C${middle} ${top} ${middle} ${endTop} ${right} ${endTop}V${endFoot}C${middle} ${endFoot} ${middle} ${foot} ${left} ${foot}Z`;
}

const number = (value: number) => String(Math.round(value * 10) / 10);
