import type { Cohort } from '../../api/types';

/** The rows from the first that has somebody to the last. */
export function filledRows(cohorts: readonly Cohort[]): Cohort[] {
  const isFilled = ({ people }: Cohort) => (people[0] ?? 0) > 0;
  return cohorts.slice(Math.max(0, cohorts.findIndex(isFilled)), cohorts.findLastIndex(isFilled) + 1);
}

/** How many came again of those who could have. */
export interface Mean {
  readonly people: number;
  readonly again: number;
  /** Of how many rows. */
  readonly rows: number;
  /** Null where nobody could have. */
  readonly share: number | null;
}

/** All rows together at an index, each by its size; what is unfinished counts for nothing. */
export function meanOf(cohorts: readonly Cohort[], index: number): Mean {
  const finished = cohorts.filter((one) => isFinished(one, index) && (one.people[0] ?? 0) > 0);
  const sum = (at: number) => finished.reduce((total, { people }) => total + (people[at] ?? 0), 0);
  const [people, again] = [sum(0), sum(index)];
  return { people, again, rows: finished.length, share: people > 0 ? again / people : null };
}

export function isFinished({ finished }: Cohort, index: number): boolean {
  return index < finished;
}

/** How many numbers the longest row has beside its size. */
export function columnsOf(cohorts: readonly Cohort[]): number {
  return Math.max(0, ...cohorts.map(({ people }) => people.length - 1));
}

/** The largest share that is told, by which the colours are measured. */
export function largestShare(cohorts: readonly Cohort[]): number {
  const shares = cohorts.flatMap(({ people: [size = 0, ...again] }) => (size > 0 ? again.map((one) => one / size) : []));
  return Math.max(0, ...shares);
}
