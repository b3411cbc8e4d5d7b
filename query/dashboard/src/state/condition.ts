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
  if (dimension === 'segment') return segmentMember(operator, value);
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

/** Several segments are alternatives; what is wrong with the operator is for the API to say. */
function segmentMember(operator: string, value: string): Condition {
  const segments = value.split(',').map((segment) => ({ segment }));
  const [only] = segments;
  const members: Condition = segments.length === 1 && only ? only : { any: segments };
  return operator === 'is' ? members : operator === 'is_not' ? { not: members } : ({ [operator]: { segment: value } } as unknown as Condition);
}
