import { useEffect, useRef } from 'react';
import type { TouchpointCell } from '../../api/types';
import { formatMoney, formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { BarList, type BarRow } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { touchpointIcon } from '../../steps/kinds';
import { formatPlace, isSameBehind, outcomes, placeOf, type Behind, type Outcome, type Place } from './question';
import type { PartProps } from './useTouchpoints';
import { useWords } from './useWords';

interface CellPanelProps extends Omit<PartProps, 'data'> {
  place: Place;
  cell: TouchpointCell;
}

/** One place: who was there, how long they waited, what came next, and who was lost. */
export function CellPanel({ stale, touchpoints, place, cell }: CellPanelProps) {
  const { t, locale } = useI18n();
  const words = useWords(touchpoints.choices);
  const { from, to, lostAfter } = touchpoints.choices;
  const panel = usePanelFocus();
  const name = words.placeName(place);
  const counts: Readonly<Record<Outcome, number>> = { all: cell.people, lost: cell.lost, open: cell.open, converted: cell.converted };
  const notes: Readonly<Record<Outcome, string>> = {
    all: t('touchpoints.panel.events', { events: cell.events, count: cell.stays }),
    lost: t('touchpoints.panel.lost', { share: words.rate(cell.lost_share), count: cell.moved + cell.lost }),
    open: t('touchpoints.panel.open', { count: Number(lostAfter) }),
    converted: t('touchpoints.panel.converted', { share: words.rate(cell.conversion_rate), money: formatMoney(cell.revenue, locale) }),
  };
  const toggle = (behind: Behind) => touchpoints.show(place, isSameBehind(touchpoints.behind, behind) ? undefined : behind);
  const title = t('touchpoints.next');
  const exported = () => [
    ['touchpoint', 'stage', 'moves', 'people', 'share'],
    ...cell.next.map((next) => [next.touchpoint, next.stage ?? '*', next.count, next.people, next.share]),
  ];
  return (
    <div ref={panel} tabIndex={-1} className="touchpoint-panel" data-testid="touchpoints-panel">
      <Card
        title={name}
        stale={stale}
        aside={<button type="button" className="button button-quiet" onClick={() => touchpoints.look(undefined)}>{t('touchpoints.close')}</button>}
      >
        <dl className="touchpoint-numbers">
          {outcomes.map((outcome) => (
            <div key={outcome} data-outcome={outcome}>
              <dt>{t(`touchpoints.number.${outcome}`)}<Explain name={t(`touchpoints.number.${outcome}`)} text={t(`touchpoints.def.number.${outcome}`, { days: words.days })} /></dt>
              <dd>
                <NumberButton
                  text={formatNumber(counts[outcome], locale)}
                  title={t('touchpoints.show', { who: words.who(counts[outcome]), name: t(`touchpoints.number.${outcome}`) })}
                  count={counts[outcome]}
                  isShown={isSameBehind(touchpoints.behind, { outcome })}
                  show={() => toggle({ outcome })}
                />
                <span className="quiet small second">{notes[outcome]}</span>
              </dd>
            </div>
          ))}
          <div>
            <dt>{t('touchpoints.number.wait')}<Explain name={t('touchpoints.number.wait')} text={t('touchpoints.def.wait', { days: words.days })} /></dt>
            <dd>
              {words.duration(cell.wait.median_ms)}
              {cell.moved > 0 && <span className="quiet small second">{t('touchpoints.panel.wait', { from: words.duration(cell.wait.q1_ms), to: words.duration(cell.wait.q3_ms), count: cell.moved })}</span>}
            </dd>
          </div>
        </dl>
        <div className="touchpoint-next-head">
          <h3>{title}</h3>
          <ExportTable what={`${title}: ${name}`} name={`touchpoint-${formatPlace(place).replace(/\W+/g, '-')}`} period={{ from, to }} rows={exported} />
        </div>
        <p className="quiet small">{t('touchpoints.next.def')}</p>
        <div data-testid="touchpoints-next">
          <BarList unit={t('touchpoints.stays')} rows={[...nextRows(), ...endRows()]} />
        </div>
      </Card>
    </div>
  );

  function nextRows(): BarRow[] {
    return cell.next.map((next): BarRow => {
      const to = placeOf(next);
      return {
        key: JSON.stringify(to),
        label: words.placeName(to),
        value: next.count,
        text: `${formatNumber(next.count, locale)} · ${words.rate(next.count / cell.stays)}`,
        hint: t('touchpoints.next.told', { count: next.count, who: words.who(next.people), place: words.placeName(to) }),
        icon: touchpointIcon(next.touchpoint),
        choose: () => toggle({ outcome: 'next', next: to }),
        chooseLabel: t('touchpoints.show', { who: words.who(next.people), name: words.placeName(to) }),
      };
    });
  }

  function endRows(): BarRow[] {
    return (['lost', 'open'] as const).filter((one) => counts[one] > 0).map((one) => ({
      key: one,
      label: t(`touchpoints.end.${one}`),
      value: counts[one],
      text: `${formatNumber(counts[one], locale)} · ${words.rate(counts[one] / cell.stays)}`,
      tone: one,
      icon: one === 'lost' ? 'exit' : 'pause',
      choose: () => toggle({ outcome: one }),
      chooseLabel: t('touchpoints.show', { who: words.who(counts[one]), name: t(`touchpoints.number.${one}`) }),
    }));
  }
}

/** The panel lies below what opened it: it is brought into view, unless the page was opened with it. */
function usePanelFocus() {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement !== document.body) panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return panel;
}
