import type pg from 'pg';
import type { Dataset, Manifest } from '../../domain/manifest.ts';
import { columnsUsed } from '../../domain/mapping/columns-used.ts';
import { describeExpression } from '../../domain/mapping/describe.ts';
import type { CodeListFindings, CodeListUse } from '../../domain/mapping/evidence.ts';
import { lookupsIn, lookupsInCondition, type LookupUse } from '../../domain/mapping/lookups.ts';
import { personalByName } from '../../domain/personal-data.ts';
import { VALUE_CHECKS } from '../../domain/personal-values.ts';
import { masked } from '../compare/masked.ts';
import { withConnection } from '../connections.ts';
import { longQuery } from '../long-query.ts';
import { quoteLiteral } from '../quote.ts';
import type { Work } from '../work.ts';
import { compileCondition, compileExpression } from './compile-expression.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import { type CompiledDataset, contextOf } from './compiled-dataset.ts';
import { harmless } from './rows/row-shape.ts';
import { MAPPED, sourceRows } from './source-rows.ts';

/** Values shown for each place, the commonest first; all are counted. */
const SHOWN = 100;
const EXAMPLES = 5;

/**
 * Holds every code list against the values that are looked up in it, over all rows in scope, before anything is loaded.
 * @throws SlipwayError when a source cannot be reached or read
 */
export async function useOfCodeLists(
  { manifest, mapping }: { manifest: Manifest; mapping: CompiledMapping },
  work: Work,
): Promise<CodeListFindings> {
  const uses: CodeListUse[] = [];
  const used = new Map<string, Set<string>>();
  for (const compiled of mapping.datasets) {
    const dataset = manifest.datasets.find(({ id }) => id === compiled.id);
    if (dataset === undefined) continue;
    const { url, side } = compiled.relation;
    const lookups = lookupsOf(dataset);
    if (lookups.length === 0) continue;
    await withConnection(url, side, work.signal, async (client) => {
      for (const lookup of lookups) {
        const { known, ...use } = await askedOf(client, manifest, compiled, lookup, work);
        uses.push(use);
        used.set(lookup.list, new Set([...(used.get(lookup.list) ?? []), ...known]));
      }
    });
  }
  const unused = Object.entries(manifest.codeLists)
    .filter(([list]) => used.has(list))
    .map(([list, { values }]): [string, string[]] => [
      list,
      Object.keys(values).filter((code) => used.get(list)?.has(code) !== true),
    ]);
  return { uses, unused: Object.fromEntries(unused.filter(([, codes]) => codes.length > 0)) };
}

type Placed = LookupUse & { readonly field?: string };

function lookupsOf(dataset: Dataset): Placed[] {
  const { joins = {}, history } = dataset;
  const making = [
    ...Object.values(joins).flatMap(({ on }) => on.map(({ ours }) => ours)),
    ...[history?.start, history?.end, history?.sequence].filter((each) => each !== undefined),
  ];
  return [
    ...Object.entries(dataset.fields).flatMap(([field, expression]) =>
      lookupsIn(expression).map((use) => ({ ...use, field })),
    ),
    ...making.flatMap((expression) => lookupsIn(expression)),
    ...dataset.exclude.flatMap(({ when }) => lookupsInCondition(when)),
  ];
}

interface Row {
  readonly values: string;
  readonly rows: string | null;
  readonly known: string[] | null;
  readonly unmapped: { value: string; rows: number; examples: string[] }[] | null;
}

async function askedOf(
  client: pg.Client,
  manifest: Manifest,
  dataset: CompiledDataset,
  { list, of, when, field, hasOtherwise }: Placed,
  work: Work,
): Promise<CodeListUse & { readonly known: readonly string[] }> {
  const { rows } = await longQuery(client, dataset.relation, work, { done: 0, unit: 'rows' }, () =>
    client.query<Row>(askingSql(manifest, dataset, { list, of, when })),
  );
  const isPersonal = columnsUsed(of).some(
    (column) => personalByName(dataset.relation.table, column) !== undefined,
  );
  const unmapped = (rows[0]?.unmapped ?? []).map(({ value, rows: count, examples }) => {
    const hide = isPersonal || VALUE_CHECKS.some(({ holds }) => holds(value));
    return { value: hide ? (masked(value) ?? '') : value, masked: hide, rows: count, examples };
  });
  return {
    list,
    dataset: dataset.id,
    of: describeExpression(of),
    ...(field === undefined ? {} : { field }),
    hasOtherwise,
    values: Number(rows[0]?.values ?? 0),
    rows: Number(rows[0]?.rows ?? 0),
    unmapped,
    known: rows[0]?.known ?? [],
  };
}

/** One row: how many values and rows the list does not have, the first of them, and the codes that it does. */
function askingSql(
  manifest: Manifest,
  dataset: CompiledDataset,
  { list, of, when }: Pick<LookupUse, 'list' | 'of' | 'when'>,
): string {
  const { relation, exclusions } = dataset;
  const context = contextOf(manifest, dataset);
  // A row of which it cannot be told whether it is in scope goes to quarantine for that.
  const judged = exclusions.map((each) => ({
    ...each,
    sql: harmless(each, 'true'),
    fails: 'false',
  }));
  const { from, out } = sourceRows({ ...dataset, exclusions: judged });
  const reached = when.map((condition) => harmless(compileCondition(condition, context), 'false'));
  const conditions = [`${out} = ${MAPPED}`, ...reached].join(' and ');
  const codes = `${quoteLiteral(JSON.stringify(manifest.codeLists[list]?.values ?? {}))}::jsonb`;
  const value = `${harmless(compileExpression(of, context))}::text`;
  return `
    with asked as (
      select value, is_known, count(*) as rows, (array_agg(shown order by shown) filter (where not is_known))[1:${EXAMPLES}] as examples
      from (select v.value, ${codes} ? v.value as is_known, ${relation.keyText('s')} as shown
        from ${from} cross join lateral (select ${value} as value offset 0) v where ${conditions}) s
      where value is not null group by value, is_known
    )
    select (select count(*) from asked where not is_known) as values, (select sum(rows) from asked where not is_known) as rows,
      (select array_agg(value) from asked where is_known) as known,
      (select jsonb_agg(jsonb_build_object('value', value, 'rows', rows, 'examples', examples) order by rows desc, value)
        from (select * from asked where not is_known order by rows desc, value limit ${SHOWN}) a) as unmapped`;
}
