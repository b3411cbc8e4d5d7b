import type { PersonSummary } from '../../api/types';

/** Somebody seen again moves to the first page and would stand twice. */
export function withoutRepeats(people: readonly PersonSummary[]): PersonSummary[] {
  const seen = new Set<string>();
  return people.filter((one) => !seen.has(one.person) && seen.add(one.person));
}
