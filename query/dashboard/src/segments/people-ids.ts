/** What was pasted or uploaded: who is in it. */
export interface ReadIds {
  readonly ids: readonly string[];
  /** How often somebody was there again. */
  readonly duplicates: number;
  /** Whether the first line names the columns. */
  readonly hasHead: boolean;
}

/** What a first column of people is called. */
const heads = ['person', 'id', 'user', 'user_id', 'userid', 'visitor', 'customer_id', 'email', 'e-mail', 'utente', 'persona'];

/** Ids, one in a line, or the first column of a CSV. The same in other letters is another, unless it is an e-mail address. */
export function readIds(text: string): ReadIds {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const cells = lines.map(firstCell).filter((cell) => cell !== '');
  const hasHead = cells.length > 1 && heads.includes((cells[0] ?? '').toLowerCase());
  const people = hasHead ? cells.slice(1) : cells;
  const known = new Map<string, string>();
  for (const person of people) {
    const key = person.includes('@') ? person.toLowerCase() : person;
    if (!known.has(key)) known.set(key, person);
  }
  return { ids: [...known.values()], duplicates: people.length - known.size, hasHead };
}

/** What stands before the first comma, semicolon or tab; in quotes these are a part of it. */
function firstCell(line: string): string {
  const quoted = /^\s*"((?:[^"]|"")*)"/.exec(line);
  if (quoted) return (quoted[1] ?? '').replaceAll('""', '"').trim();
  return (/^[^,;\t]*/.exec(line)?.[0] ?? '').trim();
}
