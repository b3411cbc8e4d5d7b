import { useId, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../i18n/context';
import { matching, withChosen, type Suggestion } from '../state/suggestions';

interface ValueFieldProps {
  value: string;
  change: (value: string) => void;
  /** Undefined until they have arrived. */
  suggestions: readonly Suggestion[] | undefined;
}

/** A text field that offers the values of the period with their visitors; what is not offered may be typed too. */
export function ValueField({ value, change, suggestions }: ValueFieldProps) {
  const { t } = useI18n();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const offered = suggestions ? matching(suggestions, value) : [];
  const shown = open && offered.length > 0;
  const current = shown ? offered[active] : undefined;

  const choose = (one: Suggestion) => {
    change(withChosen(value, one.label));
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
    } else if (event.key === 'Escape' && shown) {
      // The first Escape closes the list, the next one the panel around it.
      event.stopPropagation();
      setOpen(false);
      setActive(-1);
    }
  };
  return (
    <div className="value-field">
      <label htmlFor={`${id}-input`}>{t('filter.value')}</label>
      <input
        id={`${id}-input`}
        type="text"
        role="combobox"
        required
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={current ? `${id}-${active}` : undefined}
        aria-describedby={`${id}-hint`}
        value={value}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKey}
        onChange={(event) => {
          change(event.target.value);
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
              <span className="quiet">{t('filter.visitors', { count: one.visitors })}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet small" id={`${id}-hint`}>
        {suggestions && offered.length === 0 && value.trim() !== '' ? t('filter.unseen') : t('filter.valueHint')}
      </p>
    </div>
  );
}
