import { compareColumns } from './column-drift.ts';
import type { Drift } from './drift.ts';
import type { Severity } from './findings.ts';
import type { TableProfile } from './profile.ts';

/** Changes of less than this are what a month of ordinary work does. */
const ROWS_MINOR = 0.01;
const ROWS_MAJOR = 0.2;

const RANK: Record<Severity, number> = { blocker: 0, major: 1, minor: 2 };

/**
 * What changed between two profiles of the same source, the worst first. Pure. Estimated figures differ only where they
 * differ by more than their error.
 */
export function profileDrift(
  before: readonly TableProfile[],
  after: readonly TableProfile[],
): Drift[] {
  const old = new Map(before.map((profile) => [profile.table, profile]));
  const now = new Map(after.map((profile) => [profile.table, profile]));
  const found: Drift[] = [];
  for (const [table, profile] of old) {
    const other = now.get(table);
    found.push(
      ...(other === undefined ? [tableDrift('removed', profile)] : compareTables(profile, other)),
    );
  }
  for (const [table, profile] of now) if (!old.has(table)) found.push(tableDrift('added', profile));
  return found.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

function tableDrift(what: 'added' | 'removed', { table, rows }: TableProfile): Drift {
  const added = what === 'added';
  return {
    kind: added ? 'table-added' : 'table-removed',
    severity: added ? 'minor' : 'blocker',
    table,
    before: added ? 'not there' : `${rows} rows`,
    after: added ? `${rows} rows` : 'not there',
    message: added ? `${table} is new, with ${rows} rows.` : `${table} is no longer there.`,
  };
}

function compareTables(before: TableProfile, after: TableProfile): Drift[] {
  const { table } = after;
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const now = new Map(after.columns.map((column) => [column.name, column]));
  const found: Drift[] = rowsDrift(before, after);
  for (const [name, column] of old) {
    if (now.has(name)) continue;
    const message = `${name} is no longer a column of ${table}.`;
    found.push({
      kind: 'column-removed',
      severity: 'blocker',
      table,
      column: name,
      before: column.declaredType,
      after: 'not there',
      message,
    });
  }
  for (const [name, column] of now) {
    const was = old.get(name);
    if (was === undefined) {
      const message = `${name} is a new column of ${table}.`;
      found.push({
        kind: 'column-added',
        severity: 'minor',
        table,
        column: name,
        before: 'not there',
        after: column.declaredType,
        message,
      });
      continue;
    }
    const drift = compareColumns({ column: was, rows: before.rows }, { column, rows: after.rows });
    found.push(...drift.map((each) => ({ ...each, table, column: name })));
  }
  return found;
}

function rowsDrift({ rows: before }: TableProfile, { rows: after, table }: TableProfile): Drift[] {
  const change = before === after ? 0 : Math.abs(after - before) / Math.max(1, before);
  if (change < ROWS_MINOR) return [];
  const message = `${table} has ${after} rows, after ${before}.`;
  const severity = change >= ROWS_MAJOR ? 'major' : 'minor';
  return [{ kind: 'rows', severity, table, before: String(before), after: String(after), message }];
}
