/** A cell; null is NULL. */
export type SqlCell = string | null;

/** Reads CSV as ClickHouse writes it, piece by piece: text may break anywhere. */
export class CsvRows {
  private row: SqlCell[] = [];
  private cell = '';
  private isQuoted = false;
  /** The last letter was a quote within quotes: it ends them, or is the first of two. */
  private isAtQuote = false;
  private wasQuoted = false;

  /** The rows that are whole with this piece. */
  read(text: string): SqlCell[][] {
    const rows: SqlCell[][] = [];
    for (const letter of text) {
      if (this.isQuoted && !this.isAtQuote) {
        if (letter === '"') this.isAtQuote = true;
        else this.cell += letter;
      } else if (letter === '"') {
        if (this.isAtQuote) this.cell += '"';
        this.isQuoted = true;
        this.wasQuoted = true;
        this.isAtQuote = false;
      } else {
        this.isQuoted = false;
        this.isAtQuote = false;
        if (letter === ',') this.endCell();
        else if (letter === '\n') {
          this.endCell();
          rows.push(this.row);
          this.row = [];
        } else this.cell += letter;
      }
    }
    return rows;
  }

  private endCell() {
    this.row.push(!this.wasQuoted && this.cell === '\\N' ? null : this.cell);
    this.cell = '';
    this.wasQuoted = false;
  }
}
