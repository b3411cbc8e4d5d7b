import { useState, type FormEvent } from 'react';
import { useI18n } from '../i18n/context';
import { filterDimensions, formatFilter, operators, withFilter, withoutFilter, type Filter } from '../state/filters';
import { useFilters } from '../state/useUrlState';
import { Icon } from './Icon';
import { Popover } from './Popover';
import { useValueName } from './useValueName';

/** The filters as chips that can be taken away, and a way to add one by hand. */
export function FilterBar() {
  const { t, label } = useI18n();
  const { filters, setFilters } = useFilters();
  const valueName = useValueName();
  const name = (filter: Filter) => {
    const values = filter.value.split(',').map((value) => valueName(filter.dimension, value)).join(', ');
    return `${label('dimension', filter.dimension)} ${label('operator', filter.operator)} ${values}`;
  };
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
                className="chip"
                aria-label={t('filter.remove', { filter: name(filter) })}
                onClick={() => setFilters(withoutFilter(filters, filter))}
              >
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
    </div>
  );
}

function AddFilter({ add }: { add: (filter: Filter) => void }) {
  const { t, label } = useI18n();
  const [filter, setFilter] = useState<Filter>({ dimension: 'page', operator: 'contains', value: '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = filter.value.trim();
    if (value !== '') add({ ...filter, value });
  };
  return (
    <form className="form-stack" onSubmit={submit}>
      <label>
        {t('filter.dimension')}
        <select
          value={filter.dimension}
          onChange={(event) => setFilter({ ...filter, dimension: pick(filterDimensions, event.target.value, filter.dimension) })}
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
          onChange={(event) => setFilter({ ...filter, operator: pick(operators, event.target.value, filter.operator) })}
        >
          {operators.map((operator) => (
            <option key={operator} value={operator}>{label('operator', operator)}</option>
          ))}
        </select>
      </label>
      <label>
        {t('filter.value')}
        <input
          type="text"
          required
          autoCapitalize="off"
          spellCheck={false}
          value={filter.value}
          onChange={(event) => setFilter({ ...filter, value: event.target.value })}
        />
      </label>
      <p className="quiet">{t('filter.valueHint')}</p>
      <button type="submit" className="button">{t('period.apply')}</button>
    </form>
  );
}

function pick<T extends string>(choices: readonly T[], wanted: string, otherwise: T): T {
  return choices.find((choice) => choice === wanted) ?? otherwise;
}
