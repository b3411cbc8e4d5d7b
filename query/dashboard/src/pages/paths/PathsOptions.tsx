import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, formatLeast, type PathsField } from './question';
import type { PathsState } from './usePaths';

interface OptionsProps {
  paths: PathsState;
  error: ApiError | undefined;
}

const stepsInOrder = [...choices.steps].sort((one, other) => Number(one) - Number(other));

/** Where paths begin and end, and what is a step of them. */
export function PathsOptions({ paths, error }: OptionsProps) {
  const { t } = useI18n();
  const [scope, setScope] = useChoice('scope');
  const [nodes, setNodes] = useChoice('nodes');
  const [steps, setSteps] = useChoice('steps');
  const [repeats, setRepeats] = useChoice('repeats');
  const wrong = (field: PathsField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <div className="paths-options">
      {(['start', 'end'] as const).map((place) => (
        <div key={place} className="option option-wide">
          <span className="option-name" aria-hidden="true">{t(`paths.${place}`)}</span>
          <EventChooser
            label={t(`paths.${place}`)}
            event={paths.choices[place]}
            none={t(`paths.${place}.none`)}
            choose={(event) => paths.choose(place, event)}
            error={fieldOf(error) === place ? error : undefined}
          />
          <p className="quiet small">{t(`paths.${place}.hint`)}</p>
        </div>
      ))}
      <SelectField label={t('paths.scope')} values={choices.scope} value={scope} choose={setScope} name={(one) => t(`paths.scope.${one}`)}>
        {wrong('scope')}
      </SelectField>
      <SelectField label={t('paths.nodes')} values={choices.nodes} value={nodes} choose={setNodes} name={(one) => t(`paths.nodes.${one}`)}>
        {wrong('nodes')}
      </SelectField>
      <SelectField label={t('paths.steps')} values={stepsInOrder} value={steps} choose={setSteps} name={(one) => one}>
        {wrong('steps')}
      </SelectField>
      <SelectField label={t('paths.repeats')} values={choices.repeats} value={repeats} choose={setRepeats} name={(one) => t(`paths.repeats.${one}`)}>
        {wrong('fold')}
      </SelectField>
      <LeastField least={paths.choices.least}>{wrong('min_count')}</LeastField>
    </div>
  );
}

function LeastField({ least, children }: { least: number; children: ReactNode }) {
  const { t } = useI18n();
  const [, write] = useTexts();
  const [typed, type] = useDraft(String(least), (text) => {
    // Half of a number is none; the last one that was whole stays.
    const count = Number(text);
    if (/^\d{1,9}$/.test(text.trim()) && count > 0) write({ least: formatLeast(count) });
  });
  return (
    <div className="option">
      <label>
        <span className="option-name">{t('paths.least')}</span>
        <input
          type="text"
          inputMode="numeric"
          aria-invalid={!/^\s*0*[1-9]\d{0,8}\s*$/.test(typed)}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
      </label>
      <p className="quiet small">{t('paths.least.hint')}</p>
      {children}
    </div>
  );
}
