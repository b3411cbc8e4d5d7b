import type { ApiError } from '../../api/error';
import type { Segment } from '../../api/types';
import { unchosen } from '../../events/event';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { rowAs, rowTypes, timesNames, type DidRow, type Row, type SegmentRow, type VisitedRow } from '../../segments/rule';
import { clauseOf } from '../../segments/sentence';
import { useListener } from '../../segments/useListener';
import { Icon } from '../../ui/Icon';
import { CountField, RowSelect } from './fields';
import { IsFields } from './IsFields';
import { SequenceFields } from './SequenceFields';
import { SpanField } from './SpanField';
import { WhereFields } from './WhereFields';

interface RowEditorProps {
  /** The row, as its fields are called by. */
  label: string;
  row: Row;
  segments: readonly Segment[];
  change: (row: Row) => void;
  remove: () => void;
  error: ApiError | undefined;
  isMissing: boolean;
}

/** One row: what it is about, its fields, and what is wrong with it. */
export function RowEditor({ label, row, segments, change, remove, error, isMissing }: RowEditorProps) {
  const { t } = useI18n();
  return (
    <>
      <div className="rule-row-head">
        {row.type === 'other' ? (
          <b>{t('segments.other')}</b>
        ) : (
          <RowSelect label={t('segments.row.type', { label })} values={rowTypes} value={row.type} name={(one) => t(`segments.type.${one}`)} choose={(type) => change(rowAs(row, type))} />
        )}
        <button type="button" className="icon-button" title={t('segments.row.remove', { label })} onClick={remove}>
          <Icon name="cross" size={18} />
          <span className="sr-only">{t('segments.row.remove', { label })}</span>
        </button>
      </div>
      <div className="rule-row-fields">
        <RowFields label={label} row={row} segments={segments} change={change} />
        {error ? <FieldError error={error} /> : isMissing && <p className="form-error small" role="alert">{t('segments.row.missing')}</p>}
      </div>
    </>
  );
}

function RowFields({ label, row, segments, change }: Pick<RowEditorProps, 'label' | 'row' | 'segments' | 'change'>) {
  const { t } = useI18n();
  switch (row.type) {
    case 'is':
    case 'never_is':
      return <IsFields label={label} row={row} change={change} />;
    case 'did':
      return (
        <>
          <EventChooser label={label} event={row.event} choose={(event) => change({ ...row, event: event ?? unchosen })} />
          <WhereFields label={label} of="event" where={row.where} change={(where) => change({ ...row, where })} />
          <TimesFields label={label} row={row} change={change} />
        </>
      );
    case 'visited':
      return (
        <>
          <div className="row-line">
            <OftenFields label={label} row={row} change={change} />
            <span aria-hidden="true">{t('segments.visited.unit', { count: row.count })}</span>
          </div>
          <WhereFields label={label} of="session" where={row.where} change={(where) => change({ ...row, where })} />
        </>
      );
    case 'did_not':
      return (
        <>
          <EventChooser label={label} event={row.event} choose={(event) => change({ ...row, event: event ?? unchosen })} />
          <WhereFields label={label} of="event" where={row.where} change={(where) => change({ ...row, where })} />
        </>
      );
    case 'sequence':
    case 'not_sequence':
      return <SequenceFields label={label} row={row} change={change} />;
    case 'segment':
    case 'not_segment':
      return <SegmentField label={label} row={row} segments={segments} change={change} />;
    case 'other':
      return <Other row={row} segments={segments} />;
  }
}

function TimesFields({ label, row, change }: { label: string; row: DidRow; change: (row: Row) => void }) {
  const { t } = useI18n();
  return (
    <div className="row-line">
      <OftenFields label={label} row={row} change={change} />
      <span aria-hidden="true">{t('segments.times.unit', { count: row.count })}</span>
      <SpanField label={label} within={row.within} change={(within) => change({ ...row, within })} />
    </div>
  );
}

/** At least, exactly or at most, and how many. */
function OftenFields({ label, row, change }: { label: string; row: DidRow | VisitedRow; change: (row: Row) => void }) {
  const { t } = useI18n();
  return (
    <>
      <RowSelect
        label={t('segments.times.how', { label })}
        values={timesNames}
        value={row.times}
        name={(one) => t(`segments.times.${one}`)}
        choose={(times) => change({ ...row, times, count: Math.max(row.count, times === 'at_least' ? 1 : 0) })}
      />
      <CountField label={t('segments.times.count', { label })} value={row.count} least={row.times === 'at_least' ? 1 : 0} change={(count) => change({ ...row, count })} />
    </>
  );
}

function SegmentField({ label, row, segments, change }: { label: string; row: SegmentRow; segments: readonly Segment[]; change: (row: Row) => void }) {
  const { t } = useI18n();
  // One that was deleted, or that is not known yet, stays as it is.
  const ids = [...new Set([...segments.map(({ segment }) => segment), ...(row.segment === '' ? [] : [row.segment])])];
  if (ids.length === 0) return <p className="quiet small">{t('segments.which.none')}</p>;
  return (
    <RowSelect
      label={t('segments.which', { label })}
      values={ids}
      value={row.segment}
      name={(id) => segments.find(({ segment }) => segment === id)?.name ?? id}
      choose={(segment) => change({ ...row, segment })}
    >
      <option value="" disabled>{t('event.choose')}</option>
    </RowSelect>
  );
}

/** What the rows have no fields for, as it is. */
function Other({ row, segments }: { row: Extract<Row, { type: 'other' }>; segments: readonly Segment[] }) {
  const { t } = useI18n();
  const listener = useListener(segments);
  return (
    <div className="rule-other" data-testid="rule-other">
      <p>{clauseOf(row.condition, listener)}</p>
      <p className="quiet small">{t('segments.other.hint')}</p>
      <pre className="snippet" tabIndex={0} role="region" aria-label="JSON"><code>{JSON.stringify(row.condition, null, 2)}</code></pre>
    </div>
  );
}
