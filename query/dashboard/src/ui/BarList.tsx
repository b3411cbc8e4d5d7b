import { Icon, type IconName } from './Icon';

export interface BarRow {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Further numbers before the main one, a column each. */
  readonly cells?: readonly string[];
  readonly hint?: string;
  /** What kind of row it is, where they are of several. */
  readonly tone?: string;
  readonly icon?: IconName;
  readonly choose?: () => void;
  readonly chooseLabel?: string;
}

export interface BarColumn {
  readonly name: string;
  /** What its numbers mean. */
  readonly meaning?: string;
}

interface BarListProps {
  rows: readonly BarRow[];
  /** What the main numbers are. */
  unit: string;
  /** What the further ones are: with them the list has a line of headings. */
  columns?: readonly BarColumn[];
  mono?: boolean;
}

/** A ranked list whose bars compare the values; a row that can be chosen is a button. */
export function BarList({ rows, unit, columns, mono = false }: BarListProps) {
  const highest = Math.max(...rows.map((row) => row.value));
  const width = (value: number) => (highest > 0 ? Math.max(0, (value / highest) * 100) : 0);
  // On a narrow screen the name needs the room of the first of two.
  const cellClass = (index: number) => (index === 0 && (columns?.length ?? 0) > 1 ? 'bar-cell bar-cell-spare' : 'bar-cell');
  return (
    <ul className={mono ? 'bars bars-mono' : 'bars'}>
      {columns && (
        <li className="bar-row bar-heads" aria-hidden="true">
          {columns.map(({ name, meaning }, index) => (
            <span key={name} className={cellClass(index)} title={meaning}>{name}</span>
          ))}
          <span className="bar-value">{unit}</span>
        </li>
      )}
      {rows.map((row) => {
        const content = (
          <>
            <span className="bar" style={{ width: `${width(row.value)}%` }} aria-hidden="true" />
            {row.icon && <Icon name={row.icon} size={16} />}
            <span className="bar-label" title={row.label}>{row.label}</span>
            {row.cells?.map((cell, index) => (
              <span key={columns?.[index]?.name ?? index} className={cellClass(index)}>
                {cell} <span className="sr-only">{columns?.[index]?.name},</span>
              </span>
            ))}
            <span className="bar-value">
              {row.text} <span className="sr-only">{unit}</span>
            </span>
          </>
        );
        return (
          <li key={row.key} data-tone={row.tone}>
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
