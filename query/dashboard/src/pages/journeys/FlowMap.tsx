import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { formatNumber } from '../../format/number';
import { shortened } from '../../format/shortened';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { BarList } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { PictureButton } from '../../ui/PictureButton';
import { Segments } from '../../ui/Tabs';
import { useWidth } from '../../ui/useWidth';
import { flowGraph, type FlowLink } from './flow-graph';
import { layFlow, type LaidLink, type LaidPlace } from './flow-layout';
import type { Behind } from './question';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

/** On less the map cannot be read. Pixels. */
const map_px_min = 600;
const letters_max = 17;
/** The list in its place on a narrow screen. */
const list_max = 15;

/** All journeys as one directed map: how many go from where to where, and how long that takes. */
export function FlowMap(part: PartProps) {
  const { data, stale, journeys } = part;
  const { t } = useI18n();
  const [detail, setDetail] = useChoice('detail');
  const [told, setTold] = useState('');
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const title = t('journeys.map');
  const isNarrow = width !== undefined && width < map_px_min;
  if (data.flow.nodes.length === 0) return null;
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          {!isNarrow && <Segments label={t('journeys.detail')} choices={choices.detail.map((id) => ({ id, label: t(`journeys.detail.${id}`) }))} selected={detail} onSelect={setDetail} />}
          <PictureButton what={title} period={journeys.choices} of={holder} />
        </span>
      }
    >
      <p className="quiet small">{t('journeys.map.hint')}<Explain name={title} text={t('journeys.def.map')} /></p>
      <div ref={holder}>
        {isNarrow ? (
          <MoveList {...part} />
        ) : (
          <div className="flow-scroll" tabIndex={0} role="group" aria-label={title}>
            {width !== undefined && <Picture {...part} width={width} tell={setTold} />}
          </div>
        )}
      </div>
      {!isNarrow && <p className="heat-told small" aria-hidden="true" data-testid="journeys-told">{told || t('journeys.point')}</p>}
      {data.flow.nodes_left_out > 0 && <p className="quiet small">{t('journeys.nodes.leftOut', { count: data.flow.nodes_left_out })}</p>}
    </Card>
  );
}

interface PictureProps extends PartProps {
  width: number;
  tell: (sentence: string) => void;
}

function Picture({ width, tell, data, journeys }: PictureProps) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  const [detail] = useChoice('detail');
  const [pointed, setPointed] = useState<string>();
  const arrow = useId();
  const textOf = ({ count, edge }: FlowLink) => (edge ? `${formatNumber(count, locale)} · ${words.duration(edge.wait.median_ms)}` : formatNumber(count, locale));
  const laid = layFlow(useMemo(() => flowGraph(data.flow, detail), [data.flow, detail]), width, textOf);
  const isNear = ({ from, to }: FlowLink) => from === pointed || to === pointed || linkKey({ from, to }) === pointed;
  const pressing = (behind: Behind | undefined, key: string, sentence: string, seen: string) => {
    const show = behind && (() => journeys.toggle(behind));
    // It begins with what is seen: so it is found by who speaks to the page.
    const told = seen === '' ? sentence : `${seen}. ${sentence}`;
    return {
      role: show ? 'button' : 'img',
      tabIndex: 0,
      'aria-label': show ? t('touchpoints.open', { text: told }) : told,
      ...(behind && { 'aria-expanded': journeys.isShown(behind) }),
      onClick: show,
      onKeyDown: (event: KeyboardEvent) => {
        if (!show || (event.key !== 'Enter' && event.key !== ' ')) return;
        event.preventDefault();
        show();
      },
      onPointerEnter: () => (setPointed(key), tell(sentence)),
      onPointerLeave: () => (setPointed(undefined), tell('')),
      onFocus: () => (setPointed(key), tell(sentence)),
      onBlur: () => (setPointed(undefined), tell('')),
    };
  };
  const linkTold = ({ from, count, edge }: FlowLink, name: string) => {
    if (!edge) return t(from === 'start' ? 'journeys.told.start' : 'journeys.told.end', { who: words.who(count), name, share: words.rate(count / data.all.count) });
    return t('journeys.told.edge', {
      from: words.name(edge.from), to: words.name(edge.to), who: words.who(edge.journeys), count: edge.moves, wait: words.duration(edge.wait.median_ms),
      low: words.duration(edge.wait.q1_ms), high: words.duration(edge.wait.q3_ms),
    });
  };
  const nameOf = (key: string) => {
    const told = laid.places.find(({ place }) => place.key === key)?.place.told;
    return told ? words.name(told.node) : '';
  };
  const link = ({ link: one, path, width: stroke, label }: LaidLink) => {
    const key = linkKey(one);
    const sentence = linkTold(one, nameOf(one.edge ? one.to : one.from === 'start' ? one.to : one.from));
    return (
      <g
        key={key}
        className="flow-link"
        data-kind={one.edge ? 'move' : 'end'}
        data-near={isNear(one) || undefined}
        {...pressing(one.edge && { edge: { node: one.edge.from, next: one.edge.to } }, key, sentence, label ? textOf(one) : '')}
      >
        <path className="flow-reach" d={path} />
        <path className="flow-line" d={path} strokeWidth={stroke} markerEnd={`url(#${arrow})`} />
        {label && <text className="flow-label" x={label.x} y={label.y + 4} textAnchor="middle">{textOf(one)}</text>}
      </g>
    );
  };
  const place = ({ place: one, x, y, width: wide, height }: LaidPlace) => {
    if (!one.told) {
      return (
        <g key={one.key} className="flow-place" data-kind={one.kind} transform={`translate(${x} ${y})`}>
          <rect width={wide} height={height} rx={height / 2} />
          <text x={wide / 2} y={height / 2 + 4.5} textAnchor="middle">{t(`journeys.${one.kind}` as 'journeys.start' | 'journeys.end')}</text>
        </g>
      );
    }
    const { node, journeys: count, visits, converted } = one.told;
    const name = words.name(node);
    const seen = shortened(words.valueName(node), letters_max);
    const second = `${formatNumber(count, locale)} · ${node.stage == null ? words.rate(count / data.all.count) : shortenedEnd(words.stageName(node.stage), letters_max - 5)}`;
    const sentence = t(words.isBought ? 'journeys.told.node.bought' : 'journeys.told.node.converted', {
      name, who: words.who(count), share: words.rate(count / data.all.count), count: visits, converted, rate: words.rate(converted / count),
    });
    return (
      <g key={one.key} className="flow-place" data-kind="node" data-name={node.value} transform={`translate(${x} ${y})`} style={{ '--dot': words.colour(node) }} {...pressing({ edge: { node } }, one.key, sentence, `${seen} ${second}`)}>
        <rect className="flow-ground" width={wide} height={height} rx={9} />
        <rect className="flow-edge" width={6} height={height} rx={3} />
        {/* One text, so that it is read with a space between its lines. */}
        <text>
          <tspan className="flow-name" x={15} y={21}>{seen}</tspan>{' '}
          <tspan className="flow-count" x={15} y={38}>{second}</tspan>
        </text>
      </g>
    );
  };
  return (
    <svg className="flow" width={laid.width} height={laid.height} role="group" aria-label={t('journeys.map.summary', { who: words.who(data.all.count) })} data-pointed={pointed === undefined ? undefined : ''} data-testid="journeys-map">
      <defs>
        <marker id={arrow} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">
          <path className="flow-arrow" d="M0 0 8 4 0 8Z" />
        </marker>
      </defs>
      {laid.links.map(link)}
      {laid.places.map(place)}
    </svg>
  );
}

const shortenedEnd = (text: string, letters: number) => (text.length <= letters ? text : `${text.slice(0, letters - 1)}…`);

const linkKey = ({ from, to }: Pick<FlowLink, 'from' | 'to'>) => `${from}\n${to}`;

/** The same on a narrow screen: the most frequent moves one below the other. */
function MoveList({ data, journeys }: PartProps) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  return (
    <div data-testid="journeys-list">
      <BarList
        unit={t('journeys.times')}
        rows={data.flow.edges.slice(0, list_max).map((edge) => ({
          key: JSON.stringify([edge.from, edge.to]),
          label: `${words.name(edge.from)} → ${words.name(edge.to)}`,
          value: edge.moves,
          text: `${formatNumber(edge.moves, locale)} · ${words.duration(edge.wait.median_ms)}`,
          choose: () => journeys.toggle({ edge: { node: edge.from, next: edge.to } }),
          chooseLabel: t('touchpoints.show', { who: words.who(edge.journeys), name: words.partName({ node: edge.from, next: edge.to }) }),
        }))}
      />
    </div>
  );
}
