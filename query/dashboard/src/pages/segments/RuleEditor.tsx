import { useEffect, useRef, useState } from 'react';
import type { ApiError } from '../../api/error';
import type { Segment } from '../../api/types';
import { useI18n } from '../../i18n/context';
import { isSamePlace, placeOf, type RowPlace } from '../../segments/asked';
import { added, changedRow, grouped, joinedBy, removed } from '../../segments/edit';
import type { Group, Join, Row } from '../../segments/rule';
import { Icon } from '../../ui/Icon';
import { RowSelect } from './fields';
import { RowEditor } from './RowEditor';
import type { RuleState } from './useRule';

interface RuleEditorProps {
  state: RuleState;
  /** Those that a row can name. */
  segments: readonly Segment[];
  error: ApiError | undefined;
  /** Whether it was to be saved, so that what is missing is said. */
  isTried: boolean;
}

/** The rows of a rule, and groups of rows. */
export function RuleEditor(props: RuleEditorProps) {
  const { t } = useI18n();
  const { rule, change, asked } = props.state;
  const list = useRef<HTMLElement>(null);
  // Where the focus goes when a row has come or gone.
  const [focused, setFocused] = useState<{ readonly place: RowPlace; readonly turn: number }>();
  useEffect(() => {
    if (focused) list.current?.querySelector<HTMLElement>(`[data-place="${placeText(focused.place)}"] select, [data-place="${placeText(focused.place)}"] button`)?.focus();
  }, [focused]);
  const focus = (place: RowPlace) => setFocused((before) => ({ place, turn: (before?.turn ?? 0) + 1 }));
  const wrong = placeOf(props.error, asked);
  const rowOf = (row: Row, place: RowPlace) => (
    <li key={placeText(place)} className="rule-row" data-place={placeText(place)} data-testid="rule-row">
      <RowEditor
        label={t('segments.row', { number: numberOf(place) })}
        row={row}
        segments={props.segments}
        change={(next) => change((before) => changedRow(before, place, next))}
        remove={() => {
          change((before) => removed(before, place));
          focus(place.row !== undefined ? { item: place.item, row: Math.max(0, place.row - 1) } : { item: Math.max(0, place.item - 1) });
        }}
        error={isSamePlace(wrong, place) ? props.error : undefined}
        isMissing={props.isTried && asked.incomplete.some((one) => isSamePlace(one, place))}
      />
    </li>
  );
  const groupOf = (group: Group, item: number) => (
    <li key={item}>
      <div className="rule-group" role="group" aria-label={t('segments.group', { number: item + 1 })}>
        <JoinField label={t('segments.group', { number: item + 1 })} join={group.join} choose={(join) => change((before) => joinedBy(before, join, item))} />
        <ul className="rule-rows">{group.rows.map((row, place) => rowOf(row, { item, row: place }))}</ul>
        <AddButton
          text={t('segments.add')}
          add={() => {
            change((before) => added(before, item));
            focus({ item, row: group.rows.length });
          }}
        />
      </div>
    </li>
  );
  return (
    <section className="rule" ref={list} aria-labelledby="rule-title">
      <h2 id="rule-title">{t('segments.rule')}</h2>
      {rule.items.length > 1 && <JoinField label={t('segments.rule')} join={rule.join} choose={(join) => change((before) => joinedBy(before, join))} />}
      {rule.items.length === 0 && <p className="quiet">{t('segments.rule.everybody')}</p>}
      <ul className="rule-rows">{rule.items.map((item, place) => (item.type === 'group' ? groupOf(item, place) : rowOf(item, { item: place })))}</ul>
      <div className="rule-acts">
        <AddButton
          text={t('segments.add')}
          add={() => {
            change((before) => added(before));
            focus({ item: rule.items.length });
          }}
        />
        <AddButton
          text={t('segments.addGroup')}
          add={() => {
            change(grouped);
            focus({ item: rule.items.length, row: 0 });
          }}
        />
      </div>
    </section>
  );
}

function placeText({ item, row }: RowPlace): string {
  return row === undefined ? `${item}` : `${item}.${row}`;
}

/** As the reader counts them: `2`, and in a group `2.1`. */
function numberOf({ item, row }: RowPlace): string {
  return row === undefined ? `${item + 1}` : `${item + 1}.${row + 1}`;
}

function JoinField({ label, join, choose }: { label: string; join: Join; choose: (join: Join) => void }) {
  const { t } = useI18n();
  return (
    <div className="rule-join">
      <RowSelect label={t('segments.join', { label })} values={['all', 'any'] as const} value={join} name={(one) => t(`segments.join.${one}`)} choose={choose} />
    </div>
  );
}

function AddButton({ text, add }: { text: string; add: () => void }) {
  return (
    <button type="button" className="button button-quiet" onClick={add}>
      <Icon name="plus" size={16} />
      {text}
    </button>
  );
}
