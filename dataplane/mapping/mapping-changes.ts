import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { diffMappings, type FieldChange } from '../../domain/mapping/diff.ts';
import type {
  ChangedDataset,
  ChangedField,
  MappingChanges,
} from '../../domain/mapping/evidence.ts';
import { withConnection } from '../connections.ts';
import { isDataError } from '../data-error.ts';
import { longQuery } from '../long-query.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import { type CompiledMapping, tryCompileMapping } from './compile-mapping.ts';
import type { CompiledDataset, CompiledField } from './compiled-dataset.ts';
import { harmless } from './rows/row-shape.ts';
import { MAPPED, rowKeySql, sourceRows } from './source-rows.ts';

/** Keys of rows that are shown for each change. */
const EXAMPLES = 5;

/**
 * What a mapping does differently from an earlier one: in words, and in rows of the source as it is now, mapped both ways.
 * Counts and keys only; a row whose value cannot be mapped counts as having no value of its own.
 */
export async function mappingChanges(
  request: {
    readonly before: Manifest;
    readonly after: Manifest;
    readonly mapping: CompiledMapping;
    readonly urls: DataPlaneUrls;
  },
  work: Work,
): Promise<MappingChanges> {
  const { before, after, mapping, urls } = request;
  const diff = diffMappings(before, after);
  const uncounted: string[] = [];
  const earlier = await compiledAgain(before, urls, work, uncounted);
  const datasets: ChangedDataset[] = [];
  for (const said of diff.datasets.filter(({ change }) => change !== 'changed')) {
    datasets.push({ ...said, fields: [], rows: null });
  }
  for (const dataset of mapping.datasets) {
    const said = diff.datasets.find((each) => each.dataset === dataset.id);
    if (said !== undefined && said.change !== 'changed') continue;
    const old = earlier?.datasets.find(({ id }) => id === dataset.id);
    if (said === undefined && (old === undefined || old.hash === dataset.hash)) continue;
    const counted =
      old === undefined ? undefined : await countChanges(old, dataset, work, uncounted);
    const fields = fieldsOf(said?.fields ?? [], counted);
    const { changed = 0, more = 0, fewer = 0 } = counted ?? {};
    datasets.push({
      dataset: dataset.id,
      change: said === undefined ? 'same' : 'changed',
      fields,
      others: said?.others ?? [],
      rows: counted === undefined ? null : { changed, more, fewer },
    });
  }
  return { datasets, codeLists: diff.codeLists, uncounted };
}

/** The earlier mapping over source and platform as they are now; undefined when it does not fit them any more. */
async function compiledAgain(
  manifest: Manifest,
  urls: DataPlaneUrls,
  work: Work,
  uncounted: string[],
): Promise<CompiledMapping | undefined> {
  try {
    const outcome = await tryCompileMapping(manifest, urls, work);
    if (!('problems' in outcome)) return outcome;
    const [first] = outcome.problems;
    uncounted.push(
      `the earlier mapping does not fit any more: ${first?.path.join('.')}: ${first?.message}`,
    );
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'manifest/secret-missing') throw error;
    uncounted.push(`the earlier mapping has another source: ${error.message}`);
  }
  return undefined;
}

interface Counted {
  readonly changed: number;
  readonly more: number;
  readonly fewer: number;
  readonly fields: ReadonlyMap<
    string,
    { readonly rows: number; readonly examples: readonly string[] }
  >;
}

function fieldsOf(said: readonly FieldChange[], counted: Counted | undefined): ChangedField[] {
  const known = said.map((field): ChangedField => {
    const rows = counted?.fields.get(field.field);
    return {
      ...field,
      rows: counted === undefined ? null : (rows?.rows ?? 0),
      examples: rows?.examples ?? [],
    };
  });
  const others = [...(counted?.fields ?? [])].filter(
    ([name, { rows }]) => rows > 0 && !said.some(({ field }) => field === name),
  );
  return [
    ...known,
    ...others.map(([field, { rows, examples }]) => ({
      field,
      change: 'same' as const,
      rows,
      examples,
    })),
  ];
}

/** Maps every row both ways and compares, in the database. */
async function countChanges(
  before: CompiledDataset,
  after: CompiledDataset,
  work: Work,
  uncounted: string[],
): Promise<Counted | undefined> {
  const { url, side } = after.relation;
  if (url !== before.relation.url) {
    uncounted.push(`${after.id} is read from another database`);
    return undefined;
  }
  const names = differing(before, after);
  try {
    return await withConnection(url, side, work.signal, async (client) => {
      const run = (): Promise<pg.QueryResult<Row>> =>
        client.query<Row>(comparingSql(before, after, names));
      const { rows } = await longQuery(
        client,
        after.relation,
        work,
        { done: 0, unit: 'rows' },
        run,
      );
      const [row] = rows;
      return {
        changed: Number(row?.changed ?? 0),
        more: Number(row?.more ?? 0),
        fewer: Number(row?.fewer ?? 0),
        fields: new Map(
          names.map((name, index) => [
            name,
            { rows: Number(row?.counts[index] ?? 0), examples: row?.examples[String(index)] ?? [] },
          ]),
        ),
      };
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    uncounted.push(`${after.id}: a row cannot be mapped, and it could not be told which`);
    return undefined;
  }
}

interface Row {
  readonly changed: string;
  readonly more: string;
  readonly fewer: string;
  readonly counts: string[];
  readonly examples: Record<string, string[] | null>;
}

/** Fields that may give other values: all of them where the rows are made in another way. */
function differing(before: CompiledDataset, after: CompiledDataset): string[] {
  const sqlOf = ({ fields }: CompiledDataset, name: string): string | undefined =>
    fields.find((field) => field.name === name)?.sql;
  const all = new Set([...after.fields, ...before.fields].map(({ name }) => name));
  const isSameRow = before.relation.sql === after.relation.sql;
  return [...all].filter((name) => !isSameRow || sqlOf(before, name) !== sqlOf(after, name));
}

function comparingSql(
  before: CompiledDataset,
  after: CompiledDataset,
  names: readonly string[],
): string {
  const differs = names.map(
    (_, index) =>
      `(b.k is not null and a.k is not null and b.f${index} is distinct from a.f${index}) as c${index}`,
  );
  const any = names.map((_, index) => `c${index}`).join(' or ') || 'false';
  const counts = names.map((_, index) => `count(*) filter (where c${index})`);
  const examples = names.map(
    (_, index) =>
      `'${index}', (select jsonb_agg(shown) from (select shown from compared where c${index} order by shown limit ${EXAMPLES}) x)`,
  );
  const columns = [
    'coalesce(a.shown, b.shown) as shown',
    'b.k is null as is_more',
    'a.k is null as is_fewer',
    ...differs,
  ];
  return `with b as (${sideSql(before, names)}), a as (${sideSql(after, names)}),
    compared as materialized (select ${columns.join(', ')} from b full join a on a.k = b.k)
    select count(*) filter (where ${any}) as changed, count(*) filter (where is_more) as more, count(*) filter (where is_fewer) as fewer,
      array[${counts.join(', ')}]::bigint[] as counts, jsonb_build_object(${examples.join(', ')}) as examples from compared`;
}

/** The mapped rows of one side: key, shown key, and the wanted fields as text. */
function sideSql(dataset: CompiledDataset, names: readonly string[]): string {
  const exclusions = dataset.exclusions.map((each) => ({
    ...each,
    sql: harmless(each, 'false'),
    fails: 'false',
  }));
  const { from, out } = sourceRows({ ...dataset, exclusions });
  const values = names.map((name, index) => {
    const field = dataset.fields.find((each) => each.name === name);
    return `${field === undefined ? 'null::text' : textOf(field)} as f${index}`;
  });
  const columns = [
    `${rowKeySql(dataset)} as k`,
    `${dataset.relation.keyText('s')} as shown`,
    ...values,
  ];
  return `select ${columns.join(', ')} from ${from} where ${out} = ${MAPPED}`;
}

/** A value that cannot be mapped is like no other, and like itself. */
function textOf({ sql, fails }: CompiledField): string {
  if (fails === 'false') return `(${sql})::text`;
  return `(case when (${fails}) is true then '${UNMAPPABLE}' else (${sql})::text end)`;
}

const UNMAPPABLE = '\u0001slipway';
