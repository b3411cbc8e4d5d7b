import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { formatEvent } from '../../events/event';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { BreakdownField } from '../../ui/BreakdownField';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, type RetentionField } from './question';
import type { RetentionState } from './useRetention';

interface OptionsProps {
  retention: RetentionState;
  error: ApiError | undefined;
}

/** Whom it is about, and what counts as coming again. */
export function RetentionOptions({ retention, error }: OptionsProps) {
  const { t } = useI18n();
  const [stretch, setStretch] = useChoice('stretch');
  const [mode, setMode] = useChoice('mode');
  const [members, setMembers] = useChoice('members');
  const [, write] = useTexts();
  const wrong = (field: RetentionField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="retention-options">
      {(['first', 'again'] as const).map((name) => (
        <div key={name} className="option option-wide">
          <span className="option-name" aria-hidden="true">{t(`retention.${name}`)}</span>
          <EventChooser
            label={t(`retention.${name}`)}
            event={retention.choices[name]}
            none={t('retention.any')}
            choose={(event) => write({ [name]: event ? formatEvent(event) : null, behind: null })}
            error={fieldOf(error) === name ? error : undefined}
          />
        </div>
      ))}
      <SelectField label={t('retention.stretch')} values={choices.stretch} value={stretch} choose={setStretch} name={(one) => t(`retention.stretch.${one}`)}>
        {wrong('interval')}
      </SelectField>
      <SelectField label={t('retention.mode')} values={choices.mode} value={mode} choose={setMode} name={(one) => t(`retention.mode.${one}`)}>
        {wrong('mode')}
      </SelectField>
      <SelectField label={t('retention.members')} values={choices.members} value={members} choose={setMembers} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <BreakdownField hint={t('retention.breakdown.hint')}>{wrong('group_by')}</BreakdownField>
    </div>
  );
}
