import type { IdentityEdge, PersonId } from '../../../api/types';

/** Ids of each side that are drawn; the table has them all. */
const shown_max = 12;
const row_height = 34;
const top_padding = 26;

export interface GraphNode {
  readonly id: string;
  readonly is_user: boolean;
  readonly y: number;
}

export interface GraphEdge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  readonly in_force: boolean;
  readonly by_hand: boolean;
}

export interface Graph {
  readonly users: readonly GraphNode[];
  readonly visitors: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Ids that are not drawn. */
  readonly left_out: number;
  readonly height: number;
}

/** Users to the left, visitors to the right, each where the table has it; edges that were taken back only between ids that are there. */
export function layGraph(ids: readonly PersonId[], edges: readonly IdentityEdge[]): Graph {
  const side = (is_user: boolean) => ids.filter((one) => one.is_user === is_user);
  const [users, visitors] = [side(true), side(false)];
  const rows = Math.max(1, Math.min(shown_max, Math.max(users.length, visitors.length)));
  const height = top_padding + rows * row_height;
  const place = (all: readonly PersonId[], is_user: boolean): GraphNode[] => {
    const drawn = all.slice(0, shown_max);
    // The shorter side stands in the middle.
    const begin = top_padding + ((rows - drawn.length) * row_height) / 2 + row_height / 2;
    return drawn.map(({ id }, index) => ({ id, is_user, y: begin + index * row_height }));
  };
  const [left, right] = [place(users, true), place(visitors, false)];
  const find = (nodes: readonly GraphNode[], id: string) => nodes.find((node) => node.id === id);
  const drawn = edges.flatMap(({ id, is_user, user, in_force, by_hand }) => {
    const from = find(is_user ? left : right, id);
    const to = find(left, user);
    return from && to && from !== to ? [{ from, to, in_force, by_hand }] : [];
  });
  return { users: left, visitors: right, edges: drawn, left_out: ids.length - left.length - right.length, height };
}

/** A long id by its beginning and its end. */
export function shortId(id: string, characters_max = 24): string {
  const characters = [...id];
  if (characters.length <= characters_max) return id;
  const end = 6;
  return `${characters.slice(0, characters_max - end - 1).join('')}…${characters.slice(-end).join('')}`;
}

/** The ids that a user and those who are nobody else's would take along: what is chosen with it in a split. */
export function companions(user: string, edges: readonly IdentityEdge[]): string[] {
  const hold = edges.filter((edge) => edge.in_force && !edge.is_user);
  const own = hold.filter((edge) => edge.user === user).map((edge) => edge.id);
  return own.filter((id) => hold.every((edge) => edge.id !== id || edge.user === user));
}
