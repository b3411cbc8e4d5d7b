import type { JourneyEvent, JourneySession } from '../src/api/types';

/** An instant so many seconds after ten o'clock. */
export function at(seconds: number): string {
  return new Date(Date.parse('2026-11-21T10:00:00.000Z') + seconds * 1000).toISOString();
}

export function event(event_id: string, seconds: number, fields: Partial<JourneyEvent>): JourneyEvent {
  return {
    event_id,
    ts: at(seconds),
    kind: 'page_view',
    name: '',
    touchpoint: 'site',
    stage: 'pre_purchase',
    anonymous: false,
    title: '',
    host: 'bottega.example',
    path: '',
    referrer: '',
    screen: '',
    target: '',
    duration_ms: null,
    engaged_ms: null,
    scroll_pct: null,
    value: null,
    rating: '',
    revenue: null,
    campaign: '',
    message: '',
    link: '',
    app_version: '',
    bot: '',
    verdict: '',
    verdict_reason: '',
    props: {},
    ...fields,
  };
}

export function session(
  id: string | null,
  seconds: number,
  events: JourneyEvent[],
  fields: Partial<JourneySession> = {},
): JourneySession {
  return {
    session: id,
    started_at: at(seconds),
    ended_at: at(seconds + 60),
    duration_ms: 60_000,
    gap_before_ms: null,
    visitor: 'v1',
    channel: 'direct',
    source: '',
    campaign: '',
    device_class: 'smartphone',
    browser: 'Chrome',
    os: 'Android',
    country: 'IT',
    touchpoints: ['site'],
    page_views: 1,
    revenue: null,
    events,
    ...fields,
  };
}
