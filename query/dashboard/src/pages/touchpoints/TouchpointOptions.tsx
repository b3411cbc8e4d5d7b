import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { formatConversion } from '../../events/conversion';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { inWords } from '../../format/duration';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, type TouchpointField } from './question';
import type { TouchpointsState } from './useTouchpoints';

const inOrder = (values: readonly string[]) => [...values].sort((one, other) => Number(one) - Number(other));
const days = inOrder(choices.lost_after) as (typeof choices.lost_after)[number][];
const supports = inOrder(choices.support) as (typeof choices.support)[number][];

/** Who is counted, when somebody is lost, and what a conversion is. */
export function TouchpointOptions({ touchpoints, error }: { touchpoints: TouchpointsState; error: ApiError | undefined }) {
  const { t, label, locale } = useI18n();
  const [members, setMembers] = useChoice('members');
  const [lostAfter, setLostAfter] = useChoice('lost_after');
  const [support, setSupport] = useChoice('support');
  const [breakdown, setBreakdown] = useChoice('breakdown');
  const [, write] = useTexts();
  const wrong = (field: TouchpointField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="touchpoint-options">
      <div className="option option-wide">
        <span className="option-name" aria-hidden="true">{t('touchpoints.conversion')}</span>
        <EventChooser
          label={t('touchpoints.conversion')}
          event={touchpoints.choices.conversion}
          choose={(event) => event && write({ conversion: formatConversion(event), behind: null })}
          error={fieldOf(error) === 'conversion' ? error : undefined}
        />
      </div>
      <SelectField label={t('touchpoints.members')} values={choices.members} value={members} choose={setMembers} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <SelectField label={t('touchpoints.lostAfter')} values={days} value={lostAfter} choose={setLostAfter} name={(one) => inWords(Number(one), 'day', locale)} hint={t('touchpoints.lostAfter.hint')}>
        {wrong('lost_after_days')}
      </SelectField>
      <SelectField label={t('touchpoints.support')} values={supports} value={support} choose={setSupport} name={(one) => formatNumber(Number(one), locale)} hint={t('touchpoints.support.hint')}>
        {wrong('min_stays')}
      </SelectField>
      <SelectField
        label={t('funnels.breakdown')}
        values={choices.breakdown}
        value={breakdown}
        choose={setBreakdown}
        name={(one) => (one === 'none' ? t('funnels.breakdown.none') : label('dimension', one))}
      >
        {wrong('breakdown')}
      </SelectField>
    </div>
  );
}
