import type { ReactNode } from 'react';

interface SelectFieldProps<T extends string> {
  label: string;
  values: readonly T[];
  value: T;
  choose: (value: T) => void;
  name: (value: T) => string;
  hint?: string;
  /** What is wrong with it. */
  children?: ReactNode;
}

/** A choice of a closed list that is too long, or one of too many, for a row of buttons. */
export function SelectField<T extends string>({ label, values, value, choose, name, hint, children }: SelectFieldProps<T>) {
  return (
    <div className="option">
      <label>
        <span className="option-name">{label}</span>
        <select
          className="field"
          value={value}
          onChange={({ target }) => {
            const chosen = values.find((one) => one === target.value);
            if (chosen) choose(chosen);
          }}
        >
          {values.map((one) => <option key={one} value={one}>{name(one)}</option>)}
        </select>
      </label>
      {hint && <p className="quiet small">{hint}</p>}
      {children}
    </div>
  );
}
