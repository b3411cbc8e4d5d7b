/** Where a list was left, to be found again on the way back. */
export interface Place {
  /** Path and query of the list. */
  readonly address: string;
  /** How many rows were loaded. */
  readonly rows: number;
  /** The row that was opened. */
  readonly row: string;
  /** How far down the page was. Pixels. */
  readonly scroll_px: number;
}

const name = 'orma.place';

/** Keeps the place for this tab; a browser that keeps nothing leads back to the top of the list. */
export function leavePlace(place: Place, storage: Pick<Storage, 'setItem'> = sessionStorage): void {
  try {
    storage.setItem(name, JSON.stringify(place));
  } catch {
    // Full or forbidden.
  }
}

export function lastPlace(storage: Pick<Storage, 'getItem'> = sessionStorage): Place | null {
  try {
    return readPlace(JSON.parse(storage.getItem(name) ?? 'null'));
  } catch {
    return null;
  }
}

function readPlace(kept: unknown): Place | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { address, rows, row, scroll_px } = kept as Record<string, unknown>;
  const known = typeof address === 'string' && typeof rows === 'number' && typeof row === 'string' && typeof scroll_px === 'number';
  return known ? { address, rows, row, scroll_px } : null;
}

/** The list that somebody came from, when it is that of `path`; otherwise its beginning. */
export function addressOfList(place: Place | null, path: string, otherwise: string): string {
  return place?.address.split('?')[0] === path ? place.address : otherwise;
}
