import { useEffect, useState } from 'react';
import { dimensions, type Dimension } from '../../api/names';
import { useI18n } from '../../i18n/context';
import { comparisonOperators, isProperty, propertyPrefix, type ComparisonOperator } from '../../segments/comparison';
import type { IsRow } from '../../segments/is-row';
import { filterDimensions, splitValues } from '../../state/filters';
import { isCoded, valuesOf, type Suggestion } from '../../state/suggestions';
import { useSuggestions } from '../../ui/useSuggestions';
import { useValueName } from '../../ui/useValueName';
import { ValueField } from '../../ui/ValueField';
import { RowSelect } from './fields';

interface IsFieldsProps {
  label: string;
  row: IsRow;
  change: (row: IsRow) => void;
}

/** What is compared, how, and with what: values are completed from the data. */
export function IsFields({ label, row, change }: IsFieldsProps) {
  const { t, label: nameOf } = useI18n();
  const property = isProperty(row.dimension);
  const known = dimensions.find((one) => one === row.dimension);
  const listed: readonly string[] = [...filterDimensions, propertyPrefix, ...(property || known ? [] : [row.dimension])];
  return (
    <div className="row-line is-fields">
      <RowSelect
        label={t('segments.is.dimension', { label })}
        values={listed}
        value={property ? propertyPrefix : row.dimension}
        name={(one) => (one === propertyPrefix ? t('segments.is.property') : nameOf('dimension', one))}
        choose={(dimension) => {
          const operators = operatorsOf(dimension);
          change({ ...row, dimension, operator: operators.find((one) => one === row.operator) ?? 'is', value: '' });
        }}
      />
      {property && <PropertyName label={label} row={row} change={change} />}
      <RowSelect
        label={t('segments.is.operator', { label })}
        values={withChosen(operatorsOf(row.dimension), row.operator)}
        value={row.operator}
        name={(one) => nameOf('operator', one)}
        choose={(operator) => change({ ...row, operator, value: operator === 'set' ? '' : row.value })}
      />
      {row.operator === 'set' ? null : known && row.operator !== 'matches' ? (
        <OfferedValue key={known} label={label} dimension={known} row={row} change={change} />
      ) : (
        <TypedValue label={label} row={row} change={change} suggestions={[]} />
      )}
    </div>
  );
}

/** A part of a code says nothing, and only what a site sends itself has numbers. */
function operatorsOf(dimension: string): readonly ComparisonOperator[] {
  const known = dimensions.find((one) => one === dimension);
  if (known && isCoded(known)) return ['is', 'is_not'];
  return comparisonOperators.filter((one) => isProperty(dimension) || !['greater', 'less'].includes(one));
}

function withChosen(operators: readonly ComparisonOperator[], chosen: ComparisonOperator): readonly ComparisonOperator[] {
  return operators.includes(chosen) ? operators : [...operators, chosen];
}

function PropertyName({ label, row, change }: IsFieldsProps) {
  const { t } = useI18n();
  return (
    <input
      type="text"
      className="property-field"
      aria-label={t('segments.is.propertyName', { label })}
      placeholder={t('segments.is.propertyName.example')}
      value={row.dimension.slice(propertyPrefix.length)}
      spellCheck={false}
      autoCapitalize="off"
      onChange={(event) => change({ ...row, dimension: propertyPrefix + event.target.value.trim() })}
    />
  );
}

function OfferedValue({ dimension, ...props }: IsFieldsProps & { dimension: Dimension }) {
  return <TypedValue {...props} dimension={dimension} suggestions={useSuggestions(dimension)} />;
}

interface TypedValueProps extends IsFieldsProps {
  dimension?: Dimension;
  suggestions: readonly Suggestion[] | undefined;
}

function TypedValue({ label, row, change, dimension, suggestions }: TypedValueProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const valueName = useValueName();
  const isWhole = ['matches', 'greater', 'less'].includes(row.operator);
  const named =
    isWhole || row.value === '' || !dimension ? row.value : splitValues(row.value).map((one) => valueName(dimension, one).replaceAll(',', '\\,')).join(', ');
  const [typed, setTyped] = useState(named);
  useEffect(() => setTyped(named), [named]);
  const settle = (text: string) => {
    const value = isWhole || !dimension ? text.trim() : valuesOf(dimension, text, suggestions ?? [], i18n);
    if (value !== row.value) change({ ...row, value });
    else setTyped(named);
  };
  return (
    <ValueField
      label={t('segments.is.value', { label })}
      placeholder={t(isWhole ? `segments.is.example.${row.operator as 'matches' | 'greater' | 'less'}` : 'segments.is.example')}
      hint={isWhole ? t('segments.is.whole') : t('filter.valueHint')}
      value={typed}
      change={setTyped}
      settle={settle}
      suggestions={suggestions === undefined || suggestions.length > 0 ? suggestions : undefined}
    />
  );
}
