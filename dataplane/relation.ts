import { SlipwayError } from '../domain/errors.ts';
import type { Dataset, Manifest } from '../domain/manifest.ts';
import type { Side } from './driver-errors.ts';
import { quoteColumns, quoteIdentifier, quoteTable } from './quote.ts';
import { stagedTable } from './staged-table.ts';
import type { DataPlaneUrls } from './urls.ts';

/** A place to read rows from: a table of a database source, a staged file entry, or a table of the platform. */
export interface Relation {
  readonly url: string;
  readonly side: Side;
  readonly schema: string;
  readonly table: string;
  /** `schema.table` as SQL. */
  readonly sql: string;
  /** True for what was taken in (files, MariaDB): it has the columns of TECHNICAL_COLUMNS beside its own. */
  readonly staged: boolean;
  /** The table, where `sql` adds columns to it, or rows for its parts. */
  readonly base?: Relation;
  /**
   * Columns that tell one row from another and put rows in order: `_row` for what was taken in, whose declared key may
   * repeat, and which keeps its number from one intake to the next; the declared key for tables. Empty when nothing was declared (a table that holds pay results).
   */
  readonly keyColumns: readonly string[];
  /** The key the manifest declares, which the rows may fail to keep. */
  readonly declaredKey: readonly string[] | undefined;
  /** SQL for a row's key as people see it: `file.csv:123` for files, the declared key (`123` or `a|b`) for tables. */
  keyText(alias?: string): string;
}

/**
 * Where the rows of a dataset are read from.
 * @throws SlipwayError `source/not-found` when the source is not in the manifest or `from` is no `schema.table`;
 *   `manifest/secret-missing` when the source has no connection URL
 */
export function relationOf(manifest: Manifest, dataset: Dataset, urls: DataPlaneUrls): Relation {
  return placeOf(manifest, { source: dataset.source, from: dataset.from, key: dataset.key }, urls);
}

/**
 * Where rows are read from that no dataset describes, such as the pay results of one side.
 * @param place `source` is a source of the manifest, or `platform`; `from` is `schema.table`, `database.table` of
 *   MariaDB, or the name of a file entry
 * @throws as `relationOf`
 */
export function placeOf(
  manifest: Manifest,
  place: { source: string; from: string; key?: readonly string[] | undefined },
  urls: DataPlaneUrls,
): Relation {
  if (place.source === 'platform') {
    return tableRelation({ url: urls.target, side: 'target', name: place.from, key: place.key });
  }
  const source = manifest.sources[place.source];
  if (source === undefined) {
    throw new SlipwayError(
      'source/not-found',
      `there is no source ${place.source} in the manifest`,
    );
  }
  if (source.kind !== 'postgres') {
    const staged = stagedTable(manifest.department.id, place.source, place.from);
    const relation = stagedRelation(urls.staging, staged, place.key);
    // Lines are what people know of a file; the rows of a table have a key.
    return source.kind === 'files' || place.key === undefined
      ? relation
      : { ...relation, keyText: (alias) => joinedKey(place.key ?? [], alias) };
  }
  const url = urls.sources[place.source];
  if (url === undefined) {
    throw new SlipwayError(
      'manifest/secret-missing',
      `there is no connection URL for source ${place.source}`,
    );
  }
  return tableRelation({ url, side: 'source', name: place.from, key: place.key });
}

function stagedRelation(
  url: string,
  staged: { schema: string; table: string },
  declaredKey: readonly string[] | undefined,
): Relation {
  return {
    url,
    side: 'staging',
    ...staged,
    sql: quoteTable(staged.schema, staged.table),
    staged: true,
    keyColumns: ['_row'],
    declaredKey,
    keyText: (alias) =>
      `(${quoteColumns(['_file'], alias)} || ':' || ${quoteColumns(['_line'], alias)})`,
  };
}

function tableRelation(place: {
  url: string;
  side: Side;
  name: string;
  key: readonly string[] | undefined;
}): Relation {
  const [schema, table, ...rest] = place.name.split('.');
  if (
    schema === undefined ||
    table === undefined ||
    rest.length > 0 ||
    schema === '' ||
    table === ''
  ) {
    throw new SlipwayError(
      'source/not-found',
      `${place.name} does not name a table: expected schema.table`,
    );
  }
  const keyColumns = place.key ?? [];
  return {
    url: place.url,
    side: place.side,
    schema,
    table,
    sql: quoteTable(schema, table),
    staged: false,
    keyColumns,
    declaredKey: place.key,
    keyText: (alias) => joinedKey(keyColumns, alias),
  };
}

/** Several columns joined by `|`; without a declared key there is nothing to show. */
function joinedKey(columns: readonly string[], alias: string | undefined): string {
  if (columns.length === 0) return 'null::text';
  const prefix = alias === undefined ? '' : `${quoteIdentifier(alias)}.`;
  const parts = columns.map((column) => `coalesce(${prefix}${quoteIdentifier(column)}::text, '')`);
  return `(${parts.join(` || '|' || `)})`;
}
