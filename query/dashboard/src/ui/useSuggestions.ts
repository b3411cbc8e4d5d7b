import type { Dimension } from '../api/names';
import { questions } from '../api/questions';
import { useAnswer } from '../api/useAnswer';
import { numeric } from '../format/number';
import { useSite } from '../state/site';
import { suggestionsAsked, type Suggestion } from '../state/suggestions';
import { usePeriod } from '../state/useAddress';
import { useValueName } from './useValueName';

interface Sought {
  /** What they are counted in: also what no visitor does has events. */
  readonly metric?: 'visitors' | 'events';
  /** Only values of what it holds for. */
  readonly filter?: string | undefined;
}

/** The values that a dimension has in the period, those with most visitors first. */
export function useSuggestions(dimension: Dimension, { metric = 'visitors', filter }: Sought = {}): readonly Suggestion[] | undefined {
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const valueName = useValueName();
  const asked = { from: resolved.from, to: resolved.to, metrics: metric, group_by: dimension, filter, limit: suggestionsAsked };
  const { data, stale } = useAnswer(questions.stats(site, asked));
  if (!data || stale) return undefined;
  return data.rows.flatMap((row) => {
    const value = row.dimensions[dimension] ?? '';
    // The API has no way to ask for "empty".
    return value === '' ? [] : [{ value, label: valueName(dimension, value), count: numeric(row.metrics[metric]) ?? 0 }];
  });
}
