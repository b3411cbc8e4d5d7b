import type { RowPlace } from './asked';
import { newRow, type Group, type Join, type Row, type Rule } from './rule';

type Item = Rule['items'][number];

/** The rule with another item at a place; null takes it out. */
function changedItem(rule: Rule, place: number, change: (item: Item) => Item | null): Rule {
  const items = rule.items.flatMap((item, at) => {
    if (at !== place) return [item];
    const next = change(item);
    return next === null ? [] : [next];
  });
  return { ...rule, items };
}

export function changedRow(rule: Rule, { item, row }: RowPlace, next: Row): Rule {
  return changedItem(rule, item, (before) => {
    if (before.type !== 'group' || row === undefined) return next;
    return { ...before, rows: before.rows.map((one, at) => (at === row ? next : one)) };
  });
}

/** A group goes with its last row. */
export function removed(rule: Rule, { item, row }: RowPlace): Rule {
  return changedItem(rule, item, (before) => {
    if (before.type !== 'group' || row === undefined) return null;
    const rows = before.rows.filter((_, at) => at !== row);
    return rows.length === 0 ? null : { ...before, rows };
  });
}

/** A row more, at the end of the rule or of one of its groups. */
export function added(rule: Rule, group?: number): Rule {
  if (group === undefined) return { ...rule, items: [...rule.items, newRow('did')] };
  return changedItem(rule, group, (item) => (item.type === 'group' ? { ...item, rows: [...item.rows, newRow('did')] } : item));
}

/** A group more, joined the other way than the rule: otherwise it would say nothing new. */
export function grouped(rule: Rule): Rule {
  const group: Group = { type: 'group', join: rule.join === 'all' ? 'any' : 'all', rows: [newRow('did'), newRow('did')] };
  return { ...rule, items: [...rule.items, group] };
}

export function joinedBy(rule: Rule, join: Join, group?: number): Rule {
  if (group === undefined) return { ...rule, join };
  return changedItem(rule, group, (item) => (item.type === 'group' ? { ...item, join } : item));
}
