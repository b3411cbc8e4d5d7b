import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { ConversionField } from '../../events/ConversionField';
import { FieldError } from '../../events/FieldError';
import { inWords } from '../../format/duration';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { BreakdownField } from '../../ui/BreakdownField';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, type TouchpointField } from './question';
import type { TouchpointsState } from './useTouchpoints';

const inOrder = (values: readonly string[]) => [...values].sort((one, other) => Number(one) - Number(other));
const days = inOrder(choices.lost_after) as (typeof choices.lost_after)[number][];
const supports = inOrder(choices.support) as (typeof choices.support)[number][];

/** Who is counted, when somebody is lost, and what a conversion is. */
export function TouchpointOptions({ touchpoints, error }: { touchpoints: TouchpointsState; error: ApiError | undefined }) {
  const { t, locale } = useI18n();
  const [members, setMembers] = useChoice('members');
  const [lostAfter, setLostAfter] = useChoice('lost_after');
  const [support, setSupport] = useChoice('support');
  const wrong = (field: TouchpointField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="touchpoint-options">
      <ConversionField label={t('touchpoints.conversion')} conversion={touchpoints.choices.conversion} error={fieldOf(error) === 'conversion' ? error : undefined} />
      <SelectField label={t('touchpoints.members')} values={choices.members} value={members} choose={setMembers} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <SelectField label={t('touchpoints.lostAfter')} values={days} value={lostAfter} choose={setLostAfter} name={(one) => inWords(Number(one), 'day', locale)} hint={t('touchpoints.lostAfter.hint')}>
        {wrong('lost_after_days')}
      </SelectField>
      <SelectField label={t('touchpoints.support')} values={supports} value={support} choose={setSupport} name={(one) => formatNumber(Number(one), locale)} hint={t('touchpoints.support.hint')}>
        {wrong('min_stays')}
      </SelectField>
      <BreakdownField>{wrong('breakdown')}</BreakdownField>
    </div>
  );
}
