import { useI18n } from '../../i18n/context';
import type { Span } from '../../segments/rule';
import { CountField, RowSelect } from './fields';

const units = ['d', 'h'] as const satisfies readonly Span['unit'][];
const first: Span = { count: 7, unit: 'd' };

interface SpanFieldProps {
  label: string;
  within: Span | undefined;
  change: (within: Span | undefined) => void;
}

/** In how much time at most; nothing in particular is the whole time that the segment looks back. */
export function SpanField({ label, within, change }: SpanFieldProps) {
  const { t } = useI18n();
  return (
    <span className="row-span">
      <RowSelect
        label={t('segments.within', { label })}
        values={['any', 'within'] as const}
        value={within ? 'within' : 'any'}
        name={(one) => t(`segments.within.${one}`)}
        choose={(one) => change(one === 'within' ? first : undefined)}
      />
      {within && (
        <>
          <CountField label={t('segments.within.count', { label })} value={within.count} change={(count) => change({ ...within, count })} />
          <RowSelect
            label={t('segments.within.unit', { label })}
            values={units}
            value={within.unit}
            name={(one) => t(`segments.within.${one}`)}
            choose={(unit) => change({ ...within, unit })}
          />
        </>
      )}
    </span>
  );
}
