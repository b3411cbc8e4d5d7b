import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { ConversionField } from '../../events/ConversionField';
import { FieldError } from '../../events/FieldError';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { choices, type Choice } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { BreakdownField } from '../../ui/BreakdownField';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, type JourneyField } from './question';
import type { JourneysState } from './useJourneys';

const supports: readonly Choice<'support'>[] = [...choices.support].sort((one, other) => Number(one) - Number(other));

/** Whose journey each is, what its steps are, and what counts as a conversion. */
export function JourneyOptions({ journeys, error }: { journeys: JourneysState; error: ApiError | undefined }) {
  const { t, label, locale } = useI18n();
  const [unit, setUnit] = useChoice('unit');
  const [node, setNode] = useChoice('node');
  const [staged, setStaged] = useChoice('staged');
  const [support, setSupport] = useChoice('support');
  const wrong = (field: JourneyField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="journey-options">
      <ConversionField label={t('touchpoints.conversion')} conversion={journeys.choices.conversion} error={fieldOf(error) === 'conversion' ? error : undefined} />
      <SelectField label={t('journeys.node')} values={choices.node} value={node} choose={setNode} name={(one) => label('dimension', one)}>
        {wrong('group_by')}
      </SelectField>
      <SelectField label={t('journeys.staged')} values={choices.staged} value={staged} choose={setStaged} name={(one) => t(`journeys.staged.${one}`)}>
        {wrong('stages')}
      </SelectField>
      <SelectField label={t('journeys.unit')} values={choices.unit} value={unit} choose={setUnit} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <SelectField label={t('touchpoints.support')} values={supports} value={support} choose={setSupport} name={(one) => formatNumber(Number(one), locale)} hint={t('journeys.support.hint')}>
        {wrong('min_support')}
      </SelectField>
      <BreakdownField>{wrong('breakdown')}</BreakdownField>
    </div>
  );
}
