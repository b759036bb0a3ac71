import { quoteIdentifier } from '../../quote.ts';
import type { CompileContext, DerivedColumn, MappingProblem } from '../scope.ts';
import { refuse, type Rule } from '../operators.ts';
import { type SqlType, typeName } from '../sql-type.ts';

/** Source rows with what has been added to them so far. */
export interface RowShape {
  /** What follows FROM, before the alias: a table, or a SELECT in brackets. */
  readonly sql: string;
  /** Every column with its type as PostgreSQL writes it. */
  readonly columns: ReadonlyMap<string, string>;
  /** Added columns, as expressions read them over alias `s`. */
  readonly derived: ReadonlyMap<string, DerivedColumn>;
}

/** What the steps of making rows share. */
export interface Making {
  readonly codeLists: CompileContext['codeLists'];
  readonly department: string;
  /** Place of the dataset in the manifest. */
  readonly path: MappingProblem['path'];
  readonly problems: MappingProblem[];
}

/** The context of an expression over rows of a shape, with alias `s`. */
export function contextOf(
  shape: RowShape,
  making: Making,
  ...place: (string | number)[]
): CompileContext {
  const { codeLists, department, path } = making;
  const { columns, derived } = shape;
  return { columns, derived, codeLists, department, alias: 's', path: [...path, ...place] };
}

/** A column of an added kind. `values` are those of `state` that break a rule. */
export function guarded(
  column: string,
  type: SqlType,
  state: string,
  rules: readonly (readonly [value: string, rule: Rule])[],
): DerivedColumn {
  const value = `s.${quoteIdentifier(column)}`;
  const found = `s.${quoteIdentifier(state)}`;
  if (rules.length === 0) return { sql: value, type, fails: 'false' };
  const cases = rules.map(
    ([bad, rule]) => `when '${bad}' then ${refuse(found, rule)}::text::${typeName(type)}`,
  );
  return {
    sql: `(case ${found} ${cases.join(' ')} else ${value} end)`,
    type,
    fails: `${found} in (${rules.map(([bad]) => `'${bad}'`).join(', ')})`,
  };
}

/** Never fails: null where the expression would. */
export function harmless({ sql, fails }: { sql: string; fails: string }, instead = 'null'): string {
  return fails === 'false'
    ? `(${sql})`
    : `(case when (${fails}) is true then ${instead} else ${sql} end)`;
}

/** Column names are cut at 63 bytes without an error: two might become one. */
export function isTooLong(name: string): boolean {
  return Buffer.byteLength(name) > 63;
}
