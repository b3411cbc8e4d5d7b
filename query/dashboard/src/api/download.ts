import { reached, refusal } from './client';

/** A list is asked for page by page, and after so many what there is more is left out. */
const pages_max = 50;

export interface Csv {
  /** Without a byte order mark. */
  readonly text: string;
  /** False when there is more than was asked for. */
  readonly whole: boolean;
}

/** A list or table of the API as CSV, all its pages under one line of names; rejects with an `ApiError`. */
export async function fetchCsv(first: string): Promise<Csv> {
  let address: string | null = first;
  const parts: string[] = [];
  while (address !== null && parts.length < pages_max) {
    const response: Response = await ask(address);
    // Reading as text takes the byte order mark away.
    const text = await response.text();
    parts.push(parts.length === 0 ? text : withoutNames(text));
    address = nextPage(response.headers.get('Link'), address);
  }
  return { text: parts.join(''), whole: address === null };
}

async function ask(address: string): Promise<Response> {
  const response = await reached(fetch(address, { headers: { Accept: 'text/csv' } }));
  if (!response.ok) throw refusal(response, await response.json().catch(() => undefined));
  return response;
}

/** The address of the next page, from `<?cursor=…>; rel="next"`. */
export function nextPage(link: string | null, address: string): string | null {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '');
  if (!next) return null;
  const base = new URL(address, 'http://dashboard.invalid');
  const url = new URL(next[1] ?? '', base);
  // The cookie goes along: never to another place than the list's own.
  return url.origin === base.origin && url.pathname === base.pathname ? url.pathname + url.search : null;
}

/** Names of columns hold no line break. */
function withoutNames(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? '' : text.slice(end + 1);
}

/** The mark at its beginning tells spreadsheets that it is UTF-8. */
export function saveCsv(text: string, name: string): void {
  saveFile(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }), name);
}

/** Hands a file to the browser. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
