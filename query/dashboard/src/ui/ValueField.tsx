import { useId, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../i18n/context';
import { matching, withChosen, type Suggestion } from '../state/suggestions';

interface ValueFieldProps {
  value: string;
  change: (value: string) => void;
  /** Undefined until they have arrived. */
  suggestions: readonly Suggestion[] | undefined;
  /** What they are counted in. */
  counted?: 'visitors' | 'events';
  /** What the field is called and what may stand in it, where it is not the value of a filter. */
  label?: string;
  hint?: string;
  placeholder?: string;
  required?: boolean;
  /** For a field that no button sends: called when a value is chosen and when the field is left. */
  settle?: (value: string) => void;
}

/** A text field that offers the values of the period with their visitors; what is not offered may be typed too. */
export function ValueField({ value, change, suggestions, counted = 'visitors', label, hint, placeholder, required = true, settle }: ValueFieldProps) {
  const { t } = useI18n();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  // Of a field that is settled already all values are offered until something else is typed.
  const [typing, setTyping] = useState(false);
  const sought = settle && !typing ? '' : value;
  const offered = suggestions ? matching(suggestions, sought) : [];
  const unseen = suggestions !== undefined && offered.length === 0 && sought.trim() !== '';
  const shown = open && offered.length > 0;
  const current = shown ? offered[active] : undefined;

  const choose = (one: Suggestion) => {
    const chosen = withChosen(sought, one.label);
    change(chosen);
    setTyping(false);
    settle?.(chosen);
    setOpen(false);
    setActive(-1);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (offered.length === 0) return;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive(active < 0 ? (step > 0 ? 0 : offered.length - 1) : (active + step + offered.length) % offered.length);
    } else if (event.key === 'Enter' && current) {
      event.preventDefault();
      choose(current);
    } else if (event.key === 'Enter' && settle) {
      settle(value);
      setOpen(false);
    } else if (event.key === 'Escape' && shown) {
      // The first Escape closes the list, the next one the panel around it.
      event.stopPropagation();
      setOpen(false);
      setActive(-1);
    }
  };
  return (
    <div className="value-field">
      <label htmlFor={`${id}-input`}>{label ?? t('filter.value')}</label>
      <input
        id={`${id}-input`}
        type="text"
        role="combobox"
        required={required}
        placeholder={placeholder}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={current ? `${id}-${active}` : undefined}
        aria-describedby={`${id}-hint`}
        value={value}
        onFocus={(event) => {
          setOpen(true);
          if (settle) event.target.select();
        }}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false);
          setTyping(false);
          settle?.(value);
        }}
        onKeyDown={onKey}
        onChange={(event) => {
          change(event.target.value);
          setTyping(true);
          setOpen(true);
          setActive(-1);
        }}
      />
      {shown && (
        <ul id={`${id}-list`} role="listbox" className="value-options" aria-label={t('filter.suggestions')}>
          {offered.map((one, index) => (
            <li
              key={one.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(one)}
            >
              <span>{one.label}</span>
              <span className="quiet">{t(counted === 'visitors' ? 'filter.visitors' : 'journey.events', { count: one.count })}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet small value-hint" data-unseen={unseen || undefined} id={`${id}-hint`}>
        {unseen ? t('filter.unseen') : (hint ?? t('filter.valueHint'))}
      </p>
    </div>
  );
}
