import type { ApiError } from '../api/error';
import { useTexts } from '../state/useAddress';
import { formatConversion } from './conversion';
import type { ChosenEvent } from './event';
import { EventChooser } from './EventChooser';

interface ConversionFieldProps {
  label: string;
  conversion: ChosenEvent;
  /** What is wrong with it. */
  error: ApiError | undefined;
}

/** What counts as a conversion; of another one the people of a number are others. */
export function ConversionField({ label, conversion, error }: ConversionFieldProps) {
  const [, write] = useTexts();
  return (
    <div className="option option-wide">
      <span className="option-name" aria-hidden="true">{label}</span>
      <EventChooser label={label} event={conversion} choose={(event) => event && write({ conversion: formatConversion(event), behind: null })} error={error} />
    </div>
  );
}
