import type { ColumnProfile, TableProfile } from '../../domain/profile.ts';
import type { Relation } from '../relation.ts';

/** A table with what its scan found. */
export interface ProfiledTable {
  readonly relation: Relation;
  readonly profile: TableProfile;
}

/** Columns that refer to other rows hold numbers or short codes. */
const MAX_CODE_LENGTH = 60;

/** Could the column hold keys, or refer to them? */
export function isCode(column: ColumnProfile): boolean {
  const { type } = column.inferred;
  return (type === 'integer' || type === 'text') && (column.maxLength ?? 0) <= MAX_CODE_LENGTH;
}

/** Rows that have a value in the column. */
export function valuedRows(table: TableProfile, column: ColumnProfile): number {
  return table.rows - column.nulls - column.empty;
}

/** The column of that name, if the table has it. */
export function columnNamed(table: ProfiledTable, name: string): ColumnProfile | undefined {
  return table.profile.columns.find((column) => column.name === name);
}
