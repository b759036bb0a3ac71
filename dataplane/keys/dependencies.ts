import type pg from 'pg';
import { MAX_EXAMPLES } from '../../domain/findings.ts';
import { shareWord } from '../../domain/name-affinity.ts';
import type { ColumnProfile, Dependency } from '../../domain/profile.ts';
import { quoteColumns } from '../quote.ts';
import type { Relation } from '../relation.ts';
import { comparedColumn, hasNoValue } from './key-check.ts';
import { type ProfiledTable, valuedRows } from './profiled-table.ts';
import { type SampledRows, sampleRows } from './sample-rows.ts';

const FEWEST_ROWS = 30;
const MOST_COLUMNS = 30;
const MOST_CHECKED = 24;
const LONGEST = 200;
/** A rule that more rows break is none. */
const BROKEN_SHARE = 0.02;
/** And it has to tell more than the commonest value alone does: at most so many of the rows that are not it. */
const BROKEN_OF_OTHERS = 0.1;
/** Rows that share their determinant with others, without which a sample shows nothing. */
const FEWEST_GROUPED = 100;

interface Pair {
  readonly from: ColumnProfile;
  readonly to: ColumnProfile;
}

/**
 * Finds which columns of a table are told by another one, such as a unit's name by its code, with the rows that contradict
 * the commonest value. Left out is what follows anyway: from keys (nothing repeats), to constants, by chance, and through
 * a third column. Of two columns that tell each other the shorter is the code.
 */
export async function findDependencies(
  client: pg.Client,
  table: ProfiledTable,
): Promise<Dependency[]> {
  const { relation, profile } = table;
  if (profile.rows < FEWEST_ROWS) return [];
  const columns = profile.columns
    .filter((column) => isGroupable(table, column))
    .slice(0, MOST_COLUMNS);
  if (columns.length < 2) return [];
  const names = columns.map(({ name }) => name);
  const sample = await sampleRows(client, relation, names, profile.rows);
  const pairs = columns
    .flatMap((from) => columns.map((to): Pair => ({ from, to })))
    .filter((pair) => isPossible(table, pair) && isPlausible(sample, pair))
    .toSorted((a, b) => Number(related(b)) - Number(related(a)))
    .slice(0, MOST_CHECKED);
  const found: Dependency[] = [];
  for (const pair of pairs) {
    const dependency = await checkDependency(client, relation, pair);
    if (dependency !== undefined) found.push({ table: profile.table, ...dependency });
  }
  return withoutImplied(found, columns);
}

function isGroupable({ profile }: ProfiledTable, column: ColumnProfile): boolean {
  return (
    column.distinct > 1 &&
    (column.maxLength ?? 0) <= LONGEST &&
    valuedRows(profile, column) >= profile.rows / 10
  );
}

function isPossible({ profile }: ProfiledTable, { from, to }: Pair): boolean {
  const repeats = from.distinct <= valuedRows(profile, from) / 2;
  // What is told by a column has no more different values than it; a few rows may break the rule.
  return from !== to && repeats && isCode(from) && to.distinct <= from.distinct * 1.2 + 5;
}

/** Amounts and texts that go on for long determine nothing but by chance. */
function isCode({ inferred, maxLength }: ColumnProfile): boolean {
  const { type } = inferred;
  return (type === 'text' || type === 'integer') && (maxLength ?? 0) <= 60;
}

function related({ from, to }: Pair): boolean {
  return shareWord([from.name], [to.name]);
}

function isPlausible({ rows, columns }: SampledRows, pair: Pair): boolean {
  const from = columns.get(pair.from.name);
  const to = columns.get(pair.to.name);
  if (from === undefined || to === undefined) return false;
  const groups = new Map<number, Map<number, number>>();
  for (let row = 0; row < rows; row += 1) {
    const [a, b] = [from[row] ?? -1, to[row] ?? -1];
    if (a < 0 || b < 0) continue;
    const group = groups.get(a) ?? new Map<number, number>();
    groups.set(a, group.set(b, (group.get(b) ?? 0) + 1));
  }
  let grouped = 0;
  let broken = 0;
  const totals = new Map<number, number>();
  for (const group of groups.values()) {
    let size = 0;
    let most = 0;
    for (const [value, count] of group) {
      size += count;
      most = Math.max(most, count);
      totals.set(value, (totals.get(value) ?? 0) + count);
    }
    if (size > 1) {
      grouped += size;
      broken += size - most;
    }
  }
  if (grouped < Math.min(FEWEST_GROUPED, rows / 2)) return related(pair);
  const all = [...totals.values()].reduce((sum, count) => sum + count, 0);
  const others = all - Math.max(0, ...totals.values());
  // Twice the bounds: a sample says it only roughly.
  return broken <= grouped * BROKEN_SHARE * 2 && broken <= others * BROKEN_OF_OTHERS * 2;
}

async function checkDependency(
  client: pg.Client,
  relation: Relation,
  { from, to }: Pair,
): Promise<Omit<Dependency, 'table'> | undefined> {
  const [a, b] = [from.name, to.name].map((name) => comparedColumn(relation, name, 'r'));
  const [noA, noB] = [from.name, to.name].map((name) => hasNoValue(relation, name, 'r'));
  const order = quoteColumns(relation.keyColumns, 'r') || '1';
  const { rows } = await client.query<{
    groups: number;
    checked: number;
    others: number;
    broken_groups: number;
    broken: number;
    keys: string[];
  }>(`
    with counted as materialized (
      select ${a}::text as a, ${b}::text as b, count(*) as n
      from ${relation.sql} r where not (${noA}) and not (${noB}) group by 1, 2
    ),
    groups as materialized (
      select a, sum(n) as rows, max(n) as most, count(*) as kinds from counted group by a
    ),
    broken as materialized (
      select distinct on (a) a, b from counted where a in (select a from groups where kinds > 1)
      order by a, n desc, b collate "C"
    ),
    listed as (
      select ${relation.keyText('r')} as key, row_number() over (order by ${order}) as place
      from ${relation.sql} r join broken on ${a}::text = broken.a and ${b}::text <> broken.b
      where not (${noB})
    )
    select (select count(*)::int from groups) as groups, (select sum(rows)::int from groups) as checked,
      (select (sum(n) - max(n))::int from (select sum(n) as n from counted group by b) s) as others,
      (select count(*)::int from broken) as broken_groups,
      (select sum(rows - most)::int from groups) as broken,
      case when (select sum(rows - most) from groups) <= (select sum(rows) from groups) * ${BROKEN_SHARE}
        then (select coalesce(jsonb_agg(key order by place) filter (where key is not null), '[]')
              from listed where place <= ${MAX_EXAMPLES})
        else '[]' end as keys`);
  const [found] = rows;
  if (found === undefined || found.groups < 2 || found.checked < FEWEST_ROWS) return undefined;
  const { groups, checked, others, broken } = found;
  if (checked < groups * 2 || broken > checked * BROKEN_SHARE) return undefined;
  if (others === 0 || broken > others * BROKEN_OF_OTHERS) return undefined;
  return {
    column: from.name,
    determines: to.name,
    values: groups,
    brokenValues: found.broken_groups,
    brokenRows: broken,
    brokenKeys: found.keys,
  };
}

function withoutImplied(
  found: readonly Dependency[],
  columns: readonly ColumnProfile[],
): Dependency[] {
  const holds = (from: string, to: string): boolean =>
    found.some((each) => each.column === from && each.determines === to);
  const place = (name: string): number => {
    const index = columns.findIndex((column) => column.name === name);
    return (columns[index]?.maxLength ?? 0) * 1000 + index;
  };
  /** Tell each other, and `code` is the shorter of the two. */
  const isCodeOf = (code: string, name: string): boolean =>
    holds(code, name) && holds(name, code) && place(code) < place(name);
  const codes = found.filter(
    ({ column, determines }) =>
      !isCodeOf(determines, column) &&
      // What a code tells, its name does as well.
      !found.some(
        (other) =>
          other.column !== column &&
          other.determines === determines &&
          isCodeOf(other.column, column),
      ),
  );
  return codes.filter(
    ({ column, determines }) =>
      !codes.some(
        (other) =>
          other.column === column &&
          other.determines !== determines &&
          codes.some((each) => each.column === other.determines && each.determines === determines),
      ),
  );
}
