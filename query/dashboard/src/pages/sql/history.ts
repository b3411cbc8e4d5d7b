/** Statements that were run at a site, the latest first; they stay in this browser. */
const statements_max = 20;
/** One that is longer is not kept. */
const letters_max = 20_000;

const keyOf = (site: string) => `orma.sql.${site}`;

export function readHistory(site: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(site)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, statements_max) : [];
  } catch {
    return [];
  }
}

/** What is kept once this one was run, too. */
export function keepInHistory(site: string, query: string): string[] {
  const kept = withStatement(readHistory(site), query);
  try {
    localStorage.setItem(keyOf(site), JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
  return kept;
}

export function forgetHistory(site: string): void {
  try {
    localStorage.removeItem(keyOf(site));
  } catch {
    // There is nothing then.
  }
}

export function withStatement(history: readonly string[], query: string): string[] {
  if (query.length > letters_max) return [...history];
  return [query, ...history.filter((one) => one !== query)].slice(0, statements_max);
}
