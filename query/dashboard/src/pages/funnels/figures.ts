import type { FunnelStep } from '../../api/types';

/** A share; null where there is nothing to divide by. */
export function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** What is told of a step. */
export interface StepFigures {
  /** From 1. */
  readonly number: number;
  readonly people: number;
  readonly dropped: number;
  readonly ofFirst: number | null;
  /** Null for the first, too. */
  readonly ofPrevious: number | null;
  readonly droppedShare: number | null;
  /** Quarters of the time since the step before; null where nobody came. */
  readonly took: { readonly q1_ms: number; readonly median_ms: number; readonly q3_ms: number } | null;
  /** How many there were in the period before, where it is compared. */
  readonly before: number | null;
}

export function figuresOf(steps: readonly FunnelStep[], before: readonly FunnelStep[] | undefined): StepFigures[] {
  const first = steps[0]?.people ?? 0;
  return steps.map(({ people, dropped, q1_ms, median_ms, q3_ms }, index) => {
    const previous = steps[index - 1];
    const isTimed = q1_ms != null && median_ms != null && q3_ms != null;
    return {
      number: index + 1,
      people,
      dropped,
      ofFirst: shareOf(people, first),
      ofPrevious: previous ? shareOf(people, previous.people) : null,
      droppedShare: shareOf(dropped, people),
      took: isTimed ? { q1_ms, median_ms, q3_ms } : null,
      before: before?.[index]?.people ?? null,
    };
  });
}

/** How many came to the end, of how many. */
export interface Completion {
  readonly began: number;
  readonly ended: number;
  readonly share: number | null;
}

export function completionOf(steps: readonly Pick<FunnelStep, 'people'>[]): Completion {
  const began = steps[0]?.people ?? 0;
  const ended = steps.at(-1)?.people ?? 0;
  return { began, ended, share: shareOf(ended, began) };
}

/** The step at which most stop, the first of several; undefined where nobody does. */
export function largestDrop(steps: readonly StepFigures[]): StepFigures | undefined {
  let largest: StepFigures | undefined;
  for (const step of steps) if (step.dropped > (largest?.dropped ?? 0)) largest = step;
  return largest;
}
