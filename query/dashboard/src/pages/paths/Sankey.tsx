import { useId, type KeyboardEvent } from 'react';
import { shortened } from '../../format/shortened';
import { useI18n } from '../../i18n/context';
import { Icon } from '../../ui/Icon';
import type { PathNode } from './graph';
import { head_px, laySankey, type LaidNode } from './sankey-layout';
import type { PartProps } from './usePaths';
import { useWords, type Words } from './useWords';

interface SankeyProps extends PartProps {
  /** Pixels that there are. */
  width: number;
  /** The node that is pointed at. */
  pointed: PathNode | undefined;
  point: (node: PathNode | undefined) => void;
}

/** Columns of steps, and ribbons between them as wide as many took them. */
export function Sankey({ width, pointed, point, ...part }: SankeyProps) {
  const { t } = useI18n();
  const words = useWords(part);
  const hatch = useId();
  const { graph, data, paths } = part;
  const laid = laySankey(graph, width);
  const isNear = (from: PathNode, to: PathNode) => from.key === pointed?.key || to.key === pointed?.key;
  const near = new Set(laid.ribbons.filter(({ ribbon: { from, to } }) => isNear(from, to)).flatMap(({ ribbon: { from, to } }) => [from.key, to.key]));
  const summary = t('paths.picture.summary', { who: words.who(data.journeys), count: Math.max(0, graph.columns.length - 1) });
  return (
    <svg className="sankey" width={laid.width} height={laid.height} role="group" aria-label={summary} data-pointed={pointed ? '' : undefined} data-testid="paths-sankey">
      <defs>
        <pattern id={hatch} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="sankey-hatch" width="2" height="7" />
        </pattern>
      </defs>
      {laid.columns.map((x, column) => (
        <text key={column} className="sankey-head" x={x} y={head_px - 14}>{words.columnName(column)}</text>
      ))}
      {laid.ribbons.map(({ ribbon: { from, to }, outline }) => (
        <path key={`${from.key}\n${to.key}`} className="sankey-ribbon" data-kind={to.kind === 'end' ? 'end' : undefined} data-near={isNear(from, to) || undefined} d={outline} />
      ))}
      {laid.nodes.map((one) => (
        <Node
          key={one.node.key}
          laid={one}
          letters={laid.letters}
          words={words}
          hatch={`url(#${hatch})`}
          isNear={near.has(one.node.key) || one.node.key === pointed?.key}
          walk={paths.walkFrom(one.node)}
          hint={t(part.direction === 'backward' ? 'paths.walk.back' : 'paths.walk')}
          point={point}
        />
      ))}
    </svg>
  );
}

interface NodeProps {
  laid: LaidNode;
  letters: number;
  words: Words;
  hatch: string;
  isNear: boolean;
  walk: (() => void) | undefined;
  hint: string;
  point: (node: PathNode | undefined) => void;
}

const text_x = 14;
const icon_px = 15;

function Node({ laid: { node, x, y, width, height }, letters, words, hatch, isNear, walk, hint, point }: NodeProps) {
  const name = words.nodeName(node);
  const isOutside = node.kind === 'end' || node.kind === 'beginning';
  const seen = shortened(name, isOutside ? letters - 3 : letters);
  const share = words.share(node);
  // It begins with what is seen: so it is found by who speaks to the page.
  const told = `${seen} ${share}. ${words.told(node)}`;
  const pressed = (event: KeyboardEvent) => {
    if (!walk || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    walk();
  };
  return (
    <g
      className="sankey-node"
      data-kind={node.kind}
      data-column={node.column}
      data-name={node.name}
      data-near={isNear || undefined}
      data-walk={walk ? '' : undefined}
      role={walk ? 'button' : 'img'}
      tabIndex={0}
      aria-label={walk ? `${told} ${hint}` : told}
      transform={`translate(${x} ${y})`}
      onClick={walk}
      onKeyDown={pressed}
      onPointerEnter={() => point(node)}
      onPointerLeave={() => point(undefined)}
      onFocus={() => point(node)}
      onBlur={() => point(undefined)}
    >
      <rect className="sankey-ground" width={width} height={height} rx={8} />
      {node.kind === 'end' && <rect className="sankey-hatched" width={width} height={height} rx={8} fill={hatch} />}
      <rect className="sankey-edge" width={5} height={height} rx={2.5} />
      {isOutside && <g className="sankey-icon" transform={`translate(${text_x} 8)`}><Icon name={node.kind === 'end' ? 'exit' : 'play'} size={icon_px} /></g>}
      {/* One text, so that it is read with a space between its lines. */}
      <text>
        <tspan className="sankey-name" x={isOutside ? text_x + icon_px + 5 : text_x} y={20}>{seen}</tspan>{' '}
        <tspan className="sankey-share" x={text_x} y={37}>{share}</tspan>
      </text>
    </g>
  );
}
