import type { ReactNode } from 'react';
import { useI18n } from '../i18n/context';
import { choices } from '../state/address';
import { useChoice } from '../state/useAddress';
import { SelectField } from './SelectField';

interface BreakdownFieldProps {
  hint?: string;
  /** What is wrong with it. */
  children?: ReactNode;
}

/** By which dimension an answer is divided: the one of the address, or none. */
export function BreakdownField({ hint, children }: BreakdownFieldProps) {
  const { t, label } = useI18n();
  const [breakdown, choose] = useChoice('breakdown');
  return (
    <SelectField
      label={t('funnels.breakdown')}
      values={choices.breakdown}
      value={breakdown}
      choose={choose}
      name={(one) => (one === 'none' ? t('funnels.breakdown.none') : label('dimension', one))}
      {...(hint !== undefined && { hint })}
    >
      {children}
    </SelectField>
  );
}
