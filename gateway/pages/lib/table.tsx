// A table with a caption and column headings; wide ones scroll inside their frame, which the keyboard reaches.

import type { ComponentChildren } from "preact";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** At the right, digits below each other. */
  readonly isNumber?: boolean;
}

export interface TableParts<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Unlike for any two rows. */
  readonly keyOf: (row: Row) => string | number;
  /** Instead of a table without rows. */
  readonly empty: string;
}

/** The first column names the row. */
export function Table<Row>({ caption, columns, rows, keyOf, empty }: TableParts<Row>) {
  if (rows.length === 0) {
    return (
      <p class="muted">
        {caption}: {empty}
      </p>
    );
  }
  return (
    <div class="table-frame" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber === true ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={keyOf(row)} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row<Row>({ row, columns }: { readonly row: Row; readonly columns: readonly Column<Row>[] }) {
  return (
    <tr>
      {columns.map(({ title, cell, isNumber }, index) => {
        const style = isNumber === true ? "number" : undefined;
        return index === 0 ? (
          <th key={title} scope="row" class={style}>
            {cell(row)}
          </th>
        ) : (
          <td key={title} class={style}>
            {cell(row)}
          </td>
        );
      })}
    </tr>
  );
}

/** Of rows without a name of their own: each is known by its place. */
export function placeIn<Row>(rows: readonly Row[]): (row: Row) => number {
  return (row) => rows.indexOf(row);
}
