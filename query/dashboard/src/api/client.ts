import { Answers } from './answers';
import type {
  About,
  Accounting,
  AppQuality,
  ErrorBody,
  Journey,
  Person,
  PersonList,
  Session,
  SignIn,
  SiteList,
  Stats,
  WebQuality,
} from './types';

/** A refusal of the API, or a request that never got an answer (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, code: string, message: string, field?: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;
export type QueryParameters = Readonly<Record<string, QueryValue>>;

/** Builds the query string; an array repeats its name, an empty or missing value is left out. */
export function queryString(query: QueryParameters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    if (Array.isArray(value)) for (const one of value as readonly string[]) parameters.append(name, one);
    else parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  query?: QueryParameters;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const answers = new Answers();

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const method = options.method ?? 'GET';
  const address = `/api/v1${path}${queryString(options.query ?? {})}`;
  const known = method === 'GET' ? answers.tagOf(address) : undefined;
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(known === undefined ? {} : { 'If-None-Match': known }),
    },
    signal: options.signal ?? null,
  };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  if (response.status === 304 && answers.tagOf(address) === known) return answers.get(address) as T;
  if (response.status === 304) return request(path, options);
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T;
  const data = await read<T>(response);
  if (method === 'GET') answers.keep(address, response.headers.get('ETag'), data);
  return data;
}

/** The body; one that breaks off, or is no JSON, is as good as no answer. */
async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', '');
  }
}

/** Whoever signs in next sees nothing of who was here before. */
export function forgetAnswers(): void {
  answers.clear();
}

export async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ErrorBody;
    return new ApiError(response.status, error.code, error.message, error.field ?? undefined);
  } catch {
    // A proxy's HTML page, or nothing at all: the status is what there is to say.
    return new ApiError(response.status, 'unknown', '');
  }
}

export const ofSite = (site: string, path: string) => `/sites/${encodeURIComponent(site)}${path}`;
const ofPerson = (site: string, person: string, path = '') =>
  ofSite(site, `/people/${encodeURIComponent(person)}${path}`);

/** One function per resource; each rejects with an `ApiError`. */
export const api = {
  session: (signal?: AbortSignal) => request<Session>('/session', { signal }),
  signIn: (credentials: SignIn) =>
    request<Session>('/session', { method: 'POST', body: credentials }),
  signOut: () => request<void>('/session', { method: 'DELETE' }).finally(forgetAnswers),
  about: (signal?: AbortSignal) => request<About>('/about', { signal }),
  sites: (signal?: AbortSignal) => request<SiteList>('/sites', { signal }),
  stats: (site: string, query: QueryParameters, signal?: AbortSignal) =>
    request<Stats>(ofSite(site, '/stats'), { query, signal }),
  people: (site: string, query: QueryParameters, signal?: AbortSignal) =>
    request<PersonList>(ofSite(site, '/people'), { query, signal }),
  person: (site: string, person: string, signal?: AbortSignal) =>
    request<Person>(ofPerson(site, person), { signal }),
  unlink: (site: string, person: string, link: string) =>
    request<void>(ofPerson(site, person, `/links/${encodeURIComponent(link)}`), { method: 'DELETE' }),
  journey: (site: string, person: string, query: QueryParameters, signal?: AbortSignal) =>
    request<Journey>(ofPerson(site, person, '/journey'), { query, signal }),
  webQuality: (site: string, query: QueryParameters, signal?: AbortSignal) =>
    request<WebQuality>(ofSite(site, '/quality/web'), { query, signal }),
  appQuality: (site: string, query: QueryParameters, signal?: AbortSignal) =>
    request<AppQuality>(ofSite(site, '/quality/app'), { query, signal }),
  accounting: (site: string, query: QueryParameters, signal?: AbortSignal) =>
    request<Accounting>(ofSite(site, '/accounting'), { query, signal }),
  liveAddress: (site: string) => `/api/v1${ofSite(site, '/live')}`,
};
