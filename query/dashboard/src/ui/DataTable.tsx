import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  /** Further classes of its cells. */
  readonly tone?: string;
  /** Further attributes of its cells. */
  readonly data?: (row: Row) => Readonly<Record<`data-${string}`, string>>;
}

interface DataTableProps<Row> {
  /** What the table shows, for who does not see it. */
  name: string;
  /** The first names the row. */
  columns: readonly [Column<Row>, ...Column<Row>[]];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowClass?: (row: Row) => string;
  rowData?: (row: Row) => Readonly<Record<`data-${string}`, string>>;
  /** A region is a landmark of the page. */
  role?: 'group' | 'region';
  className?: string;
  testid?: string;
}

/** A table that scrolls by itself where it is wider than the page. */
export function DataTable<Row>({ name, columns, rows, rowKey, rowClass, rowData, role = 'group', className, testid }: DataTableProps<Row>) {
  const [first, ...others] = columns;
  return (
    <div className="table-scroll" tabIndex={0} role={role} aria-label={name}>
      <table className={className} data-testid={testid}>
        <thead>
          <tr>
            <th scope="col">{first.head}</th>
            {others.map(({ id, head, number }) => <th key={id} scope="col" className={classes(number)}>{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={rowClass?.(row)} {...rowData?.(row)}>
              <th scope="row" className={first.tone}>{first.cell(row)}</th>
              {others.map(({ id, cell, number, tone, data }) => (
                <td key={id} className={classes(number, tone)} {...data?.(row)}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classes(number = false, tone?: string): string | undefined {
  return [number && 'number', tone].filter(Boolean).join(' ') || undefined;
}
