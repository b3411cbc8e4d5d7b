import type { JourneyEvent, JourneySession } from '../api/types';
import { noiseKinds, viewKinds } from './kinds';

/** One step of the journey: an event, and the measurements of its page folded into it. */
export interface Step {
  readonly event: JourneyEvent;
  /** Latest value of each vital of the page, in order of arrival. */
  readonly vitals: readonly JourneyEvent[];
  /** Network requests of the page, in order. */
  readonly requests: readonly JourneyEvent[];
  readonly engaged_ms: number | null;
  /** 0..100 */
  readonly scroll_pct: number | null;
  /** How many events were folded into this one. */
  readonly folded: number;
  /** True where the person stops being anonymous on this visitor id. */
  readonly identifies: boolean;
}

/** A session as a chapter; steps newest first, as the API gives events. */
export interface Chapter {
  readonly key: string;
  readonly session: JourneySession;
  readonly steps: readonly Step[];
}

/** What makes a session the same session in two answers; sessions cut from events have no id. */
export function sessionKey(session: JourneySession): string {
  return session.session ?? `${session.visitor}@${session.started_at}`;
}

/** Turns the API's sessions (newest first) into chapters (newest first). */
export function foldJourney(sessions: readonly JourneySession[]): Chapter[] {
  const chapters = sessions.map((session) => ({
    key: sessionKey(session),
    session,
    steps: foldSession(session.events),
  }));
  return markIdentification(chapters);
}

interface OpenStep {
  event: JourneyEvent;
  noise: JourneyEvent[];
}

/** Folds the measurements of one session into their pages; takes and returns newest first. */
export function foldSession(events: readonly JourneyEvent[]): Step[] {
  const oldestFirst = [...events].reverse();
  const steps: OpenStep[] = [];
  const early: JourneyEvent[] = [];
  for (const event of oldestFirst) {
    if (!noiseKinds.has(event.kind)) {
      steps.push({ event, noise: [] });
      continue;
    }
    const home = steps.findLast((step) => isView(step.event) && samePlace(step.event, event));
    if (home) home.noise.push(event);
    else early.push(event);
  }
  // A measurement can carry an earlier time than its page view; without any view it stands alone.
  const alone: OpenStep[] = [];
  for (const event of early) {
    const home = steps.find((step) => isView(step.event) && samePlace(step.event, event));
    if (home) home.noise.push(event);
    else alone.push({ event, noise: [] });
  }
  return insertByTime(steps, alone).map(closeStep).reverse();
}

function isView(event: JourneyEvent): boolean {
  return viewKinds.has(event.kind);
}

function samePlace(view: JourneyEvent, measured: JourneyEvent): boolean {
  return view.kind === 'screen_view'
    ? view.screen === measured.screen
    : view.path === measured.path && (view.host === measured.host || measured.host === '');
}

/** Puts lone measurements back where they happened; runs of them on one place become one step. */
function insertByTime(steps: OpenStep[], alone: OpenStep[]): OpenStep[] {
  const merged: OpenStep[] = [];
  for (const step of alone) {
    const last = merged.at(-1);
    if (last && last.event.path === step.event.path && last.event.screen === step.event.screen) last.noise.push(step.event);
    else merged.push(step);
  }
  return [...steps, ...merged].sort((a, b) => Date.parse(a.event.ts) - Date.parse(b.event.ts));
}

function closeStep({ event, noise }: OpenStep): Step {
  const vitals = new Map<string, JourneyEvent>();
  let engaged_ms: number | null = noiseKinds.has(event.kind) ? (event.engaged_ms ?? null) : null;
  let scroll_pct: number | null = noiseKinds.has(event.kind) ? (event.scroll_pct ?? null) : null;
  const requests: JourneyEvent[] = [];
  for (const one of event.kind === 'vital' || event.kind === 'network' ? [event, ...noise] : noise) {
    if (one.kind === 'vital') vitals.set(one.name, one);
    if (one.kind === 'network') requests.push(one);
    if (one.kind !== 'page_leave') continue;
    if (one.engaged_ms != null) engaged_ms = (engaged_ms ?? 0) + one.engaged_ms;
    if (one.scroll_pct != null) scroll_pct = Math.max(scroll_pct ?? 0, one.scroll_pct);
  }
  return { event, vitals: [...vitals.values()], requests, engaged_ms, scroll_pct, folded: noise.length, identifies: false };
}

/** Walks each visitor id from its first step and marks where anonymity ends. */
function markIdentification(chapters: Chapter[]): Chapter[] {
  const wasAnonymous = new Map<string, boolean>();
  const marked = [...chapters].reverse().map((chapter) => {
    const { visitor } = chapter.session;
    const steps = [...chapter.steps].reverse().map((step) => {
      const identifies = wasAnonymous.get(visitor) === true && !step.event.anonymous;
      wasAnonymous.set(visitor, step.event.anonymous);
      return identifies ? { ...step, identifies } : step;
    });
    return { ...chapter, steps: steps.reverse() };
  });
  return marked.reverse();
}
