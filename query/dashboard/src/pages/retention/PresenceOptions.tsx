import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { formatEvent, type ChosenEvent } from '../../events/event';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { choices, type Choice } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { SelectField } from '../../ui/SelectField';

interface PresenceOptionsProps<N extends 'stretch' | 'beat'> {
  /** What the length of an interval is called in the address. */
  interval: N;
  event: ChosenEvent | undefined;
  error: ApiError | undefined;
}

/** What somebody does who counts as there, by which intervals, and who is counted. */
export function PresenceOptions<N extends 'stretch' | 'beat'>({ interval, event, error }: PresenceOptionsProps<N>) {
  const { t } = useI18n();
  const [stretch, setStretch] = useChoice(interval);
  const [members, setMembers] = useChoice('members');
  const [, write] = useTexts();
  const values: readonly Choice<N>[] = choices[interval];
  const stretchName = (one: Choice<'stretch' | 'beat'>) => t(`retention.stretch.${one}`);
  const field = fieldOf(error);
  const wrong = (name: PresenceField): ReactNode => field === name && error && <FieldError error={error} />;
  return (
    <div className="retention-options presence-options">
      <div className="option option-wide">
        <span className="option-name" aria-hidden="true">{t('presence.event')}</span>
        <EventChooser
          label={t('presence.event')}
          event={event}
          none={t('retention.any')}
          choose={(chosen) => write({ event: chosen ? formatEvent(chosen) : null, behind: null })}
          error={field === 'event' ? error : undefined}
        />
      </div>
      <SelectField label={t('retention.stretch')} values={values} value={stretch} choose={setStretch} name={stretchName}>
        {wrong('interval')}
      </SelectField>
      <SelectField label={t('retention.members')} values={choices.members} value={members} choose={setMembers} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
    </div>
  );
}

type PresenceField = 'event' | 'interval' | 'unit';
const fields: readonly PresenceField[] = ['event', 'interval', 'unit'];

/** The field of the options that an error is about, which may lie deeper: `event.kind`. */
export function fieldOf(error: ApiError | undefined): PresenceField | undefined {
  const name = /^\w+/.exec(error?.field ?? '')?.[0];
  return fields.find((one) => one === name);
}
