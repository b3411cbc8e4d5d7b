export interface BarRow {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly hint?: string;
  readonly choose?: () => void;
  readonly chooseLabel?: string;
}

/** A ranked list whose bars compare the values; a row that can be chosen is a button. */
export function BarList({ rows, unit, mono = false }: { rows: readonly BarRow[]; unit: string; mono?: boolean }) {
  const highest = Math.max(1, ...rows.map((row) => row.value));
  return (
    <ul className={mono ? 'bars bars-mono' : 'bars'}>
      {rows.map((row) => {
        const content = (
          <>
            <span className="bar" style={{ width: `${(row.value / highest) * 100}%` }} aria-hidden="true" />
            <span className="bar-label" title={row.label}>{row.label}</span>
            <span className="bar-value">
              {row.text} <span className="sr-only">{unit}</span>
            </span>
          </>
        );
        return (
          <li key={row.key}>
            {row.choose ? (
              <button type="button" className="bar-row" onClick={row.choose} title={row.hint}>
                {content}
                <span className="sr-only">, {row.chooseLabel}</span>
              </button>
            ) : (
              <div className="bar-row" title={row.hint}>{content}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
