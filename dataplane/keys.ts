import type pg from 'pg';
import { shareWord } from '../domain/name-affinity.ts';
import type { ColumnProfile, Dependency, KeyCheck, Reference } from '../domain/profile.ts';
import { withConnection } from './connections.ts';
import { compositeKeys } from './keys/composite-keys.ts';
import { type Constraints, readConstraints } from './keys/constraints.ts';
import { findDependencies } from './keys/dependencies.ts';
import { checkKey } from './keys/key-check.ts';
import { type ParentKey, parentKeys } from './keys/parent-keys.ts';
import { columnNamed, isCode, type ProfiledTable, valuedRows } from './keys/profiled-table.ts';
import { brokenReferences, type Candidate, inclusionOf } from './keys/reference-check.ts';
import { longQuery } from './long-query.ts';
import { withShownKeys } from './profile/shown-key.ts';
import type { Work } from './work.ts';

/** The keys and relationships of tables, declared or not. */
export interface KeysAndReferences {
  readonly keys: readonly KeyCheck[];
  readonly references: readonly Reference[];
  readonly dependencies: readonly Dependency[];
}

/** Enough to keep the groups of most columns in memory, little enough for a server that has other work. */
const WORK_MEMORY = '64MB';

/** How many of the different values have to be in the parent, with and without a word in common. */
const INCLUSION_WITH_NAME = 0.8;
const INCLUSION_BY_VALUES = 0.95;
/** Few small numbers are in every list of numbers by chance. */
const DISTINCT_BY_VALUES = 10;
const MAX_CANDIDATES_BY_VALUES = 100;

/**
 * Finds the keys of tables and what refers to what: keys that the manifest or the database declares, single columns and, where
 * there are none, sets of columns that are unique; columns that another one tells; and references by inclusion of values, also within columns that both tables share (a post number within
 * its organisation). Of several possible parents of a column the best is kept. Reports tables.
 * @param tables profiled tables; those of one database are compared with one another
 */
export async function findKeys(
  tables: readonly ProfiledTable[],
  work: Work,
): Promise<KeysAndReferences> {
  const keys: KeyCheck[] = [];
  const references: Reference[] = [];
  const dependencies: Dependency[] = [];
  let done = 0;
  for (const group of byDatabase(tables.map(shown))) {
    const [{ relation }] = group;
    await withConnection(relation.url, relation.side, work.signal, (client) =>
      longQuery(
        client,
        relation,
        work,
        { done, total: tables.length, unit: 'tables' },
        async () => {
          await client.query(`set work_mem = '${WORK_MEMORY}'`);
          const constraints = await readConstraints(
            client,
            group.map((each) => each.relation),
          );
          for (const table of group) keys.push(...(await keysOf(client, table, constraints)));
          const parents: ParentKey[] = [];
          for (const table of group)
            parents.push(...(await parentKeys(client, table, constraints)));
          for (const child of group) {
            dependencies.push(...(await findDependencies(client, child)));
            for (const { reference, parent } of await referencesOf(
              client,
              child,
              parents,
              constraints,
            )) {
              references.push(reference);
              const used = await checkUsedKey(client, parent, keys);
              if (used !== undefined) keys.push(used);
            }
            done += 1;
            work.progress({ done, total: tables.length, unit: 'tables' });
          }
        },
      ),
    );
  }
  return { keys, references, dependencies };
}

function shown({ relation, profile }: ProfiledTable): ProfiledTable {
  return { relation: withShownKeys(relation, profile.columns), profile };
}

type Group = [ProfiledTable, ...ProfiledTable[]];

function byDatabase(tables: readonly ProfiledTable[]): Group[] {
  const groups = new Map<string, Group>();
  for (const table of tables) {
    const group = groups.get(table.relation.url);
    if (group === undefined) groups.set(table.relation.url, [table]);
    else if (!group.some((each) => each.relation.sql === table.relation.sql)) group.push(table);
  }
  return [...groups.values()];
}

async function keysOf(
  client: pg.Client,
  table: ProfiledTable,
  constraints: Constraints,
): Promise<KeyCheck[]> {
  const { relation, profile } = table;
  const enforced = constraints.keys.filter((key) => key.table === profile.table);
  const checks = enforced.map((key) => unbroken(profile.table, key.columns, 'constraint'));
  for (const column of profile.columns.filter((each) => mayBeKey(table, each))) {
    if (checks.some((check) => sameColumns(check.columns, [column.name]))) continue;
    // An estimate says only that it may be one.
    const check =
      column.distinctError === undefined
        ? unbroken(profile.table, [column.name], 'found')
        : await checkKey(client, relation, [column.name], 'found');
    if (check.unique) checks.push(check);
  }
  const declared = relation.declaredKey;
  if (declared !== undefined) {
    const others = checks.filter((check) => !sameColumns(check.columns, declared));
    const check = await checkKey(client, relation, declared, 'declared');
    checks.splice(0, checks.length, check, ...others);
  }
  if (checks.some((check) => check.unique)) return checks;
  return [...checks, ...(await compositeKeys(client, table))];
}

/** Within four standard errors an estimate does not rule it out. */
function mayBeKey({ profile }: ProfiledTable, column: ColumnProfile): boolean {
  const least = profile.rows * (1 - 4 * (column.distinctError ?? 0));
  return (
    // Amounts and dates that happen to differ identify nothing.
    isCode(column) &&
    profile.rows > 0 &&
    column.distinct >= least &&
    valuedRows(profile, column) === profile.rows
  );
}

function unbroken(table: string, columns: readonly string[], origin: KeyCheck['origin']): KeyCheck {
  return {
    table,
    columns,
    origin,
    unique: true,
    repeatedValues: 0,
    repeatedRows: 0,
    repeatedKeys: [],
    incompleteRows: 0,
    incompleteKeys: [],
  };
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((column) => b.includes(column));
}

/** A key that rows refer to is worth checking although nobody declared it. */
async function checkUsedKey(
  client: pg.Client,
  { table, column, within }: ParentKey,
  known: readonly KeyCheck[],
): Promise<KeyCheck | undefined> {
  const columns = [...within, column.name];
  const isKnown = known.some(
    (check) => check.table === table.profile.table && sameColumns(check.columns, columns),
  );
  return isKnown ? undefined : checkKey(client, table.relation, columns, 'found');
}

interface Found {
  readonly reference: Reference;
  readonly parent: ParentKey;
}

async function referencesOf(
  client: pg.Client,
  child: ProfiledTable,
  parents: readonly ParentKey[],
  constraints: Constraints,
): Promise<Found[]> {
  const found: Found[] = [];
  let byValues = 0;
  for (const column of child.profile.columns) {
    const enforced = enforcedParent(child, column, parents, constraints);
    if (enforced !== undefined) {
      found.push(
        await describe(client, { child, column: column.name, parent: enforced }, 'constraint', 1),
      );
      continue;
    }
    let best: { candidate: Candidate; inclusion: number; affinity: number } | undefined;
    for (const parent of parents) {
      if (!isPossible(child, column, parent, parents)) continue;
      const affinity = nameAffinity(column, parent);
      const named = affinity > 0;
      if (!named && (!valuesMayFit(column, parent) || byValues >= MAX_CANDIDATES_BY_VALUES))
        continue;
      if (!named) byValues += 1;
      const candidate = { child, column: column.name, parent };
      const inclusion = await inclusionOf(client, candidate);
      if (inclusion < (named ? INCLUSION_WITH_NAME : INCLUSION_BY_VALUES)) continue;
      if (
        best === undefined ||
        affinity > best.affinity ||
        (affinity === best.affinity && inclusion > best.inclusion)
      ) {
        best = { candidate, inclusion, affinity };
      }
    }
    if (best !== undefined) {
      const evidence = best.affinity > 0 ? 'name' : 'values';
      found.push(await describe(client, best.candidate, evidence, best.inclusion));
    }
  }
  return found;
}

async function describe(
  client: pg.Client,
  candidate: Candidate,
  evidence: Reference['evidence'],
  inclusion: number,
): Promise<Found> {
  const { child, column, parent } = candidate;
  const reference: Reference = {
    table: child.profile.table,
    column,
    parentTable: parent.table.profile.table,
    parentColumn: parent.column.name,
    within: parent.within,
    evidence,
    inclusion,
    ...(await brokenReferences(client, candidate)),
  };
  return { reference, parent };
}

/** The parent that the database declares for the column, where the other columns of the foreign key have the same names. */
function enforcedParent(
  child: ProfiledTable,
  column: ColumnProfile,
  parents: readonly ParentKey[],
  constraints: Constraints,
): ParentKey | undefined {
  for (const key of constraints.foreignKeys) {
    if (key.table !== child.profile.table) continue;
    const at = key.columns.indexOf(column.name);
    const others = key.columns.filter((_name, index) => index !== at);
    const parentOthers = key.parentColumns.filter((_name, index) => index !== at);
    if (at < 0 || others.some((name, index) => name !== parentOthers[index])) continue;
    const parent = parents.find(
      (each) =>
        each.table.profile.table === key.parentTable &&
        each.column.name === key.parentColumns[at] &&
        sameColumns(each.within, parentOthers),
    );
    if (parent !== undefined) return parent;
  }
  return undefined;
}

function isPossible(
  child: ProfiledTable,
  column: ColumnProfile,
  parent: ParentKey,
  parents: readonly ParentKey[],
): boolean {
  // A second key of a table does not refer to the first: a post's reference is not the number of a post's row.
  const isKeyOfTheSame =
    child === parent.table &&
    parents.some((each) => each.table === child && each.column === column);
  return (
    !isKeyOfTheSame &&
    isCode(column) &&
    column.distinct > 1 &&
    !parent.within.includes(column.name) &&
    parent.within.every((name) => columnNamed(child, name) !== undefined)
  );
}

/** A word in common with the parent's column says more than one with its table: `unit` refers to `unit.code`. */
function nameAffinity(column: ColumnProfile, parent: ParentKey): number {
  if (shareWord([column.name], [parent.column.name])) return 2;
  return shareWord([column.name], [parent.table.relation.table]) ? 1 : 0;
}

function valuesMayFit(column: ColumnProfile, { column: parent }: ParentKey): boolean {
  const within = (value: number | undefined, low: number | undefined, high: number | undefined) =>
    value !== undefined && low !== undefined && high !== undefined && value >= low && value <= high;
  return (
    column.distinct >= DISTINCT_BY_VALUES &&
    column.inferred.type === parent.inferred.type &&
    within(column.minLength, parent.minLength, parent.maxLength) &&
    within(column.maxLength, parent.minLength, parent.maxLength)
  );
}
