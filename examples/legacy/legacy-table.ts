import type { LegacyDepartment } from './generate-department.ts';

/** A value as a legacy system holds it; null is an absent one. */
export type Cell = string | number | null;

/** A column: its name, its value in a row, and its type where the shape has types (default `text`). */
export type LegacyColumn<R> = readonly [name: string, value: (row: R) => Cell, type?: string];

/** A table or file of a legacy shape, with the rows of a department dressed for it. */
export interface LegacyTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** What people take for the key: indexed, and enforced by nothing. */
  readonly key: readonly string[];
  /** The rows of a department, made one by one. The array is reused: copy it to keep it. */
  records(department: LegacyDepartment): Iterable<readonly Cell[]>;
}

/** Puts a table together from the rows it holds and its columns. The first `keys` columns are its key. */
export function legacyTable<R>(
  name: string,
  rows: (department: LegacyDepartment) => Iterable<R>,
  keys: number,
  columns: readonly LegacyColumn<R>[],
): LegacyTable {
  return {
    name,
    columns: columns.map(([column, , type = 'text']) => ({ name: column, type })),
    key: columns.slice(0, keys).map(([column]) => column),
    *records(department) {
      const record: Cell[] = [];
      for (const row of rows(department)) {
        for (const [index, [, value]] of columns.entries()) record[index] = value(row);
        yield record;
      }
    },
  };
}

/** The table with a number for each record in front, `rec_id`, from 1: the only thing that such a system keeps unique. */
export function withRecordIds(table: LegacyTable): LegacyTable {
  return {
    ...table,
    columns: [{ name: 'rec_id', type: 'bigint primary key' }, ...table.columns],
    *records(department) {
      let id = 0;
      for (const record of table.records(department)) {
        id += 1;
        yield [id, ...record];
      }
    },
  };
}

/** `YYYY-MM-DD` as `DD<by>MM<by>YYYY`; empty stays empty. The day need not exist. */
export function dayFirst(date: string, by: string): string {
  return date === '' ? '' : `${date.slice(8)}${by}${date.slice(5, 7)}${by}${date.slice(0, 4)}`;
}

/** Pence as `£31,250.00`; a remark as it is. */
export function pounds(amount: number | string): string {
  if (typeof amount === 'string') return amount;
  const [whole = '', pence = ''] = (Math.abs(amount) / 100).toFixed(2).split('.');
  return `${amount < 0 ? '-' : ''}£${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${pence}`;
}

/** Pence as `31250.00`. */
export function plainPounds(amount: number): string {
  return (amount / 100).toFixed(2);
}

/** Text in groups of `size` characters: `200000` as `20-00-00`. */
export function grouped(value: string, size: number, by: string): string {
  return (value.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(by);
}
