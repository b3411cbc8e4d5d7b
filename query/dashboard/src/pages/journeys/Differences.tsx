import { useRef, useState } from 'react';
import type { JourneyDifference } from '../../api/types';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/states';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { PictureButton } from '../../ui/PictureButton';
import { barOf, likely, reachOf } from './difference-bar';
import type { Part } from './question';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

/** So many are told before somebody asks for more. */
const shown_max = 10;

/** What separates those who converted from those who did not: bars to either side, with their intervals. */
export function Differences({ data, stale, journeys }: PartProps) {
  const { t } = useI18n();
  const words = useWords(data, journeys);
  const [isWhole, setWhole] = useState(false);
  const picture = useRef<HTMLDivElement>(null);
  const { separation } = data;
  const { from, to, support } = journeys.choices;
  const title = t(words.isBought ? 'journeys.separation.bought' : 'journeys.separation.converted');
  const rows = isWhole ? separation.differences : separation.differences.slice(0, shown_max);
  const reach = reachOf(rows);
  const exported = () => [
    ['node', 'stage', 'next', 'next_stage', 'converted', 'converted_share', 'not_converted', 'not_converted_share', 'lift', 'difference', 'low', 'high', 'z', 'p', 'adjusted_p'],
    ...separation.differences.map((one) => [
      one.node.value, one.node.stage, one.next?.value, one.next?.stage, one.converted, one.converted_share, one.not_converted, one.not_converted_share, one.lift,
      one.difference, one.difference_low, one.difference_high, one.z, one.p, one.adjusted_p,
    ]),
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        rows.length > 0 && (
          <span className="card-aside">
            <ExportTable what={title} name="journey-differences" period={{ from, to }} rows={exported} />
            <PictureButton what={title} period={{ from, to }} of={picture} />
          </span>
        )
      }
    >
      <p className="comes-with" data-testid="journeys-comes-with"><b>{t('journeys.comesWith')}</b> {t('journeys.comesWith.hint')}</p>
      {rows.length === 0 ? (
        <EmptyState
          title={separation.converted === 0 ? t('journeys.separation.nobody') : separation.not_converted === 0 ? t('journeys.separation.everybody') : t('journeys.separation.few')}
          hint={separation.converted > 0 && separation.not_converted > 0 ? t('journeys.separation.few.hint', { count: Number(support) }) : t('journeys.separation.hint')}
        />
      ) : (
        <div ref={picture}>
          <p className="diverging-heads small" aria-hidden="true">
            <span>{t(words.isBought ? 'journeys.less.bought' : 'journeys.less.converted')}</span>
            <span>{t(words.isBought ? 'journeys.more.bought' : 'journeys.more.converted')}</span>
          </p>
          <ol className="diverging" data-testid="journeys-differences">
            {rows.map((one) => <Row key={JSON.stringify([one.node, one.next])} one={one} reach={reach} data={data} stale={stale} journeys={journeys} />)}
          </ol>
          <p className="quiet small">
            {t('journeys.separation.based', { converted: words.who(separation.converted), others: words.who(separation.not_converted), tested: separation.tested, few: separation.too_few })}
            <Explain name={title} text={t('journeys.def.separation')} />
          </p>
        </div>
      )}
      {separation.differences.length > shown_max && (
        <button type="button" className="button" onClick={() => setWhole(!isWhole)}>{isWhole ? t('app.less') : t('app.more')}</button>
      )}
    </Card>
  );
}

function Row({ one, reach, data, journeys }: PartProps & { one: JourneyDifference; reach: number }) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  const { separation } = data;
  const part: Part = { node: one.node, ...(one.next && { next: one.next }) };
  const name = words.partName(part);
  const { left, width, low, high } = barOf(one, reach);
  const points = (value: number) => formatNumber(value * 100, locale, 1);
  const isMore = one.difference > 0;
  const button = (outcome: 'converted' | 'not_converted') => (
    <NumberButton
      text={formatNumber(one[outcome], locale)}
      title={t('touchpoints.show', { who: words.who(one[outcome]), name: `${name}, ${t(outcome === 'converted' ? (words.isBought ? 'journeys.behind.bought' : 'journeys.behind.converted') : words.isBought ? 'journeys.behind.notBought' : 'journeys.behind.notConverted')}` })}
      count={one[outcome]}
      isShown={journeys.isShown({ difference: part, outcome })}
      show={() => journeys.toggle({ difference: part, outcome })}
    />
  );
  const verb = words.isBought ? 'bought' : 'converted';
  return (
    <li data-more={isMore || undefined} data-likely={likely(one) || undefined}>
      <h3>{name}</h3>
      <span className="diverging-track" aria-hidden="true">
        <span className="diverging-bar" style={{ left: `${left}%`, width: `${width}%` }} />
        <span className="diverging-interval" style={{ left: `${low}%`, width: `${high - low}%` }} />
      </span>
      <p className="diverging-told">
        {t(`journeys.told.${verb}`, { share: words.rate(one.converted_share), others: words.rate(one.not_converted_share) })}{' '}
        {likely(one) ? t(isMore ? `journeys.told.more.${verb}` : `journeys.told.less.${verb}`) : t('journeys.told.chance')}
      </p>
      <p className="quiet small diverging-numbers">
        <span>{t('journeys.points', { points: points(one.difference), low: points(one.difference_low), high: points(one.difference_high) })}</span>
        <span>{t(`journeys.of.${verb}`)} {button('converted')} {t('journeys.outOf', { count: separation.converted })}</span>
        <span>{t(`journeys.ofNot.${verb}`)} {button('not_converted')} {t('journeys.outOf', { count: separation.not_converted })}</span>
      </p>
    </li>
  );
}
