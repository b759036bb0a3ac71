import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import type { Dataset, Manifest } from '../domain/manifest.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import { DECIMAL_TYPE } from '../domain/value-types.ts';
import { columnsUsed } from '../domain/mapping/columns-used.ts';
import { withConnection } from './connections.ts';
import { longQuery } from './long-query.ts';
import { compileCondition, type MappingProblem } from './mapping/compile-expression.ts';
import { readRowSources } from './mapping/read-places.ts';
import { type MadeRows, makeRows } from './mapping/rows/make-rows.ts';
import { quoteColumns, quoteIdentifier, quoteLiteral } from './quote.ts';
import type { Relation } from './relation.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** What a department has today, as declared and as found. */
export interface Baseline {
  /** Source rows per dataset, those out of scope included. */
  readonly rows: Readonly<Record<string, number>>;
  readonly headcount: Headcount;
  /** Declared numbers of rows against those found. */
  readonly controlTotals: readonly {
    readonly dataset: string;
    readonly declaredRows: number;
    readonly foundRows: number;
    readonly agrees: boolean;
  }[];
  /** Pounds a year, as declared (control C16). */
  readonly annualServiceCost: number;
  readonly kpis: Readonly<Record<string, number>>;
}

/** How many people there are. `found` is null where nothing says so; `how` says what was counted. */
export interface Headcount {
  readonly declared: number;
  readonly found: number | null;
  readonly how: string;
}

/**
 * Measures the baseline: rows per dataset, and people. People are the rows of the datasets that load `hr.person`; a department
 * that moves posts only is measured by the full-time equivalents of its posts; else nothing is. Reports tables.
 * @throws SlipwayError `mapping/invalid` when a condition on the people does not compile; errors of connections
 */
export async function measureBaseline(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
): Promise<Baseline> {
  const rows: Record<string, number> = {};
  for (const [index, dataset] of manifest.datasets.entries()) {
    rows[dataset.id] = await onDataset(manifest, dataset, urls, work, countRows);
    work.progress({ done: index + 1, total: manifest.datasets.length, unit: 'tables' });
  }
  const controlTotals = Object.entries(manifest.baseline.controlTotals).flatMap(
    ([dataset, { rows: declaredRows }]) => {
      const foundRows = rows[dataset];
      return declaredRows === undefined || foundRows === undefined
        ? []
        : [{ dataset, declaredRows, foundRows, agrees: declaredRows === foundRows }];
    },
  );
  return {
    rows,
    headcount: await measureHeadcount(manifest, urls, work),
    controlTotals,
    annualServiceCost: manifest.baseline.annualServiceCost,
    kpis: manifest.baseline.kpis,
  };
}

async function measureHeadcount(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
): Promise<Headcount> {
  const declared = manifest.department.headcount;
  const loading = (target: string): Dataset[] =>
    manifest.datasets.filter((dataset) => dataset.target === target);
  const people = loading('hr.person');
  if (people.length > 0) {
    let found = 0;
    for (const dataset of people)
      found += await onDataset(manifest, dataset, urls, work, countPeople);
    return { declared, found, how: 'rows in scope of the datasets that load hr.person' };
  }
  const posts = loading('hr.post').filter((dataset) => fteColumn(dataset) !== undefined);
  if (posts.length > 0) {
    let hundredths = 0;
    let without = 0;
    for (const dataset of posts) {
      const sum = await onDataset(manifest, dataset, urls, work, sumFte);
      hundredths += sum.hundredths;
      without += sum.without;
    }
    const rest = without === 0 ? '' : `; ${without} posts have none`;
    return { declared, found: hundredths / 100, how: `full-time equivalents of posts${rest}` };
  }
  return {
    declared,
    found: null,
    how: 'not measured: no dataset holds people or full-time equivalents',
  };
}

interface OnDataset {
  readonly client: pg.Client;
  readonly manifest: Manifest;
  readonly dataset: Dataset;
  readonly relation: Relation;
  /** What the mapping makes of them. */
  readonly rows: MadeRows;
}

async function onDataset<T>(
  manifest: Manifest,
  dataset: Dataset,
  urls: DataPlaneUrls,
  work: Work,
  measure: (on: OnDataset) => Promise<T>,
): Promise<T> {
  const problems: MappingProblem[] = [];
  const index = manifest.datasets.indexOf(dataset);
  const sources = await readRowSources(manifest, index, urls, work, problems);
  if (sources === undefined) {
    throw new SlipwayError('source/not-found', problems.map(({ message }) => message).join('; '));
  }
  const rows = makeRows(manifest, dataset, sources, problems);
  refuse(problems);
  const { relation } = sources;
  return withConnection(relation.url, relation.side, work.signal, (client) =>
    longQuery(client, relation, work, { done: 0, unit: 'tables' }, () =>
      measure({ client, manifest, dataset, relation, rows }),
    ),
  );
}

function refuse(problems: readonly MappingProblem[]): void {
  if (problems.length === 0) return;
  const said = problems.map((each) => `${each.path.join('.')}: ${each.message}`);
  throw new SlipwayError('mapping/invalid', said.join('; '));
}

async function countRows({ client, relation }: OnDataset): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::float8 as n from ${relation.sql}`,
  );
  return rows[0]?.n ?? 0;
}

/** Rows in scope; where only one row per person is taken, the different persons. */
async function countPeople(on: OnDataset): Promise<number> {
  const { client, dataset, rows: made } = on;
  const scope = scopeSql(on);
  const columns = dataset.onePer === undefined ? '' : quoteColumns(dataset.onePer, 's');
  const group = columns === '' ? '' : ` group by ${columns}`;
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::float8 as n from (select from ${made.relation.sql} s where ${scope}${group}) g`,
  );
  return rows[0]?.n ?? 0;
}

/** The exclusions of the dataset as a condition on rows `s` that stay. */
function scopeSql({ manifest, dataset, rows }: OnDataset): string {
  const { columns, derived } = rows.shape;
  const department = manifest.department.id;
  const conditions = dataset.exclude.map(({ when }, index) => {
    const path = ['datasets', dataset.id, 'exclude', index, 'when'];
    const { codeLists } = manifest;
    const context = { columns, derived, codeLists, department, alias: 's', path };
    const { sql, problems } = compileCondition(when, context);
    refuse(problems);
    return sql;
  });
  conditions.push(...rows.exclusions.map(({ sql }) => sql));
  return conditions.length === 0 ? 'true' : `not (${conditions.join(' or ')})`;
}

/** The one source column that the mapping of `fte` reads; undefined where it reads none or several. */
function fteColumn(dataset: Dataset): string | undefined {
  const fte: Expression | undefined = dataset.fields['fte'];
  const columns = fte === undefined ? [] : columnsUsed(fte);
  return columns.length === 1 ? columns[0] : undefined;
}

/**
 * Sums the column itself and not the mapped value: discovery comes before the mapping is checked, and one value that is no
 * number must not hide all others.
 */
async function sumFte(on: OnDataset): Promise<{ hundredths: number; without: number }> {
  const { client, dataset, rows: made } = on;
  const column = fteColumn(dataset) ?? '';
  const text = `btrim(s.${quoteIdentifier(column)}::text)`;
  const isNumber = `coalesce(${text} ~ ${quoteLiteral(DECIMAL_TYPE.pattern)}, false)`;
  const { rows } = await client.query<{ hundredths: number; without: number }>(
    `select coalesce(round(sum(case when ${isNumber} then ${text}::numeric end) * 100), 0)::float8 as hundredths,
       count(*) filter (where not ${isNumber})::int as without
     from ${made.relation.sql} s where ${scopeSql(on)}`,
  );
  return rows[0] ?? { hundredths: 0, without: 0 };
}
