import type pg from 'pg';
import type { ColumnProfile } from '../../domain/profile.ts';
import type { Constraints } from './constraints.ts';
import { comparedColumn } from './key-check.ts';
import { isCode, type ProfiledTable, valuedRows } from './profiled-table.ts';

/** A column that (nearly) identifies the rows of a table, alone or within other columns. */
export interface ParentKey {
  readonly table: ProfiledTable;
  readonly column: ColumnProfile;
  readonly within: readonly string[];
}

/** A key that nearly all rows keep may be one, with mistakes in it. */
const NEARLY = 0.95;
/** A number that starts again in each organisation still has many different values. */
const DISTINCT_WITHIN = 0.3;
/** A grouping column has few values for the rows it groups. */
const GROUP_SHARE = 0.5;
const MAX_PAIRS = 40;

/** The keys of a table that other rows could refer to: declared ones, and those its values show. */
export async function parentKeys(
  client: pg.Client,
  table: ProfiledTable,
  constraints: Constraints,
): Promise<ParentKey[]> {
  const { profile, relation } = table;
  const codes = profile.columns.filter((column) => isCode(column) && column.personal === undefined);
  const single = codes.filter((column) => isNearlyUnique(table, column));
  const declared = [
    ...(relation.declaredKey === undefined ? [] : [relation.declaredKey]),
    ...constraints.keys.filter((key) => key.table === profile.table).map((key) => key.columns),
  ];
  const keys = new Map<string, ParentKey>();
  const add = (column: ColumnProfile, within: readonly string[]): void => {
    keys.set(JSON.stringify([column.name, ...within.toSorted()]), { table, column, within });
  };
  for (const column of single) add(column, []);
  for (const names of declared) {
    for (const name of names) {
      const column = codes.find((each) => each.name === name);
      if (column !== undefined)
        add(
          column,
          names.filter((other) => other !== name),
        );
    }
  }
  for (const { group, column } of await nearlyUniquePairs(client, table, codes, single)) {
    add(column, [group.name]);
  }
  return [...keys.values()];
}

function isNearlyUnique({ profile }: ProfiledTable, column: ColumnProfile): boolean {
  return profile.rows > 1 && column.distinct >= profile.rows * NEARLY;
}

interface Pair {
  readonly group: ColumnProfile;
  readonly column: ColumnProfile;
}

async function nearlyUniquePairs(
  client: pg.Client,
  table: ProfiledTable,
  codes: readonly ColumnProfile[],
  single: readonly ColumnProfile[],
): Promise<Pair[]> {
  const { profile, relation } = table;
  const groups = profile.columns.filter(
    (column) =>
      column.distinct > 1 &&
      column.distinct <= profile.rows * GROUP_SHARE &&
      valuedRows(profile, column) >= profile.rows * NEARLY &&
      column.personal === undefined,
  );
  const columns = codes.filter(
    (column) => !single.includes(column) && column.distinct >= profile.rows * DISTINCT_WITHIN,
  );
  const pairs = columns
    .flatMap((column) => groups.map((group) => ({ group, column })))
    // Fewer rows than this are needed for the pair to tell all rows apart.
    .filter(
      ({ group, column }) => group !== column && group.distinct * column.distinct >= profile.rows,
    )
    .slice(0, MAX_PAIRS);
  if (pairs.length === 0) return [];
  const counts = pairs.map(({ group, column }, index) => {
    const parts = [group, column].map((each) => comparedColumn(relation, each.name, 'r'));
    return `(select count(*)::int from (select from ${relation.sql} r group by ${parts.join(', ')}) s) as n${index}`;
  });
  const { rows } = await client.query<Record<string, number>>(`select ${counts.join(', ')}`);
  return pairs.filter((_pair, index) => (rows[0]?.[`n${index}`] ?? 0) >= profile.rows * NEARLY);
}
