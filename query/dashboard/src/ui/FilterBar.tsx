import { useState, type FormEvent } from 'react';
import { useI18n } from '../i18n/context';
import { filterDimensions, formatFilter, isKnown, splitValues, withFilter, withoutFilter, type AnyFilter, type Filter } from '../state/filters';
import { operatorsFor, valuesOf } from '../state/suggestions';
import { useFilters } from '../state/useAddress';
import { Icon } from './Icon';
import { Popover } from './Popover';
import { EmptyState } from './states';
import { useSuggestions } from './useSuggestions';
import { useValueName } from './useValueName';
import { ValueField } from './ValueField';

/** The filters as chips that can be taken away, and a way to add one by hand. */
export function FilterBar() {
  const { t } = useI18n();
  const { filters, setFilters } = useFilters();
  const name = useFilterName();
  return (
    <div className="filters">
      <Popover icon="filter" label={t('filter.add')} title={t('filter.title')}>
        {(close) => (
          <AddFilter
            add={(filter) => {
              setFilters(withFilter(filters, filter));
              close();
            }}
          />
        )}
      </Popover>
      {filters.length > 0 && (
        <ul className="chips" aria-label={t('filter.active')}>
          {filters.map((filter) => (
            <li key={formatFilter(filter)}>
              <button
                type="button"
                className={isKnown(filter) ? 'chip' : 'chip chip-unknown'}
                title={isKnown(filter) ? undefined : t('filter.unknown')}
                aria-label={t('filter.remove', { filter: name(filter) })}
                onClick={() => setFilters(withoutFilter(filters, filter))}
              >
                {!isKnown(filter) && <Icon name="warning" size={14} />}
                <span>{name(filter)}</span>
                <Icon name="cross" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {filters.length > 1 && (
        <button type="button" className="link-button" onClick={() => setFilters([])}>
          {t('filter.clear')}
        </button>
      )}
      {!filters.every(isKnown) && <p className="quiet small" data-testid="filter-unknown">{t('filter.unknown')}</p>}
    </div>
  );
}

/** Names a filter for people: `Paese è Italia, Francia`; one without words as it stands. */
export function useFilterName(): (filter: AnyFilter) => string {
  const { label } = useI18n();
  const valueName = useValueName();
  return (filter) => {
    if (!isKnown(filter)) return filter.text;
    const values = splitValues(filter.value).map((value) => valueName(filter.dimension, value)).join(', ');
    return `${label('dimension', filter.dimension)} ${label('operator', filter.operator)} ${values}`;
  };
}

/** Stands where numbers would be when there are none behind the filters. */
export function NothingMatches() {
  const { t } = useI18n();
  const { filters, setFilters } = useFilters();
  const name = useFilterName();
  return (
    <EmptyState
      title={t('filter.nothing', { count: filters.length })}
      hint={t('filter.nothing.hint', { filters: filters.map(name).join(' · ') })}
    >
      <div className="state-actions">
        {filters.map((filter) => (
          <button key={formatFilter(filter)} type="button" className="button" onClick={() => setFilters(withoutFilter(filters, filter))}>
            {t('filter.remove', { filter: name(filter) })}
          </button>
        ))}
        {filters.length > 1 && (
          <button type="button" className="button" onClick={() => setFilters([])}>{t('filter.clear')}</button>
        )}
      </div>
    </EmptyState>
  );
}

function AddFilter({ add }: { add: (filter: Filter) => void }) {
  const i18n = useI18n();
  const { t, label } = i18n;
  const [filter, setFilter] = useState<Filter>({ dimension: 'page', operator: 'contains', value: '' });
  const suggestions = useSuggestions(filter.dimension);
  const choices = operatorsFor(filter.dimension);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = valuesOf(filter.dimension, filter.value, suggestions ?? [], i18n);
    if (value !== '') add({ ...filter, value });
  };
  return (
    <form className="form-stack" onSubmit={submit}>
      <label>
        {t('filter.dimension')}
        <select
          value={filter.dimension}
          onChange={(event) => {
            const dimension = pick(filterDimensions, event.target.value, filter.dimension);
            setFilter({ dimension, operator: pick(operatorsFor(dimension), filter.operator, 'is'), value: '' });
          }}
        >
          {filterDimensions.map((dimension) => (
            <option key={dimension} value={dimension}>{label('dimension', dimension)}</option>
          ))}
        </select>
      </label>
      <label>
        {t('filter.operator')}
        <select
          value={filter.operator}
          onChange={(event) => setFilter({ ...filter, operator: pick(choices, event.target.value, filter.operator) })}
        >
          {choices.map((operator) => (
            <option key={operator} value={operator}>{label('operator', operator)}</option>
          ))}
        </select>
      </label>
      <ValueField value={filter.value} change={(value) => setFilter({ ...filter, value })} suggestions={suggestions} />
      {/* The field keeps the focus: its list would close, and the button move away from under the pointer. */}
      <button type="submit" className="button" onMouseDown={(event) => event.preventDefault()}>{t('period.apply')}</button>
    </form>
  );
}

function pick<T extends string>(choices: readonly T[], wanted: string, otherwise: T): T {
  return choices.find((choice) => choice === wanted) ?? otherwise;
}
