import type { Chapter } from '../../steps/fold';
import { lookOf, touchpoints, type Tone } from '../../steps/kinds';

export interface RibbonDot {
  /** Place on the time axis, 0..1. */
  readonly x: number;
  readonly steps: number;
  readonly tone: Tone;
  readonly anonymous: boolean;
  /** The newest chapter under the dot, to jump to. */
  readonly chapter: string;
}

export interface RibbonLane {
  readonly touchpoint: string;
  readonly dots: readonly RibbonDot[];
}

export interface Ribbon {
  readonly start_ms: number;
  readonly end_ms: number;
  /** Share of the axis, from the left, whose sessions are not loaded yet. */
  readonly unloaded: number;
  readonly steps: number;
  readonly lanes: readonly RibbonLane[];
}

/** Steps nearer than this share of the axis share one dot; bounds the dots whatever the journey. */
const cell = 1 / 160;
const weight: Readonly<Record<Tone, number>> = { plain: 0, identity: 1, friction: 2, revenue: 3 };

/** Lays the chapters (newest first) on one time axis, a lane for each touchpoint. */
export function layRibbon(chapters: readonly Chapter[], firstSeen: string, moreToLoad: boolean): Ribbon | null {
  const newest = chapters[0];
  const oldest = chapters.at(-1);
  if (!newest || !oldest) return null;
  const loaded_ms = Date.parse(oldest.session.started_at);
  // Not a number while the card is still being loaded; the comparison is then false.
  const first_ms = Date.parse(firstSeen);
  const start_ms = moreToLoad && first_ms < loaded_ms ? first_ms : loaded_ms;
  const end_ms = Math.max(...chapters.map((chapter) => Date.parse(chapter.session.ended_at)));
  const span_ms = Math.max(1, end_ms - start_ms);

  const lanes = new Map<string, Map<number, RibbonDot>>();
  let steps = 0;
  for (const chapter of chapters) {
    for (const { event } of chapter.steps) {
      steps += 1;
      const x = Math.min(1, Math.max(0, (Date.parse(event.ts) - start_ms) / span_ms));
      const column = Math.round(x / cell);
      const lane = lanes.get(event.touchpoint) ?? new Map<number, RibbonDot>();
      lanes.set(event.touchpoint, lane);
      lane.set(column, addToDot(lane.get(column), { x: column * cell, tone: lookOf(event.kind).tone, anonymous: event.anonymous, chapter: chapter.key }));
    }
  }
  return {
    start_ms,
    end_ms,
    unloaded: moreToLoad ? Math.min(1, Math.max(0, (loaded_ms - start_ms) / span_ms)) : 0,
    steps,
    lanes: [...lanes]
      .sort(([a], [b]) => laneOrder(a) - laneOrder(b))
      .map(([touchpoint, dots]) => ({ touchpoint, dots: [...dots.values()].sort((a, b) => a.x - b.x) })),
  };
}

function addToDot(dot: RibbonDot | undefined, added: Omit<RibbonDot, 'steps'>): RibbonDot {
  if (!dot) return { ...added, steps: 1 };
  return {
    ...dot,
    steps: dot.steps + 1,
    tone: weight[added.tone] > weight[dot.tone] ? added.tone : dot.tone,
    anonymous: dot.anonymous && added.anonymous,
  };
}

function laneOrder(touchpoint: string): number {
  const index = (touchpoints as readonly string[]).indexOf(touchpoint);
  return index === -1 ? touchpoints.length : index;
}
