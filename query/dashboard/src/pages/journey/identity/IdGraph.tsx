import { useI18n } from '../../../i18n/context';
import { shortId, type Graph, type GraphEdge, type GraphNode } from './graph';

const width = 640;
const left_x = 236;
const right_x = 404;

/** Who hangs on whom: users to the left, browsers and devices to the right. The table below says the same in words. */
export function IdGraph({ graph }: { graph: Graph }) {
  const { t } = useI18n();
  const { users, visitors, edges, height, left_out } = graph;
  return (
    <figure className="id-graph">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('identity.graph.label', { users: users.length, visitors: visitors.length, edges: edges.length })}>
        <text className="id-graph-head" x={left_x} y={14} textAnchor="end">{t('identity.users')}</text>
        <text className="id-graph-head" x={right_x} y={14}>{t('identity.visitors')}</text>
        {edges.map((edge, index) => (
          <path key={index} d={pathOf(edge)} className="id-graph-edge" data-held={edge.in_force} data-hand={edge.by_hand} />
        ))}
        {users.map((node) => <Node key={node.id} node={node} x={left_x} />)}
        {visitors.map((node) => <Node key={node.id} node={node} x={right_x} />)}
      </svg>
      <figcaption className="quiet small id-graph-legend">
        <span><i data-held="true" data-hand="false" />{t('identity.graph.event')}</span>
        <span><i data-held="true" data-hand="true" />{t('identity.graph.hand')}</span>
        <span><i data-held="false" data-hand="false" />{t('identity.graph.gone')}</span>
        {left_out > 0 && <span>{t('identity.graph.more', { count: left_out })}</span>}
      </figcaption>
    </figure>
  );
}

function Node({ node: { id, is_user, y }, x }: { node: GraphNode; x: number }) {
  return (
    <g className="id-graph-node" data-user={is_user}>
      <circle cx={x} cy={y} r={6} />
      <text x={is_user ? x - 14 : x + 14} y={y + 4.5} textAnchor={is_user ? 'end' : 'start'}>
        <title>{id}</title>
        {shortId(id)}
      </text>
    </g>
  );
}

/** Between the sides a gentle curve; between two users an arc that stands clear of it. */
function pathOf({ from, to }: GraphEdge): string {
  if (from.is_user) {
    const out = left_x + 14 + Math.min(60, Math.abs(from.y - to.y) / 2);
    return `M${left_x} ${from.y}C${out} ${from.y} ${out} ${to.y} ${left_x} ${to.y}`;
  }
  const middle = (left_x + right_x) / 2;
  return `M${left_x} ${to.y}C${middle} ${to.y} ${middle} ${from.y} ${right_x} ${from.y}`;
}
