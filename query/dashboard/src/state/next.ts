/** The sign-in page, with the way back to `here`. */
export function signInPath(here: string): string {
  const back = here === '/' || here.startsWith('/sign-in') ? '' : `?next=${encodeURIComponent(here)}`;
  return `/sign-in${back}`;
}

/** Where the address of the sign-in page leads back to. */
export function readNext(parameters: URLSearchParams, origin: string): string {
  return safeNext(parameters.get('next'), origin);
}

/**
 * Only a path of this very origin may follow the sign-in. The browser's own reading decides: it drops tabs and line ends,
 * takes a backslash for a slash, and resolves dots.
 */
export function safeNext(next: string | null, origin: string): string {
  if (next === null) return '/';
  try {
    const url = new URL(next, origin);
    const path = url.pathname + url.search + url.hash;
    return url.origin === origin && !path.startsWith('//') ? path : '/';
  } catch {
    return '/';
  }
}
