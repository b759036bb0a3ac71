import { addDecimals, equalDecimals } from '../domain/decimal.ts';
import type { GroupSum } from './compare/bucket-sums.ts';
import { type Comparison, comparisonOf } from './compare/comparison.ts';
import { type ComparedGroup, differingGroups } from './compare/groups.ts';
import { leftOutKeys } from './compare/left-out.ts';
import type { ComparedSide } from './compare/side.ts';
import { Sides } from './compare/sides.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import { readLoadState } from './ledger.ts';
import { longQuery } from './long-query.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { MAPPED } from './mapping/source-rows.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** Rows, or a control total, of a table on both sides, as decimal text. */
export interface TotalLine {
  readonly table: string;
  /** Null: the number of rows. */
  readonly column: string | null;
  readonly source: string;
  readonly target: string;
  /** What the ledger of the load says; null where not every dataset of the table declares the column. */
  readonly ledger: string | null;
  readonly equal: boolean;
}

/** The control totals of everything that was loaded. */
export interface ControlTotals {
  readonly lines: readonly TotalLine[];
  readonly groups: readonly {
    readonly table: string;
    readonly by: readonly string[];
    readonly compared: number;
    readonly differing: readonly ComparedGroup[];
  }[];
  readonly differing: number;
}

interface Sums {
  readonly rows: number;
  readonly totals: readonly string[];
  readonly groups: ReadonlyMap<string, GroupSum>;
}

/**
 * Adds up both sides anew, table by table: rows and control totals, to the penny, over all rows and in each declared group. It
 * is a scan of its own and not what the reconciliation said: the last thing looked at before the switch.
 * @throws SlipwayError when a database cannot be reached; a difference is a result, not an error
 */
export async function controlTotals(
  request: { mapping: CompiledMapping; urls: DataPlaneUrls; loadId: string; department: string },
  work: Work,
): Promise<ControlTotals> {
  return hidingValues('the control totals', () => addUp(request, work));
}

async function addUp(
  {
    mapping: frozen,
    urls,
    loadId,
    department,
  }: { mapping: CompiledMapping; urls: DataPlaneUrls; loadId: string; department: string },
  work: Work,
): Promise<ControlTotals> {
  const { mapping, ledger } = await withConnection(
    urls.target,
    'target',
    work.signal,
    async (target) => ({
      mapping: await correctedMapping(target, frozen, loadId),
      ledger: await readLoadState(target, department, loadId),
    }),
  );
  const tables = new Map(mapping.datasets.map((each) => [tableName(each.target), each.id]));
  const lines: TotalLine[] = [];
  const groups: ControlTotals['groups'][number][] = [];
  for (const [table, dataset] of tables) {
    const comparison = comparisonOf(mapping, dataset);
    const sides = new Sides(comparison, urls, work);
    const target = await sides.onTarget((at) => sumsOf(comparison, at, work));
    const source = await sourceSums(comparison, sides, loadId, work);
    const loads = ledger.filter((each) =>
      comparison.datasets.some(({ id }) => id === each.dataset),
    );
    const loaded = loads.reduce((sum, each) => sum + each.loaded, 0);
    lines.push(lineOf(table, null, String(source.rows), String(target.rows), String(loaded)));
    for (const [index, column] of comparison.totals.entries()) {
      const filling = comparison.datasets.filter(({ fields }) =>
        fields.some(({ name }) => name === column),
      );
      const isKept = filling.every(({ totals }) => totals.includes(column));
      const kept = filling.map(
        ({ id }) => loads.find((each) => each.dataset === id)?.totals[column] ?? '0',
      );
      lines.push(
        lineOf(
          table,
          column,
          source.totals[index] ?? '0',
          target.totals[index] ?? '0',
          isKept ? addDecimals(kept) : null,
        ),
      );
    }
    const { totals, totalsBy } = comparison;
    if (totalsBy.length > 0) {
      const compared = new Set([...source.groups.keys(), ...target.groups.keys()]).size;
      const differing = differingGroups(source, target, totals);
      groups.push({ table, by: totalsBy, compared, differing });
    }
    work.progress({ done: lines.length, unit: 'tables' });
  }
  const unequal = lines.filter(({ equal }) => !equal).length;
  const unequalGroups = groups.reduce((sum, each) => sum + each.differing.length, 0);
  return { lines, groups, differing: unequal + unequalGroups };
}

function lineOf(
  table: string,
  column: string | null,
  source: string,
  target: string,
  ledger: string | null,
): TotalLine {
  const equal = equalDecimals(source, target) && (ledger === null || equalDecimals(ledger, target));
  return { table, column, source, target, ledger, equal };
}

async function sourceSums(
  comparison: Comparison,
  sides: Sides,
  loadId: string,
  work: Work,
): Promise<Sums> {
  const parts: Sums[] = [];
  for (const dataset of comparison.datasets) {
    const leftOut = await sides.onTarget(({ client }) => leftOutKeys(client, dataset, loadId));
    parts.push(await sides.onSource(dataset, leftOut, (at) => sumsOf(comparison, at, work)));
  }
  const groups = new Map<string, GroupSum>();
  for (const [name, sum] of parts.flatMap((part) => [...part.groups])) {
    const before = groups.get(name);
    groups.set(name, before === undefined ? sum : added([before, sum], comparison.totals.length));
  }
  return { ...added(parts, comparison.totals.length), groups };
}

function added(parts: readonly GroupSum[], totals: number): GroupSum {
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    totals: Array.from({ length: totals }, (_, index) =>
      addDecimals(parts.map((part) => part.totals[index] ?? '0')),
    ),
  };
}

interface SumRow {
  readonly whole: boolean;
  readonly group: string[] | null;
  readonly rows: string;
  readonly totals: readonly string[];
}

async function sumsOf(comparison: Comparison, at: ComparedSide, work: Work): Promise<Sums> {
  const { sql } = at;
  const { totals, totalsBy } = comparison;
  const compared = (what: string): string =>
    sql.out === String(MAPPED) ? what : `case when ${sql.out} = ${MAPPED} then ${what} end`;
  const group = `array[${totalsBy.map((name) => `(${sql.value(name)})::text`).join(', ')}]`;
  const columns = [
    `${sql.out} as out`,
    `${totalsBy.length === 0 ? 'null::text[]' : compared(group)} as "group"`,
    ...totals.map((name, index) => `${compared(sql.value(name))} as t${index}`),
  ];
  const sums = totals.map((_, index) => `coalesce(sum(t${index}), 0)::text`);
  const by = totalsBy.length === 0 ? '("group")' : '(), ("group")';
  const query = `select grouping("group") = 1 as whole, "group", count(*)::text as rows, array[${sums.join(', ')}]::text[] as totals
    from (select ${columns.join(', ')} from ${sql.from} where ${sql.where}) x where out = ${MAPPED}
    group by grouping sets (${by})`;
  const { rows } = await longQuery(at.client, at, work, { done: 0, unit: 'rows' }, () =>
    at.client.query<SumRow>(query),
  );
  const none: GroupSum = { rows: 0, totals: totals.map(() => '0') };
  const wholes = rows.filter(({ whole }) => (totalsBy.length === 0 ? true : whole));
  const groups = new Map<string, GroupSum>();
  if (totalsBy.length > 0) {
    for (const row of rows.filter(({ whole }) => !whole))
      groups.set(JSON.stringify(row.group), { rows: Number(row.rows), totals: row.totals });
  }
  const whole = wholes[0];
  return {
    ...(whole === undefined ? none : { rows: Number(whole.rows), totals: whole.totals }),
    groups,
  };
}
