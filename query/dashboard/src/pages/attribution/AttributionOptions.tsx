import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { ConversionField } from '../../events/ConversionField';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';
import { BreakdownField } from '../../ui/BreakdownField';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, formatDays, isTooLong, type AttributionField } from './question';
import type { AttributionState } from './useAttribution';

interface OptionsProps {
  attribution: AttributionState;
  error: ApiError | undefined;
}

/** What a conversion is, what a touchpoint is, and how the one is divided among the others. */
export function AttributionOptions({ attribution, error }: OptionsProps) {
  const { t, label } = useI18n();
  const [touch, setTouch] = useChoice('touch');
  const [model, setModel] = useChoice('model');
  const [members, setMembers] = useChoice('members');
  const [chain, setChain] = useChoice('chain');
  const wrong = (field: AttributionField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="attribution-options">
      <ConversionField label={t('attribution.conversion')} conversion={attribution.choices.conversion} error={fieldOf(error) === 'conversion' ? error : undefined} />
      <SelectField label={t('attribution.touch')} values={choices.touch} value={touch} choose={setTouch} name={(one) => label('dimension', one)}>
        {!isTooLong(error) && wrong('group_by')}
      </SelectField>
      <SelectField
        label={t('attribution.model')}
        values={choices.model}
        value={model}
        choose={setModel}
        name={(one) => t(`attribution.model.${one}`)}
        hint={t(`attribution.def.${model}`)}
      >
        {wrong('model')}
      </SelectField>
      <DaysField days={attribution.choices.days} isWrong={fieldOf(error) === 'window_days'} />
      <SelectField label={t('attribution.members')} values={choices.members} value={members} choose={setMembers} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <SelectField
        label={t('attribution.chain')}
        values={choices.chain}
        value={chain}
        choose={setChain}
        name={(one) => t(`attribution.chain.${one}`)}
        hint={t('attribution.chain.hint')}
      >
        {wrong('unconverted')}
      </SelectField>
      <BreakdownField hint={t(model === 'markov' ? 'attribution.breakdown.markov' : 'attribution.breakdown.hint')}>{wrong('breakdown')}</BreakdownField>
    </div>
  );
}

function DaysField({ days, isWrong }: { days: number; isWrong: boolean }) {
  const { t } = useI18n();
  const [, write] = useTexts();
  const [typed, type] = useDraft(String(days), (text) => {
    // Half of a number is none; the last one that was whole stays.
    const count = Number(text);
    if (/^\d{1,9}$/.test(text.trim()) && count > 0) write({ window: formatDays(count) });
  });
  return (
    <div className="option">
      <label>
        <span className="option-name">{t('attribution.days')}</span>
        <input
          type="text"
          inputMode="numeric"
          aria-invalid={isWrong || !/^\s*0*[1-9]\d*\s*$/.test(typed)}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
      </label>
      <p className="quiet small">{t('attribution.days.hint')}</p>
      {/* The API's code is that of a funnel's window, too, which has other bounds. */}
      {isWrong && <p className="form-error small field-error" role="alert">{t('attribution.days.wrong')}</p>}
    </div>
  );
}
