import { useRef } from 'react';
import type { JourneyNode, JourneyNumbers, JourneyVariant } from '../../api/types';
import { formatMoney, formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { touchpointIcon } from '../../steps/kinds';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { NumberButton } from '../../ui/NumberButton';
import { PictureButton } from '../../ui/PictureButton';
import type { Behind } from './question';
import type { PartProps } from './useJourneys';
import { useWords, type Words } from './useWords';

const wayOf = ({ nodes, is_cut }: Pick<JourneyVariant, 'nodes' | 'is_cut'>) => JSON.stringify([nodes, is_cut]);

/** The most frequent whole journeys, each as a chain of its steps. */
export function Variants({ data, stale, journeys }: PartProps) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  const picture = useRef<HTMLDivElement>(null);
  const { from, to, unit } = journeys.choices;
  const title = t('journeys.variants');
  const largest = data.variants[0]?.share ?? 0;
  const before = new Map(data.previous?.variants.map((one) => [wayOf(one), one.share]));
  const exported = () => [
    ['steps', 'goes_on', unit, 'share', 'converted', 'conversion_rate', 'conversions', 'revenue', 'duration_median_ms', ...(data.previous ? ['share_before'] : [])],
    ...data.variants.map((one) => [
      one.nodes.map(({ value, stage }) => (stage == null ? value : `${value}@${stage}`)).join(' > '), one.is_cut ? 1 : 0, one.count, one.share, one.converted, one.conversion_rate,
      one.conversions, one.revenue.amount, one.duration.median_ms, ...(data.previous ? [before.get(wayOf(one))] : []),
    ]),
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="journeys" period={{ from, to }} rows={exported} />
          <PictureButton what={title} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <p className="quiet small">{t('journeys.variants.hint')}<Explain name={title} text={t('journeys.def.variant')} /></p>
      <div ref={picture}>
        <ol className="variants" data-testid="journeys-variants">
          {data.variants.map((one, index) => {
            const variant = { nodes: one.nodes, is_cut: one.is_cut };
            const shareBefore = before.get(wayOf(one));
            return (
              <li key={wayOf(one)}>
                <span className="variant-rank" aria-hidden="true">{index + 1}</span>
                <Chain nodes={one.nodes} isCut={one.is_cut} words={words} dimension={data.group_by} />
                <span className="variant-share">
                  <span className="variant-bar" aria-hidden="true"><span style={{ width: `${largest > 0 ? (one.share / largest) * 100 : 0}%` }} /></span>
                  <b>{words.rate(one.share)}</b>
                  {shareBefore !== undefined && <Change change={{ unit: 'points', size: one.share - shareBefore }} />}
                </span>
                <Numbers numbers={one} behind={{ variant }} {...{ data, stale, journeys }} />
              </li>
            );
          })}
        </ol>
        {data.variants_left_out > 0 && (
          <p className="variants-others" data-testid="journeys-others">
            {t('journeys.others', { count: data.variants_left_out, who: words.who(data.others.count), share: words.rate(data.others.count / data.all.count), rate: words.rate(data.others.conversion_rate), money: formatMoney(data.others.revenue, locale) })}
          </p>
        )}
      </div>
    </Card>
  );
}

/** The steps of a journey one after the other. */
function Chain({ nodes, isCut, words, dimension }: { nodes: readonly JourneyNode[]; isCut: boolean; words: Words; dimension: string }) {
  const { t } = useI18n();
  return (
    <ol className="chain">
      {nodes.length === 0 && <li className="chain-step"><span>{t('journeys.atOnce')}</span></li>}
      {nodes.map((node, index) => (
        <li key={index} className="chain-step" style={{ '--dot': words.colour(node) }}>
          <span title={words.name(node)}>
            {dimension === 'touchpoint' && <Icon name={touchpointIcon(node.value)} size={15} />}
            {words.name(node)}
          </span>
        </li>
      ))}
      {isCut && <li className="chain-step chain-cut"><span title={t('journeys.cut')}>…<span className="sr-only">{t('journeys.cut')}</span></span></li>}
    </ol>
  );
}

function Numbers({ numbers, behind, data, journeys }: PartProps & { numbers: JourneyNumbers; behind: Behind }) {
  const { t, locale } = useI18n();
  const words = useWords(data, journeys);
  const number = (count: number, one: Behind, name: string) => (
    <NumberButton
      text={formatNumber(count, locale)}
      title={t('touchpoints.show', { who: words.who(count), name })}
      count={count}
      isShown={journeys.isShown(one)}
      show={() => journeys.toggle(one)}
    />
  );
  const converted = t(words.isBought ? 'journeys.behind.bought' : 'journeys.behind.converted');
  return (
    <dl className="variant-numbers">
      <div>
        <dt>{t(`metric.${journeys.choices.unit}`)}</dt>
        <dd>{number(numbers.count, behind, t('touchpoints.number.all'))}</dd>
      </div>
      <div>
        <dt>{converted}</dt>
        <dd>{number(numbers.converted, { ...behind, outcome: 'converted' }, converted)} <span className="quiet">· {words.rate(numbers.conversion_rate)}</span></dd>
      </div>
      <div>
        <dt>{t('metric.revenue')}</dt>
        <dd className="money">{formatMoney(numbers.revenue, locale)}</dd>
      </div>
      <div>
        <dt>{t('journeys.duration')}</dt>
        <dd>{words.duration(numbers.duration.median_ms)}</dd>
      </div>
    </dl>
  );
}
