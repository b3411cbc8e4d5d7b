import { unchosen } from '../../events/event';
import { EventChooser } from '../../events/EventChooser';
import { useI18n } from '../../i18n/context';
import { sequence_max, sequence_min, type Row, type SequenceRow } from '../../segments/rule';
import { Icon } from '../../ui/Icon';
import { SpanField } from './SpanField';

interface SequenceFieldsProps {
  label: string;
  row: SequenceRow;
  change: (row: Row) => void;
}

/** Events that come one after the other. */
export function SequenceFields({ label, row, change }: SequenceFieldsProps) {
  const { t } = useI18n();
  const { events } = row;
  const changeEvents = (next: SequenceRow['events']) => change({ ...row, events: next });
  return (
    <>
      <ol className="sequence">
        {events.map((event, place) => {
          const step = t('segments.sequence.step', { label, number: place + 1 });
          return (
            <li key={place}>
              <span className="step-number" aria-hidden="true">{place + 1}</span>
              <EventChooser label={step} event={event} choose={(chosen) => changeEvents(events.map((one, at) => (at === place ? (chosen ?? unchosen) : one)))} />
              <button
                type="button"
                className="icon-button"
                disabled={events.length <= sequence_min}
                title={t('segments.row.remove', { label: step })}
                onClick={() => changeEvents(events.filter((_, at) => at !== place))}
              >
                <Icon name="cross" size={16} />
                <span className="sr-only">{t('segments.row.remove', { label: step })}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <div className="row-line">
        <button type="button" className="button button-quiet" disabled={events.length >= sequence_max} onClick={() => changeEvents([...events, unchosen])}>
          <Icon name="plus" size={16} />
          {t('segments.sequence.add')}
        </button>
        <SpanField label={label} within={row.within} change={(within) => change({ ...row, within })} />
      </div>
    </>
  );
}
