import type { Condition } from '../api/types';
import { formatFilter, isKnown, splitValues, type AnyFilter } from './filters';

/** The filters as a question takes them that stands in a body; undefined where there are none. */
export function conditionOf(filters: readonly AnyFilter[]): Condition | undefined {
  return filters.length === 0 ? undefined : { all: filters.map(memberOf) };
}

function memberOf(filter: AnyFilter): Condition {
  // One without words is asked as it stands, and what is wrong with it is for the API to say.
  const [dimension = '', operator = '', ...rest] = formatFilter(filter).split(':');
  const value = isKnown(filter) ? filter.value : rest.join(':');
  switch (operator) {
    case 'set':
      return { set: { dimension } };
    case 'greater':
      return { greater: { dimension, values: [Number(value)] } };
    case 'less':
      return { less: { dimension, values: [Number(value)] } };
    default:
      return { [operator]: { dimension, values: splitValues(value) } } as unknown as Condition;
  }
}
