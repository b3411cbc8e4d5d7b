import { reached, refusal } from '../../api/client';
import { ApiError } from '../../api/error';
import type { SqlRequest } from '../../api/types';
import { csvText } from '../../format/csv';
import { CsvRows, type SqlCell } from './csv-rows';

/** Rows that the page shows; a file has all of them. */
export const shownRows_max = 1_000;

export interface SqlRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly SqlCell[])[];
  /** False when there are more. */
  readonly whole: boolean;
  readonly took_ms: number;
}

export type SqlFormat = NonNullable<SqlRequest['format']>;

async function post(site: string, request: SqlRequest, signal?: AbortSignal): Promise<Response> {
  const response = await reached(
    fetch(`/api/v1/sites/${encodeURIComponent(site)}/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
      signal: signal ?? null,
    }),
  );
  if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
  return response;
}

/** What comes of a statement, until there is enough to show. Dropping the rest ends the statement in the store too. */
export async function ask(site: string, request: SqlRequest, signal?: AbortSignal): Promise<SqlRows> {
  const begun = performance.now();
  const response = await post(site, { ...request, format: 'csv' }, signal);
  const rows: (readonly SqlCell[])[] = [];
  let names: readonly string[] | undefined;
  let whole = true;
  for await (const some of rowsOf(response)) {
    for (const row of some) {
      if (names === undefined) names = row.map((name) => name ?? '');
      else rows.push(row);
    }
    if (rows.length > shownRows_max) {
      whole = false;
      break;
    }
  }
  return { names: names ?? [], rows: rows.slice(0, shownRows_max), whole, took_ms: performance.now() - begun };
}

/** The whole answer as a file. Formulas in CSV are disarmed, as in all files of the dashboard. */
export async function file(site: string, request: SqlRequest, format: 'csv' | 'parquet'): Promise<Blob> {
  const response = await post(site, { ...request, format });
  if (format === 'parquet') return reached(response.blob());
  const parts = ['\uFEFF'];
  for await (const rows of rowsOf(response)) parts.push(csvText(rows));
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

async function* rowsOf(response: Response): AsyncGenerator<SqlCell[][]> {
  const reader = response.body?.getReader();
  if (!reader) throw new ApiError(0, 'unreachable', '');
  const decoder = new TextDecoder();
  const csv = new CsvRows();
  try {
    for (;;) {
      // One that breaks off is not whole, and no answer.
      const { done, value } = await reached(reader.read());
      if (done) return;
      yield csv.read(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Where the store stopped reading, as a place in the text: it counts bytes, from 1. */
export function placeOf(error: ApiError, query: string): number | undefined {
  const position = /failed at position (\d+)/.exec(error.message)?.[1];
  if (position === undefined) return undefined;
  const before = new TextEncoder().encode(query).slice(0, Number(position) - 1);
  return new TextDecoder().decode(before).length;
}
