export type Cell = string | number | null | undefined;

/** What a spreadsheet takes for the beginning of a formula, wherever it sees the beginning of a cell; as the API does it. */
const formulaBegins = /(^|[;\t\r\n])([\s\p{Cc}"\ufeff]*)([=+\-@\uff1d\uff0b\uff0d\uff20])/gu;
const number = /^[\d+\-.eE]+$/;

/** A table as CSV: what the API writes of what it answers, for a table that is made here. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'number' ? String(cell) : disarmed(cell);
  return /[,;"\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A visitor's text without formulas: a spreadsheet would run them. */
function disarmed(text: string): string {
  if (number.test(text) && Number.isFinite(Number(text))) return text;
  const quoted = text.replace(formulaBegins, "$1$2'$3");
  return /^[\t\r\n]/.test(text) ? `'${quoted}` : quoted;
}
