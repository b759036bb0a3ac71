import type pg from 'pg';
import type { ColumnProfile, KeyCheck } from '../../domain/profile.ts';
import { checkKey } from './key-check.ts';
import type { ProfiledTable } from './profiled-table.ts';
import { type SampledRows, sampleRows } from './sample-rows.ts';

const FEWEST_ROWS = 20;
const MOST_COLUMNS = 14;
const MOST_PARTS = 3;
const MOST_CHECKED = 6;
const MOST_FOUND = 2;
const LONGEST = 60;

/**
 * The smallest sets of two or three columns that identify the rows of a table that no single column identifies. Checked
 * against all rows; of several those furthest to the left, where people put their keys.
 */
export async function compositeKeys(client: pg.Client, table: ProfiledTable): Promise<KeyCheck[]> {
  const { relation, profile } = table;
  if (profile.rows < FEWEST_ROWS) return [];
  const columns = profile.columns.filter((column) => mayBePart(column)).slice(0, MOST_COLUMNS);
  const sample = await sampleRows(
    client,
    relation,
    columns.map(({ name }) => name),
    profile.rows,
  );
  for (let parts = 2; parts <= MOST_PARTS; parts += 1) {
    const sets = subsets(columns, parts)
      .filter((set) => set.reduce((product, { distinct }) => product * distinct, 1) >= profile.rows)
      .filter((set) => isUnique(sample, set))
      .slice(0, MOST_CHECKED);
    const found: KeyCheck[] = [];
    for (const set of sets) {
      const names = set.map(({ name }) => name);
      const check = await checkKey(client, relation, names, 'found');
      if (check.unique) found.push(check);
      if (found.length === MOST_FOUND) break;
    }
    if (found.length > 0) return found;
  }
  return [];
}

/** Parts of keys are always there, and are neither amounts nor free text. */
function mayBePart({ nulls, empty, distinct, inferred, maxLength }: ColumnProfile): boolean {
  const isCode =
    inferred.type === 'text' || inferred.type === 'integer' || inferred.type === 'date';
  return nulls + empty === 0 && distinct > 1 && isCode && (maxLength ?? 0) <= LONGEST;
}

/** In the order of their columns, the leftmost first. */
function subsets(columns: readonly ColumnProfile[], parts: number): ColumnProfile[][] {
  if (parts === 0) return [[]];
  return columns.flatMap((column, index) =>
    subsets(columns.slice(index + 1), parts - 1).map((rest) => [column, ...rest]),
  );
}

function isUnique({ rows, columns }: SampledRows, set: readonly ColumnProfile[]): boolean {
  const codes = set.map(({ name }) => columns.get(name));
  const seen = new Set<string>();
  for (let row = 0; row < rows; row += 1) {
    const key = codes.map((column) => column?.[row]).join();
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}
