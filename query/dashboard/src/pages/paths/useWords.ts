import { useEventName } from '../../events/useEventName';
import { readablePath } from '../../format/address';
import { formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { neighboursOf, otherEnd, type PathNode } from './graph';
import type { PartProps } from './usePaths';

/** A sentence names so many nodes, and says of the others how many they are. */
const named_max = 3;

export interface Words {
  /** `120 sessions`. */
  readonly who: (count: number) => string;
  /** A page, a screen or what was done, for people. */
  readonly name: (name: string) => string;
  readonly nodeName: (node: PathNode) => string;
  /** `45 · 38 %`, of all journeys. */
  readonly share: (node: PathNode) => string;
  /** What stands over a column. */
  readonly columnName: (column: number) => string;
  /** Where the journeys of a node went on to, or came from. */
  readonly told: (node: PathNode) => string;
}

/** What the page says of the nodes of an answer. */
export function useWords({ data, graph, shown, direction }: Pick<PartProps, 'data' | 'graph' | 'shown' | 'direction'>): Words {
  const { t, label, valuesOf } = useI18n();
  const { locale } = useFormat();
  const kinds = valuesOf('kind');
  const rate = (part: number, whole: number) => formatRate(whole > 0 ? part / whole : 0, locale);

  const who = (count: number) => t(shown.scope === 'session' ? 'counted.sessions' : 'counted.people', { count });
  const name = (text: string) => {
    if (text === '') return t('app.unknown');
    if (text.startsWith('/')) return readablePath(text);
    return kinds.includes(text) ? label('kind', text) : text;
  };
  const nodeName = (node: PathNode) => {
    if (node.kind === 'named') return name(node.name);
    return node.kind === 'others' ? t('paths.node.others', { count: node.members }) : t(`paths.node.${node.kind}`);
  };

  const whoWas = (node: PathNode) => {
    const { count } = node;
    if (node.kind === 'beginning' || node.kind === 'end') return t(`paths.of.${shown.scope}.${node.kind}`, { count });
    // What is no page may be a screen, which was seen, or something that was done.
    return t(`paths.of.${shown.scope}.${node.name.startsWith('/') ? 'seen' : 'done'}`, { count, name: nodeName(node) });
  };
  const told = (node: PathNode) => {
    const neighbours = neighboursOf(graph, node, direction);
    if (!neighbours) return t('paths.node', { name: nodeName(node), who: who(node.count) });
    const { side, ribbons } = neighbours;
    const verb = side === 'before' ? 'came' : node.kind === 'beginning' ? 'began' : 'went';
    const counted = (count: number) => ({ count, share: rate(count, node.count) });
    const parts: string[] = [];
    // The verb stands once.
    const add = (count: number, other: string) => parts.push(t(parts.length === 0 ? `paths.${verb}` : `paths.${verb}.more`, { ...counted(count), name: other }));
    const others = ribbons.map((ribbon) => ({ other: otherEnd(ribbon, side), count: ribbon.count }));
    const named = others.filter(({ other }) => other.kind === 'named');
    // One more is no longer than something else.
    const shown_max = named.length === named_max + 1 ? named.length : named_max;
    for (const { other, count } of named.slice(0, shown_max)) add(count, nodeName(other));
    // Where all is told, a path between two events that goes on to nothing is at its end.
    const arrived = direction === 'between' && side === 'next' && data.left_out === 0 ? neighbours.untold : 0;
    const several = [...named.slice(shown_max), ...others.filter(({ other }) => other.kind === 'others')];
    const rest = several.reduce((sum, { count }) => sum + count, neighbours.untold - arrived);
    if (rest > 0) add(rest, t('paths.somethingElse'));
    for (const { other, count } of others) {
      if (other.kind === 'end') parts.push(t('paths.left', counted(count)));
      if (other.kind === 'beginning') parts.push(t('paths.opened', counted(count)));
    }
    if (arrived > 0) parts.push(t('paths.arrived', counted(arrived)));
    return t('paths.sentence', { who: whoWas(node), list: parts.join(', ') });
  };

  const last = graph.columns.length - 1;
  const columnName = (column: number) => {
    if (direction === 'backward') return column === last ? t('paths.column.end') : t('paths.column.before', { number: last - column });
    if (column > 0) return t('paths.column.step', { number: column });
    return t(direction === 'forward' && shown.start === undefined ? 'paths.column.beginning' : 'paths.column.start');
  };
  return {
    who,
    name,
    nodeName,
    share: (node) => t('paths.node.share', { count: node.count, share: rate(node.count, data.journeys) }),
    columnName,
    told,
  };
}

/** What paths the page is about: `Paths of 120 sessions from /shoes.` */
export function useFinding({ data, shown, direction }: Pick<PartProps, 'data' | 'shown' | 'direction'>, who: Words['who']): string {
  const { t } = useI18n();
  const eventName = useEventName();
  const whose = { who: who(data.journeys) };
  const [start, end] = [shown.start && eventName(shown.start), shown.end && eventName(shown.end)];
  if (direction === 'backward') return t('paths.finding.backward', { ...whose, end: end ?? '' });
  if (direction === 'between') return t('paths.finding.between', { ...whose, start: start ?? '', end: end ?? '' });
  return start === undefined ? t('paths.finding.forward', whose) : t('paths.finding.start', { ...whose, start });
}
