import type pg from 'pg';
import { SlipwayError } from '../domain/errors.ts';
import { addDecimals } from '../domain/decimal.ts';
import { inTransaction } from './connections.ts';
import { type Copied, copyRows } from './copy-rows.ts';
import { countBad, insertGood, totalsOfGood } from './isolate/good-rows.ts';
import { type ConstraintKind, isolateRows, judgeConstraints } from './isolate/isolate-rows.ts';
import { byIndex } from './isolate/by-index.ts';
import { keepRejects } from './isolate/keep-rejects.ts';
import { lostReferences } from './isolate/lost-references.ts';
import { repeatingRows } from './isolate/repeating-rows.ts';
import {
  isGood,
  KEY,
  MAPPED_ROWS,
  mappedRowsSql,
  mappedTarget,
  N,
  RAW,
  rawSql,
  rawTarget,
} from './isolate/temporary-tables.ts';
import type { ChunkFigures } from './ledger.ts';
import type { LoadOptions } from './load-options.ts';
import { longQuery } from './long-query.ts';
import {
  isOneOfSql,
  mappedSql,
  rangeSql,
  type RowSelection,
  type Suspicion,
  suspectScopeSql,
} from './mapping/source-rows.ts';
import { quoteColumns } from './quote.ts';
import { summaryWithSuspects } from './source-summary.ts';
import type { Work } from './work.ts';

/**
 * Which rows are told apart. `mapping`: those that cannot be mapped; `nulls`: also those without a mandatory value; `checks`: also
 * those that break a check; `references`: also those that refer to what is not there; `uniques`: those that repeat what may
 * occur once. All others are copied straight into the platform's table. Where that cannot be told beforehand, and where rows
 * break constraints of more than one kind (`constraints`), they are copied into a temporary table first and found in sets.
 */
export type ApartMode = keyof typeof KINDS;

/** The constraints that the rows told apart are held to. */
const KINDS = {
  mapping: [],
  nulls: ['values'],
  checks: ['values'],
  references: ['values', 'references'],
  uniques: ['uniques'],
  constraints: ['values', 'references', 'uniques'],
} as const satisfies Record<string, readonly ConstraintKind[]>;

/** Is it a way that tells bad rows apart and copies all others? */
export function isApart(mode: string): mode is ApartMode {
  return Object.hasOwn(KINDS, mode);
}

/** What makes a row suspect; undefined where bad rows are found among copies of all rows only. */
async function suspicionOf(
  options: LoadOptions,
  mode: ApartMode,
  selection: RowSelection,
  work: Work,
): Promise<{ readonly on: Suspicion; readonly keys?: readonly string[] } | undefined> {
  if (mode === 'mapping') return { on: {} };
  if (mode === 'nulls') return { on: { nulls: true } };
  if (mode === 'checks') return { on: { nulls: true, checks: true } };
  if (mode === 'uniques') {
    const keys = await repeatingRows(options, selection, work);
    return keys === undefined ? undefined : { on: {}, keys };
  }
  if (mode !== 'references') return undefined;
  const lost = await lostReferences(options, selection, work);
  return lost === undefined ? undefined : { on: { nulls: true, lost } };
}

/**
 * Loads a chunk of which some rows are bad, at nearly the speed of one without: one scan of the source counts its rows and
 * names those that probably cannot be mapped, only these are looked at one by one, and all others are copied.
 */
export async function loadApart(
  options: LoadOptions,
  mode: ApartMode,
  work: Work,
): Promise<ChunkFigures> {
  const { dataset, range, source, target } = options;
  return inTransaction(source, 'snapshot', async () => {
    const unjudged = await unjudgedKeys(options, work);
    const suspicion = await suspicionOf(options, mode, { range, leftOut: unjudged }, work);
    const straight = suspicion !== undefined;
    const known = [...unjudged, ...(suspicion?.keys ?? [])];
    const selection: RowSelection = { range, leftOut: known };
    const summary = await summaryWithSuspects(
      source,
      dataset,
      selection,
      suspicion?.on ?? {},
      work,
    );
    const leftOut = [...known, ...summary.suspects];
    const rest: RowSelection = { range, leftOut };
    if (straight && leftOut.length === 0) {
      const { read, excluded, excludedBy, totals } = summary;
      const { rows: loaded, sha256 } = await copyToPlatform(options, rest, work);
      if (loaded !== summary.mapped) throw sourceChanged(options, summary.mapped, loaded);
      const counts = { read, loaded, quarantined: 0, excluded };
      return { ...counts, excludedBy, totals, checksum: sha256, path: 'direct' };
    }
    const isolated = await isolateRows(
      { ...options, where: isOneOf(options, leftOut), by: 'mapping' },
      work,
    );
    const copied = straight
      ? await copyToPlatform(options, rest, work)
      : await copyToMapped(options, rest, leftOut.length, work);
    if (copied.rows !== summary.mapped || summary.left !== leftOut.length) {
      throw sourceChanged(options, summary.mapped, copied.rows);
    }
    if (!straight) await judgeCopied(options, leftOut.length, KINDS[mode], work);
    // When all others are there: a row may refer to one of them.
    else if (KINDS[mode].length > 0) {
      await byIndex(target, () => judgeConstraints(options, work, KINDS[mode]));
    }
    await keepRejects(options.id, options);
    const good = await totalsOfGood(target, dataset);
    const loaded = await insertGood(options, work);
    const quarantined = await countBad(target);
    const excluded = Object.entries(isolated.excluded);
    const excludedBy: Record<string, number> = { ...summary.excludedBy };
    for (const [reason, rows] of excluded) excludedBy[reason] = (excludedBy[reason] ?? 0) + rows;
    return {
      read: summary.read,
      loaded: loaded + (straight ? copied.rows : 0),
      quarantined,
      excluded: summary.excluded + excluded.reduce((sum, [, rows]) => sum + rows, 0),
      excludedBy,
      totals: straight ? added(summary.totals, good) : good,
      checksum: copied.sha256,
      path: quarantined === 0 ? 'direct' : 'isolated',
    };
  });
}

function sourceChanged({ id }: LoadOptions, mapped: number, copied: number): SlipwayError {
  return new SlipwayError(
    'data/source-changed',
    `${id.dataset}, chunk ${id.chunk}: ${mapped} rows to load, ${copied} copied`,
  );
}

/** Row keys of the rows of which it probably cannot be said whether they are in scope. */
async function unjudgedKeys(
  { dataset, range, source }: LoadOptions,
  work: Work,
): Promise<string[]> {
  const sql = suspectScopeSql(dataset, range);
  if (sql === undefined) return [];
  const { rows } = await longQuery(source, dataset.relation, work, { done: 0, unit: 'rows' }, () =>
    source.query<{ key: string }>(sql),
  );
  return rows.map(({ key }) => key);
}

function isOneOf({ dataset, range }: LoadOptions, keys: readonly string[]): string {
  return [rangeSql(dataset, range), isOneOfSql(dataset, keys)]
    .filter((part) => part !== '')
    .join(' and ');
}

async function copyToPlatform(
  options: LoadOptions,
  rest: RowSelection,
  work: Work,
): Promise<Copied> {
  const { dataset, places } = options;
  const names = quoteColumns(dataset.fields.map(({ name }) => name));
  const into = `${places.table(dataset.target)} (${names})`;
  return copy(options, mappedSql(dataset, rest), into, work);
}

async function copyToMapped(
  options: LoadOptions,
  rest: RowSelection,
  after: number,
  work: Work,
): Promise<Copied> {
  const { dataset } = options;
  return copy(options, mappedRowsSql(dataset, rest, after), mappedTarget(dataset), work);
}

async function copy(
  { dataset, source, target, range }: LoadOptions,
  query: string,
  into: string,
  work: Work,
): Promise<Copied> {
  return copyRows(
    { ...dataset.relation, client: source, query },
    { client: target, side: 'target', into },
    dataset.binary ? 'binary' : 'text',
    work,
    range.rows,
  );
}

/** Finds the copied rows that break a constraint, and fetches what they look like in the source. */
async function judgeCopied(
  options: LoadOptions,
  after: number,
  kinds: readonly ConstraintKind[],
  work: Work,
): Promise<void> {
  const { dataset, target } = options;
  await judgeConstraints(options, work, kinds);
  const keys = await badKeys(target, after);
  if (keys.length === 0) return;
  // Numbered out of the way first: a raw row and its mapped row have one number.
  const free = Number.MAX_SAFE_INTEGER - keys.length;
  await copyRows(
    {
      ...dataset.relation,
      client: options.source,
      query: rawSql(dataset, isOneOf(options, keys), free),
    },
    { client: target, side: 'target', into: rawTarget(dataset) },
    'binary',
    work,
  );
  await target.query(
    `update ${RAW} s set ${N} = m.${N} from ${MAPPED_ROWS} m where s.${N} > $1 and m.${KEY} = s.${KEY}`,
    [free],
  );
}

async function badKeys(target: pg.Client, after: number): Promise<string[]> {
  const { rows } = await target.query<{ key: string }>(
    `select m.${KEY} as key from ${MAPPED_ROWS} m where m.${N} > $1 and not ${isGood('m')}`,
    [after],
  );
  return rows.map(({ key }) => key);
}

function added(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(one).map(([name, sum]) => [name, addDecimals([sum, other[name] ?? '0'])]),
  );
}
