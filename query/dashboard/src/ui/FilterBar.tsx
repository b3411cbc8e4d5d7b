import { useState, type FormEvent } from 'react';
import { questions } from '../api/questions';
import { useAnswer } from '../api/useAnswer';
import type { Dimension, Operator } from '../api/names';
import type { Segment } from '../api/types';
import { formatNumber } from '../format/number';
import { useI18n } from '../i18n/context';
import { filterFields, formatFilter, isKnown, splitValues, withFilter, withoutFilter, type AnyFilter, type Filter } from '../state/filters';
import { operatorsFor, valuesOf } from '../state/suggestions';
import { useSite } from '../state/site';
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
  const { t, label } = useI18n();
  const valueName = useValueName();
  const { filters } = useFilters();
  const segments = useSegments(filters.some((filter) => isKnown(filter) && filter.dimension === 'segment'));
  return (filter) => {
    if (!isKnown(filter)) return filter.text;
    if (filter.dimension === 'segment') {
      const names = filter.value.split(',').map((id) => segments?.find(({ segment }) => segment === id)?.name ?? id);
      return `${t('filter.segment')} ${label('operator', filter.operator)} ${names.join(', ')}`;
    }
    const { dimension } = filter;
    const values = splitValues(filter.value).map((value) => valueName(dimension, value)).join(', ');
    return `${label('dimension', dimension)} ${label('operator', filter.operator)} ${values}`;
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

/** The site's segments; undefined until they have come, and where nobody wants them. */
function useSegments(wanted: boolean): readonly Segment[] | undefined {
  const { site } = useSite();
  const { data } = useAnswer(questions.segments(site), { enabled: wanted });
  return data?.items;
}

function AddFilter({ add }: { add: (filter: Filter) => void }) {
  const { t, label } = useI18n();
  const [filter, setFilter] = useState<Filter>({ dimension: 'page', operator: 'contains', value: '' });
  const { dimension } = filter;
  const choices: readonly Operator[] = dimension === 'segment' ? ['is', 'is_not'] : operatorsFor(dimension);
  return (
    <div className="form-stack">
      <label>
        {t('filter.dimension')}
        <select
          value={dimension}
          onChange={(event) => {
            const next = pick(filterFields, event.target.value, dimension);
            const operators: readonly Operator[] = next === 'segment' ? ['is', 'is_not'] : operatorsFor(next);
            setFilter({ dimension: next, operator: pick(operators, filter.operator, 'is'), value: '' });
          }}
        >
          {filterFields.map((one) => (
            <option key={one} value={one}>{one === 'segment' ? t('filter.segment') : label('dimension', one)}</option>
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
      {dimension === 'segment' ? (
        <SegmentValue filter={filter} setFilter={setFilter} add={add} />
      ) : (
        <DimensionValue dimension={dimension} filter={filter} setFilter={setFilter} add={add} />
      )}
    </div>
  );
}

interface ValueProps {
  filter: Filter;
  setFilter: (filter: Filter) => void;
  add: (filter: Filter) => void;
}

function DimensionValue({ dimension, filter, setFilter, add }: ValueProps & { dimension: Dimension }) {
  const i18n = useI18n();
  const suggestions = useSuggestions(dimension);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = valuesOf(dimension, filter.value, suggestions ?? [], i18n);
    if (value !== '') add({ ...filter, value });
  };
  return (
    <form className="form-stack" onSubmit={submit}>
      <ValueField value={filter.value} change={(value) => setFilter({ ...filter, value })} suggestions={suggestions} />
      {/* The field keeps the focus: its list would close, and the button move away from under the pointer. */}
      <button type="submit" className="button" onMouseDown={(event) => event.preventDefault()}>{i18n.t('period.apply')}</button>
    </form>
  );
}

/** The segments of the site by their names. */
function SegmentValue({ filter, setFilter, add }: ValueProps) {
  const { t, locale } = useI18n();
  const segments = useSegments(true);
  if (segments?.length === 0) return <p className="quiet small">{t('filter.segment.none')}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (filter.value !== '') add(filter);
  };
  return (
    <form className="form-stack" onSubmit={submit}>
      <label>
        {t('filter.segment.which')}
        <select required value={filter.value} onChange={({ target }) => setFilter({ ...filter, value: target.value })}>
          <option value="" disabled>{segments ? t('event.choose') : t('app.loading')}</option>
          {segments?.map(({ segment, name, people }) => (
            <option key={segment} value={segment}>{typeof people === 'number' ? `${name} (${formatNumber(people, locale)})` : name}</option>
          ))}
        </select>
      </label>
      <p className="quiet small">{t('filter.segment.hint')}</p>
      <button type="submit" className="button">{t('period.apply')}</button>
    </form>
  );
}

function pick<T extends string>(choices: readonly T[], wanted: string, otherwise: T): T {
  return choices.find((choice) => choice === wanted) ?? otherwise;
}
