import createClient from 'openapi-fetch';
import { ApiError } from './error';
import type { paths } from './schema';
import type { ErrorBody } from './types';

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

/** The API by its own document: paths, parameters and bodies that it does not have do not compile. */
export const client = createClient<paths>({
  headers: { Accept: 'application/json' },
  querySerializer: (query) => queryString(query as QueryParameters),
});

/** How `client` tells what became of a request. */
export interface Told<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What a request came to, whatever its status; rejects with an `ApiError` when nobody answered. */
export async function reached<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    // An answer that breaks off, or is no JSON, is as good as none.
    throw new ApiError(0, 'unreachable', '');
  }
}

/** What the API says to a request; rejects with an `ApiError`. */
export async function answered<T>(request: Promise<Told<T>>): Promise<T> {
  const { data, error, response } = await reached(request);
  if (!response.ok) throw refusal(response, error);
  return data as T;
}

/** Why a request was refused, by the status and the body of the answer. */
export function refusal({ status, headers }: Response, body: unknown): ApiError {
  const wait_ms = 1_000 * (Number(headers.get('Retry-After')) || 0);
  const error = (body as Partial<ErrorBody> | null | undefined)?.error;
  // Of a proxy's HTML page, or of nothing at all, the status is what there is to say.
  if (!error) return new ApiError(status, 'unknown', '', undefined, wait_ms);
  return new ApiError(status, error.code, error.message, error.field ?? undefined, wait_ms);
}
