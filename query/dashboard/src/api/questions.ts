import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { createFinalURL, defaultPathSerializer } from 'openapi-fetch';
import { answered, client, queryString, reached, refusal, type QueryParameters, type QueryValue, type Told } from './client';
import type { paths } from './schema';
import type {
  AttributionPeopleRequest,
  AttributionRequest,
  FunnelPeopleRequest,
  FunnelRequest,
  IdentityChangeRequest,
  JourneyPeopleRequest,
  JourneysRequest,
  LifecyclePeopleRequest,
  LifecycleRequest,
  PathsPeopleRequest,
  PathsRequest,
  RetentionPeopleRequest,
  RetentionRequest,
  SegmentPreviewRequest,
  StickinessPeopleRequest,
  StickinessRequest,
  TouchpointPeopleRequest,
  TouchpointsRequest,
  Watched,
} from './types';

type Path = { [P in keyof paths]: paths[P] extends { get: { responses: object } } ? P : never }[keyof paths];
type ParametersOf<P extends Path> = paths[P]['get']['parameters'];
type AnswerTo<P extends Path> = paths[P]['get'] extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never;
/** The names are the document's; what a value may be is for the API to say. */
type QueryOf<P extends Path> = { readonly [K in keyof NonNullable<ParametersOf<P>['query']>]?: QueryValue };

/** Questions that are too long for an address stand in the body of a request. */
type LongPath = { [P in keyof paths]: paths[P] extends { post: { requestBody: Body<unknown>; responses: { 200: Body<unknown> } } } ? P : never }[keyof paths];
type Body<T> = { content: { 'application/json': T } };
type BodyOf<P extends LongPath> = paths[P]['post'] extends { requestBody: Body<infer T> } ? T : never;
type LongAnswerTo<P extends LongPath> = paths[P]['post'] extends { responses: { 200: Body<infer T> } } ? T : never;

/** By which tag the server knows an answer. They go with the answers, when the cache lets go of those. */
const tags = new WeakMap<object, string>();

/** A question to the API. What is asked is its key: several parts of a page that ask the same make one request. */
function question<P extends Path>(path: P, at: ParametersOf<P>['path'], query: QueryOf<P> = {}) {
  const queryKey = [path, at ?? {}, query] as const;
  const askOnce = (cache: QueryClient, signal: AbortSignal) => ask<AnswerTo<P>>(cache, queryKey, signal);
  return {
    ...queryOptions({ queryKey, queryFn: ({ signal, client: cache }) => askOnce(cache, signal) }),
    /** For a list that is asked for page by page. */
    askOnce,
  };
}

/** The same of one that stands in a body, which is part of its key. Its answers have no tag: each is sent whole. */
function longQuestion<P extends LongPath>(path: P, at: paths[P]['post']['parameters']['path'], body: BodyOf<P>) {
  const queryKey = [path, at, body] as const;
  const askOnce = (_: QueryClient, signal: AbortSignal) =>
    answered(client.POST(path, { params: { path: at }, body, signal } as never) as Promise<Told<LongAnswerTo<P>>>);
  return {
    ...queryOptions({ queryKey, queryFn: ({ signal, client: cache }) => askOnce(cache, signal) }),
    /** For a list that is asked for page by page. */
    askOnce,
  };
}

/** One of `questions` that has an address of its own, whatever it is about. */
export interface Question {
  readonly queryKey: QuestionKey;
}

type QuestionKey = readonly [path: Path, at: object, query: QueryParameters];

async function ask<T>(cache: QueryClient, key: QuestionKey, signal: AbortSignal): Promise<T> {
  const [path, at, query] = key;
  const known = cache.getQueryData<T & object>(key);
  const tag = known && tags.get(known);
  const request = client.GET(path, {
    params: { path: at, query } as never,
    headers: { 'If-None-Match': tag },
    signal,
  });
  const { data, error, response } = await reached(request as Promise<{ data?: T & object; error?: unknown; response: Response }>);
  // The very object that was kept: who compares sees at once that nothing changed.
  if (response.status === 304 && known) return known;
  if (!response.ok) throw refusal(response, error);
  const newTag = response.headers.get('ETag');
  if (data && newTag !== null) tags.set(data, newTag);
  return data as T;
}

/** Where a question is asked: for what fetches it by itself, as the export does. */
export function addressOf({ queryKey: [path, at, query] }: Question): string {
  return createFinalURL(path, {
    baseUrl: '',
    params: { path: at as Record<string, unknown>, query },
    querySerializer: (asked) => queryString(asked as QueryParameters),
    pathSerializer: defaultPathSerializer,
  });
}

/** Everything that the pages ask. */
export const questions = {
  session: () => question('/api/v1/session', undefined),
  about: () => question('/api/v1/about', undefined),
  sites: () => question('/api/v1/sites', undefined),
  tokens: () => question('/api/v1/tokens', undefined),
  // What is edited is shown as it is now, never first as it was.
  settings: (site: string) => ({ ...question('/api/v1/sites/{site}/settings', { site }), gcTime: 0 }),
  installation: (site: string) => question('/api/v1/sites/{site}/installation', { site }),
  stats: (site: string, query: QueryOf<'/api/v1/sites/{site}/stats'>) => question('/api/v1/sites/{site}/stats', { site }, query),
  people: (site: string, query: QueryOf<'/api/v1/sites/{site}/people'>) => question('/api/v1/sites/{site}/people', { site }, query),
  person: (site: string, person: string) => question('/api/v1/sites/{site}/people/{person}', { site, person }),
  identity: (site: string, person: string) => question('/api/v1/sites/{site}/people/{person}/identity', { site, person }),
  // What would change is asked anew each time: it may have changed.
  identityPreview: (site: string, person: string, body: IdentityChangeRequest) => ({
    ...longQuestion('/api/v1/sites/{site}/people/{person}/identity/preview', { site, person }, body),
    gcTime: 0,
  }),
  suspicious: (site: string, query: QueryOf<'/api/v1/sites/{site}/identity/suspicious'>) =>
    question('/api/v1/sites/{site}/identity/suspicious', { site }, query),
  journey: (site: string, person: string, query: QueryOf<'/api/v1/sites/{site}/people/{person}/journey'>) =>
    question('/api/v1/sites/{site}/people/{person}/journey', { site, person }, query),
  webQuality: (site: string, query: QueryOf<'/api/v1/sites/{site}/quality/web'>) =>
    question('/api/v1/sites/{site}/quality/web', { site }, query),
  appQuality: (site: string, query: QueryOf<'/api/v1/sites/{site}/quality/app'>) =>
    question('/api/v1/sites/{site}/quality/app', { site }, query),
  accounting: (site: string, query: QueryOf<'/api/v1/sites/{site}/accounting'>) =>
    question('/api/v1/sites/{site}/accounting', { site }, query),
  newsletters: (site: string, query: QueryOf<'/api/v1/sites/{site}/newsletters'>) =>
    question('/api/v1/sites/{site}/newsletters', { site }, query),
  newsletterPeople: (site: string, query: QueryOf<'/api/v1/sites/{site}/newsletters/people'>) =>
    question('/api/v1/sites/{site}/newsletters/people', { site }, query),
  funnel: (site: string, body: FunnelRequest) => longQuestion('/api/v1/sites/{site}/funnels', { site }, body),
  funnelPeople: (site: string, body: FunnelPeopleRequest) => longQuestion('/api/v1/sites/{site}/funnels/people', { site }, body),
  retention: (site: string, body: RetentionRequest) => longQuestion('/api/v1/sites/{site}/retention', { site }, body),
  retentionPeople: (site: string, body: RetentionPeopleRequest) =>
    longQuestion('/api/v1/sites/{site}/retention/people', { site }, body),
  lifecycle: (site: string, body: LifecycleRequest) => longQuestion('/api/v1/sites/{site}/lifecycle', { site }, body),
  lifecyclePeople: (site: string, body: LifecyclePeopleRequest) =>
    longQuestion('/api/v1/sites/{site}/lifecycle/people', { site }, body),
  stickiness: (site: string, body: StickinessRequest) => longQuestion('/api/v1/sites/{site}/stickiness', { site }, body),
  stickinessPeople: (site: string, body: StickinessPeopleRequest) =>
    longQuestion('/api/v1/sites/{site}/stickiness/people', { site }, body),
  attributionPeople: (site: string, body: AttributionPeopleRequest) =>
    longQuestion('/api/v1/sites/{site}/attribution/people', { site }, body),
  attribution: (site: string, body: AttributionRequest) => longQuestion('/api/v1/sites/{site}/attribution', { site }, body),
  segments: (site: string) => question('/api/v1/sites/{site}/segments', { site }),
  segment: (site: string, segment: string) => question('/api/v1/sites/{site}/segments/{segment}', { site, segment }),
  segmentPreview: (site: string, body: SegmentPreviewRequest) => longQuestion('/api/v1/sites/{site}/segments/preview', { site }, body),
  segmentMembers: (site: string, segment: string, query: QueryOf<'/api/v1/sites/{site}/segments/{segment}/members'>) =>
    question('/api/v1/sites/{site}/segments/{segment}/members', { site, segment }, query),
  segmentHistory: (site: string, segment: string, query: QueryOf<'/api/v1/sites/{site}/segments/{segment}/history'> = {}) =>
    question('/api/v1/sites/{site}/segments/{segment}/history', { site, segment }, query),
  segmentChanges: (site: string, segment: string, query: QueryOf<'/api/v1/sites/{site}/segments/{segment}/changes'>) =>
    question('/api/v1/sites/{site}/segments/{segment}/changes', { site, segment }, query),
  pathsPeople: (site: string, body: PathsPeopleRequest) => longQuestion('/api/v1/sites/{site}/paths/people', { site }, body),
  reports: (site: string) => question('/api/v1/sites/{site}/reports', { site }),
  report: (site: string, report: string) => question('/api/v1/sites/{site}/reports/{report}', { site, report }),
  /** In the shape of its question's own answer. */
  reportAnswer: (site: string, report: string) => question('/api/v1/sites/{site}/reports/{report}/answer', { site, report }),
  reportNumbers: (site: string, report: string) => question('/api/v1/sites/{site}/reports/{report}/numbers', { site, report }),
  boards: (site: string) => question('/api/v1/sites/{site}/boards', { site }),
  board: (site: string, board: string) => question('/api/v1/sites/{site}/boards/{board}', { site, board }),
  alerts: (site: string) => question('/api/v1/sites/{site}/alerts', { site }),
  alert: (site: string, alert: string) => question('/api/v1/sites/{site}/alerts/{alert}', { site, alert }),
  alertLooks: (site: string, alert: string, query: QueryOf<'/api/v1/sites/{site}/alerts/{alert}/looks'> = {}) =>
    question('/api/v1/sites/{site}/alerts/{alert}/looks', { site, alert }, query),
  alertPreview: (site: string, body: Watched) => longQuestion('/api/v1/sites/{site}/alerts/preview', { site }, body),
  touchpoints: (site: string, body: TouchpointsRequest) => longQuestion('/api/v1/sites/{site}/touchpoints', { site }, body),
  touchpointPeople: (site: string, body: TouchpointPeopleRequest) => longQuestion('/api/v1/sites/{site}/touchpoints/people', { site }, body),
  journeys: (site: string, body: JourneysRequest) => longQuestion('/api/v1/sites/{site}/journeys', { site }, body),
  journeyPeople: (site: string, body: JourneyPeopleRequest) => longQuestion('/api/v1/sites/{site}/journeys/people', { site }, body),
  paths: (site: string, body: PathsRequest) => longQuestion('/api/v1/sites/{site}/paths', { site }, body),
};

/** Where the live stream of a site is. */
export const liveAddress = (site: string) => `/api/v1/sites/${encodeURIComponent(site)}/live`;
