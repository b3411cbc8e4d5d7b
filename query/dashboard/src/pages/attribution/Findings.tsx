import { inWords } from '../../format/duration';
import { formatMoney, relativeChange } from '../../format/number';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { Explain } from '../../ui/Explain';
import { useValueName } from '../../ui/useValueName';
import { endsOf, furthestModel, type Figures, type Model } from './figures';
import { useCreditText, useRowName, type PartProps } from './useAttribution';

/** What is found, in sentences: who brought most, and where the models say something else. */
export function Findings(part: PartProps) {
  const { data, stale, attribution } = part;
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const { credit, days } = attribution.choices;
  const window = inWords(days, 'day', locale);
  const hasMoney = Number(data.revenue.amount) !== 0;
  return (
    <Card className="findings" stale={stale}>
      {credit === 'revenue' && !hasMoney ? (
        <p className="finding" data-testid="attribution-finding">{t('attribution.noMoney', { count: data.conversions })}</p>
      ) : (
        <>
          <Largest {...part} />
          <OpensAndCloses {...part} />
        </>
      )}
      {data.previous && <Previous {...part} previous={data.previous} />}
      {data.without_visit > 0 && (
        <p data-testid="attribution-without">
          {t('attribution.without', { count: data.without_visit, window, name: valueName(data.group_by, '') })}
          <Explain text={t('attribution.def.without')} name={t('attribution.without.name')} />
        </p>
      )}
    </Card>
  );
}

/** How many conversions there were in the period before, and what they brought. */
function Previous({ data, previous }: PartProps & { previous: NonNullable<PartProps['data']['previous']> }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const change = relativeChange(data.conversions, previous.conversions);
  return (
    <p data-testid="attribution-before">
      {change !== null && <Change change={{ unit: 'percent', size: change }} />}{' '}
      <span className="quiet">
        {t('attribution.previous', {
          from: formatShort(previous.from, locale, timeZone),
          to: formatShort(previous.to, locale, timeZone),
          count: previous.conversions,
          amount: formatMoney(previous.revenue, locale),
        })}
      </span>
    </p>
  );
}

function Largest({ data, rows, attribution }: PartProps) {
  const { t, locale } = useI18n();
  const { model, credit } = attribution.choices;
  const creditText = useCreditText(credit);
  const rowName = useRowName(data.group_by);
  const [largest] = rows;
  // Of a model that is not there, nothing is largest.
  if (!largest?.credits.has(model)) return null;
  const counted = { count: data.conversions, amount: formatMoney(data.revenue, locale) };
  const whole = Number(data.revenue.amount) === 0 ? t('attribution.whole.bare', counted) : t(`attribution.whole.${credit}`, counted);
  const modelName = (one: Model) => t(`attribution.model.${one}`);
  const value = (one: Model) => creditText(largest.credits.get(one));
  const other = furthestModel(largest, model, credit);
  const said = { whole, name: rowName(largest), value: value(model), model: modelName(model) };
  return (
    <p className="finding" data-testid="attribution-finding">
      {other
        ? t(`attribution.found.${credit}`, { ...said, other: modelName(other), otherValue: value(other) })
        : t(`attribution.found.${credit}.same`, said)}
    </p>
  );
}

function OpensAndCloses({ data, rows, attribution }: PartProps) {
  const { t } = useI18n();
  const { credit } = attribution.choices;
  const creditText = useCreditText(credit);
  const rowName = useRowName(data.group_by);
  const ends = endsOf(rows, credit);
  const by = { first: t('attribution.model.first'), last: t('attribution.model.last') };
  const value = ({ credits }: Figures, model: Model) => creditText(credits.get(model));
  return (
    <p data-testid="attribution-ends">
      {ends
        ? t('attribution.ends', {
            ...by,
            opener: rowName(ends.opener),
            openerFirst: value(ends.opener, 'first'),
            openerLast: value(ends.opener, 'last'),
            closer: rowName(ends.closer),
            closerFirst: value(ends.closer, 'first'),
            closerLast: value(ends.closer, 'last'),
          })
        : t('attribution.ends.same', by)}
    </p>
  );
}
