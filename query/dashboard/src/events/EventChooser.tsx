import { useEffect, useId, useState } from 'react';
import type { ApiError } from '../api/error';
import { useI18n } from '../i18n/context';
import { splitValues } from '../state/filters';
import { valuesOf } from '../state/suggestions';
import { useSuggestions } from '../ui/useSuggestions';
import { useValueName } from '../ui/useValueName';
import { ValueField } from '../ui/ValueField';
import { eventTypes, isBeginning, valuesOfType, type ChosenEvent } from './event';
import './events.css';
import { FieldError } from './FieldError';

interface EventChooserProps {
  /** What the event is for: the name of its two fields. */
  label: string;
  /** Undefined: no event in particular. */
  event: ChosenEvent | undefined;
  choose: (event: ChosenEvent | undefined) => void;
  /** What no event in particular means; without it there must be one. */
  none?: string;
  /** Why the API does not take it. */
  error?: ApiError | undefined;
}

/** Chooses an event: its type from a list, and which of it by a field that offers the values of the period. */
export function EventChooser({ label, event, choose, none, error }: EventChooserProps) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div className="event-chooser" data-invalid={error !== undefined || undefined}>
      <label className="sr-only" htmlFor={id}>{t('event.type', { label })}</label>
      <select
        id={id}
        className="field"
        value={event?.type ?? ''}
        onChange={({ target }) => {
          const type = eventTypes.find((one) => one === target.value);
          choose(type && { type, value: '' });
        }}
      >
        {none !== undefined && <option value="">{none}</option>}
        {eventTypes.map((type) => <option key={type} value={type}>{t(`event.type.${type}`)}</option>)}
      </select>
      {event && <EventValue key={event.type} label={label} event={event} choose={choose} />}
      {error && <FieldError error={error} />}
    </div>
  );
}

function EventValue({ label, event, choose }: { label: string; event: ChosenEvent; choose: (event: ChosenEvent) => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const valueName = useValueName();
  const { dimension, filter } = valuesOfType[event.type];
  const suggestions = useSuggestions(dimension, { metric: 'events', filter });
  const named = event.value === '' ? '' : splitValues(event.value).map((one) => valueName(dimension, one).replaceAll(',', '\\,')).join(', ');
  const [typed, setTyped] = useState(named);
  useEffect(() => setTyped(named), [named]);
  const settle = (text: string) => {
    const value = valuesOf(dimension, text, suggestions ?? [], i18n);
    if (value !== event.value) choose({ ...event, value });
    else setTyped(named);
  };
  return (
    <ValueField
      label={t(`event.value.${event.type}`, { label })}
      placeholder={event.type === 'kind' ? t('event.choose') : t(`event.any.${event.type}`)}
      hint={t(`event.hint.${event.type}`)}
      required={event.type === 'kind'}
      value={typed}
      change={setTyped}
      settle={settle}
      // Of a beginning nobody has the very value.
      suggestions={isBeginning(event.type, typed) ? undefined : suggestions}
      counted="events"
    />
  );
}
