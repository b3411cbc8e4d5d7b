import { useRef, useState } from 'react';
import type { TouchpointCell } from '../../api/types';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { touchpointColour, touchpointIcon } from '../../steps/kinds';
import { BarList } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { HeatCell } from '../../ui/HeatCell';
import { Icon } from '../../ui/Icon';
import { PictureButton } from '../../ui/PictureButton';
import { Segments } from '../../ui/Tabs';
import { useWidth } from '../../ui/useWidth';
import { changeOf, highestOf, risesWell, shadeOf, stagesOf, strengthOf } from './figures';
import { isSamePlace, placeOf, type Place } from './question';
import { cellAt, type PartProps } from './useTouchpoints';
import { useWords, type Words } from './useWords';

/** On less a table of all stages cannot be read. Pixels. */
const table_px_min = 560;

/** Touchpoints by stages, coloured by one of their numbers. */
export function Matrix(part: PartProps) {
  const { data, stale, touchpoints } = part;
  const { t } = useI18n();
  const [shade, setShade] = useChoice('shade');
  const [told, setTold] = useState('');
  const picture = useRef<HTMLDivElement>(null);
  const width = useWidth(picture);
  const words = useWords(touchpoints.choices);
  const { from, to } = touchpoints.choices;
  const title = t('touchpoints.matrix');
  const shadeName = words.shadeName(shade);
  const isNarrow = width !== undefined && width < table_px_min;
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="touchpoints" period={{ from, to }} rows={() => exported(data)} />
          <PictureButton what={t('touchpoints.title')} title={`${t('touchpoints.title')}: ${shadeName}`} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <div className="shade-choice">
        <Segments label={t('touchpoints.shade')} choices={choices.shade.map((id) => ({ id, label: words.shadeName(id) }))} selected={shade} onSelect={setShade} />
        <p className="quiet small" data-testid="touchpoints-shade">{t(`touchpoints.def.${shade}`, { days: words.days })}</p>
      </div>
      <div ref={picture} data-shade={shade}>
        {isNarrow ? <PlaceList {...part} words={words} /> : width !== undefined && <HeatTable {...part} words={words} tell={setTold} />}
      </div>
      {!isNarrow && <p className="heat-told small" aria-hidden="true" data-testid="touchpoints-told">{told || t('touchpoints.point')}</p>}
    </Card>
  );
}

function exported({ cells, touchpoints, previous }: PartProps['data']) {
  const row = (cell: TouchpointCell) => {
    const before = previous && cellAt(previous, placeOf(cell));
    return [
      cell.touchpoint, cell.stage ?? '*', cell.people, cell.events, cell.stays, cell.moved, cell.lost, cell.open, cell.lost_share,
      cell.stay.median_ms, cell.wait.q1_ms, cell.wait.median_ms, cell.wait.q3_ms, cell.converted, cell.conversion_rate, cell.conversions, cell.revenue.amount,
      ...(previous ? [before?.people ?? 0, before?.lost_share, before?.wait.median_ms, before?.converted ?? 0] : []),
    ];
  };
  const head = [
    'touchpoint', 'stage', 'people', 'events', 'stays', 'moved', 'lost', 'open', 'lost_share',
    'stay_median_ms', 'wait_q1_ms', 'wait_median_ms', 'wait_q3_ms', 'converted', 'conversion_rate', 'conversions', 'revenue',
    ...(previous ? ['people_before', 'lost_share_before', 'wait_median_ms_before', 'converted_before'] : []),
  ];
  return [head, ...[...cells, ...touchpoints].map(row)];
}

function HeatTable({ data, touchpoints, words, tell }: PartProps & { words: Words; tell: (sentence: string) => void }) {
  const { t } = useI18n();
  const { shade } = touchpoints.choices;
  const stages = stagesOf(data);
  const highest = highestOf(data.cells, shade);
  const head = t('touchpoints.anyStage');
  const cellOf = (place: Place) => {
    const cell = cellAt(data, place);
    const key = place.stage ?? '*';
    if (!cell) return <td key={key} className="heat-place"><span className="heat-cell heat-none" aria-label={t('touchpoints.nobody')}>·</span></td>;
    const sentence = words.sentence(cell, shade);
    const isShown = isSamePlace(touchpoints.place, place);
    return (
      <HeatCell
        key={key}
        sentence={sentence}
        label={t('touchpoints.open', { text: sentence })}
        // The sum of a row is no place beside the others.
        strength={place.stage === undefined ? 0 : strengthOf(shadeOf(cell, shade), highest)}
        isShown={isShown}
        show={() => touchpoints.look(isShown ? undefined : place)}
        tell={tell}
      >
        <span>{words.number(cell, shade)}</span>
        {data.previous && <Change change={changeOf(shade, cell, cellAt(data.previous, place))} risesWell={risesWell(shade)} />}
      </HeatCell>
    );
  };
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('touchpoints.matrix')}>
      <table className="heat touchpoint-heat" data-testid="touchpoints-table">
        <thead>
          <tr>
            <th scope="col">{t('dimension.touchpoint')}</th>
            {stages.map((stage) => <th key={stage} scope="col" className="heat-head">{words.stageName(stage)}</th>)}
            <th scope="col" className="heat-head">{head}<Explain name={head} text={t('touchpoints.def.anyStage')} /></th>
          </tr>
        </thead>
        <tbody>
          {data.touchpoints.map(({ touchpoint }) => (
            <tr key={touchpoint} data-touchpoint={touchpoint}>
              <th scope="row">
                <span className="touchpoint-name" style={{ '--dot': touchpointColour(touchpoint) }}>
                  <Icon name={touchpointIcon(touchpoint)} size={18} />
                  {words.touchpointName(touchpoint)}
                </span>
              </th>
              {stages.map((stage) => cellOf({ touchpoint, stage }))}
              {cellOf({ touchpoint })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same on a narrow screen: the places one below the other, those with most of the number first. */
function PlaceList({ data, touchpoints, words }: PartProps & { words: Words }) {
  const { t } = useI18n();
  const { shade } = touchpoints.choices;
  const value = (cell: TouchpointCell) => shadeOf(cell, shade) ?? 0;
  const sorted = [...data.cells].sort((one, other) => value(other) - value(one));
  return (
    <div data-testid="touchpoints-list">
      <BarList
        unit={words.shadeName(shade)}
        rows={sorted.map((cell) => ({
          key: JSON.stringify([cell.touchpoint, cell.stage]),
          label: words.placeName(placeOf(cell)),
          value: value(cell),
          text: words.number(cell, shade),
          hint: words.sentence(cell, shade),
          icon: touchpointIcon(cell.touchpoint),
          choose: () => touchpoints.look(placeOf(cell)),
          chooseLabel: t('touchpoints.open.short'),
        }))}
      />
    </div>
  );
}
