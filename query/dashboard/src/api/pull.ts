import { reached, refusal } from './client';

/** So many people in one request. */
const limit = 20_000;
/** More than anybody saves by hand. */
const pages_max = 50;

export type PullType = 'text/csv' | 'application/x-ndjson';

/** All members of a segment as a file, page by page; false where there are more than are asked for. Rejects with an `ApiError`. */
export async function pullMembers(address: string, type: PullType): Promise<{ text: string; whole: boolean }> {
  const parts: string[] = [];
  let since: string | undefined;
  for (let page = 0; page < pages_max; page++) {
    const query = new URLSearchParams({ limit: String(limit), ...(since !== undefined && { since }) });
    const response = await reached(fetch(`${address}?${query.toString()}`, { headers: { Accept: type } }));
    if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
    const text = await response.text();
    parts.push(type === 'text/csv' && page > 0 ? text.slice(text.indexOf('\n') + 1) : text);
    if (response.headers.get('orma-more') !== 'true') return { text: parts.join(''), whole: true };
    since = response.headers.get('orma-cursor') ?? undefined;
  }
  return { text: parts.join(''), whole: false };
}
