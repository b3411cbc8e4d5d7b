import { useEffect, useId, useState, type ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';

interface NameFieldProps {
  name: string;
  change: (name: string) => void;
  error: ApiError | undefined;
  isMissing: boolean;
}

export function NameField({ name, change, error, isMissing }: NameFieldProps) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div className="option">
      <label>
        <span className="option-name">{t('segments.name')}</span>
        <input
          type="text"
          value={name}
          maxLength={200}
          placeholder={t('segments.name.example')}
          aria-invalid={isMissing || error !== undefined}
          aria-describedby={isMissing ? id : undefined}
          onChange={(event) => change(event.target.value)}
        />
      </label>
      {error ? <FieldError error={error} /> : isMissing && <p id={id} className="form-error small" role="alert">{t('segments.name.missing')}</p>}
    </div>
  );
}

interface DaysFieldProps {
  days: number;
  change: (days: number) => void;
  error: ApiError | undefined;
}

export function DaysField({ days, change, error }: DaysFieldProps) {
  const { t } = useI18n();
  return (
    <div className="option">
      <label>
        <span className="option-name">{t('segments.days')}</span>
        <CountField value={days} change={change} />
      </label>
      {error ? <FieldError error={error} /> : <p className="quiet small">{t('segments.days.hint')}</p>}
    </div>
  );
}

interface CountFieldProps {
  value: number;
  change: (value: number) => void;
  /** Where no label stands around it. */
  label?: string;
  least?: number;
}

/** A whole number. Half of one is none; the last that was whole stays. */
export function CountField({ value, change, label, least = 1 }: CountFieldProps) {
  const isWhole = (text: string) => isNumber(text) && Number(text) >= least;
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped((before) => (isNumber(before) && Number(before) === value ? before : String(value))), [value]);
  return (
    <input
      type="text"
      className="count-field"
      inputMode="numeric"
      aria-label={label}
      aria-invalid={!isWhole(typed)}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        if (isWhole(target.value)) change(Number(target.value));
      }}
    />
  );
}

function isNumber(text: string): boolean {
  return /^\s*\d{1,7}\s*$/.test(text);
}

interface RowSelectProps<T extends string> {
  label: string;
  values: readonly T[];
  value: T;
  name: (value: T) => string;
  choose: (value: T) => void;
  children?: ReactNode;
}

/** A choice in a row, which has its name from the row. */
export function RowSelect<T extends string>({ label, values, value, name, choose, children }: RowSelectProps<T>) {
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      onChange={({ target }) => {
        const chosen = values.find((one) => one === target.value);
        if (chosen !== undefined) choose(chosen);
      }}
    >
      {children}
      {values.map((one) => <option key={one} value={one}>{name(one)}</option>)}
    </select>
  );
}

/** The error, where it is about a field. */
export function errorOf(error: ApiError | undefined, field: string): ApiError | undefined {
  return error?.field === field ? error : undefined;
}
