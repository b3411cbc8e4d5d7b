import type { Chapter, Step } from '../../steps/fold';
import { lookOf } from '../../steps/kinds';

/** What of a journey is looked at; empty is everything. */
export interface Selection {
  readonly touchpoint: string;
  readonly kind: string;
}

export function isEverything({ touchpoint, kind }: Selection): boolean {
  return touchpoint === '' && kind === '';
}

/** The chapters with the steps that are looked at; a chapter without any is left out. */
export function selectSteps(chapters: readonly Chapter[], selection: Selection): readonly Chapter[] {
  if (isEverything(selection)) return chapters;
  const { touchpoint, kind } = selection;
  const wanted = ({ event }: Step) => (touchpoint === '' || event.touchpoint === touchpoint) && (kind === '' || event.kind === kind);
  return chapters.flatMap((chapter) => {
    const steps = chapter.steps.filter(wanted);
    return steps.length === 0 ? [] : [{ ...chapter, steps }];
  });
}

/** How often each kind of step is in some chapters: what catches the eye first, then the most frequent. */
export function countKinds(chapters: readonly Pick<Chapter, 'steps'>[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { steps } of chapters) for (const { event } of steps) counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
  const isPlain = (kind: string) => Number(lookOf(kind).tone === 'plain');
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => isPlain(a.kind) - isPlain(b.kind) || b.count - a.count || a.kind.localeCompare(b.kind));
}

/** The touchpoints of some chapters, by their first step, newest first. */
export function touchpointsOf(chapters: readonly Chapter[]): string[] {
  return [...new Set(chapters.flatMap(({ steps }) => steps.map(({ event }) => event.touchpoint)))].filter((one) => one !== '');
}

/** A request that was refused, failed, or got no answer. */
export function hasFailed(status: string | undefined): boolean {
  const code = Number(status);
  return status !== undefined && status !== '' && !Number.isNaN(code) && (code === 0 || code >= 400);
}
