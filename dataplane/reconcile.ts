import { addDecimals, equalDecimals } from '../domain/decimal.ts';
import type { SideSums } from './compare/bucket-sums.ts';
import type { ChecksumKind } from './compare/checksum.ts';
import { comparisonOf, type Comparison } from './compare/comparison.ts';
import { type Differences, findDifferences } from './compare/differences.ts';
import { type ComparedGroup, differingGroups } from './compare/groups.ts';
import { masked } from './compare/masked.ts';
import { Sides } from './compare/sides.ts';
import { differingValues } from './compare/values.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import { type DatasetLoad, readLoadState } from './ledger.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { PLATFORM } from './target-places.ts';
import { tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface ReconcileRequest {
  readonly mapping: CompiledMapping;
  readonly dataset: string;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** Differences to name at most; all of them are counted. Default 100. */
  readonly name?: number;
  /**
   * What rows are told apart by. Default `fast`; where the two ends do not hash alike it is `sha256`, and the result
   * says so.
   */
  readonly checksum?: ChecksumKind;
}

/** Differences that are named when nothing else is said. */
const NAMED = 100;

/** A row that is not the same on both sides. */
export interface NamedDifference {
  readonly kind: 'missing' | 'extra' | 'different';
  /** Its key on the platform, parts joined by `|`, and the parts. */
  readonly key: string;
  readonly parts: readonly string[];
  /** The dataset and the source row it comes from, where it has one. */
  readonly dataset?: string;
  readonly sourceKey?: string;
  readonly sourceParts?: readonly string[];
  /** For `different`: the columns of the platform whose values differ. */
  readonly columns?: readonly string[];
  /** What the values of these columns look like on both sides (see `masked`); `differenceValues` gives the values. */
  readonly masked?: readonly {
    readonly column: string;
    readonly source: string | null;
    readonly target: string | null;
  }[];
}

/** A control total on both sides and in the ledger, as decimal text. */
export interface ComparedTotal {
  readonly column: string;
  readonly source: string;
  readonly target: string;
  /** Null when not every dataset that maps the column declares it as a control total. */
  readonly ledger: string | null;
  /** What the ledger says of each dataset that declares it; several may load one table. */
  readonly loaded: Readonly<Record<string, string>>;
  readonly equal: boolean;
}

/** What became of the rows of a dataset: now in the source, and as the ledger has it. */
export interface ComparedCounts {
  readonly dataset: string;
  readonly source: {
    readonly read: number;
    readonly excluded: number;
    readonly quarantined: number;
  };
  readonly ledger: {
    readonly read: number;
    readonly loaded: number;
    readonly excluded: number;
    readonly quarantined: number;
  };
  readonly equal: boolean;
}

export interface Reconciliation {
  /** Both sides hold the same: counts, control totals to the penny, and every value of every row. */
  readonly reconciled: boolean;
  /** The platform's table, and the datasets that load it: they are compared together. */
  readonly table: string;
  readonly datasets: readonly string[];
  readonly counts: readonly ComparedCounts[];
  /** Rows that should be on the platform, and rows that are. */
  readonly rows: { readonly source: number; readonly target: number };
  readonly totals: readonly ComparedTotal[];
  /** The control totals by group: by which columns, how many groups there are, and those that are not equal. */
  readonly groups: {
    readonly by: readonly string[];
    readonly compared: number;
    readonly differing: number;
    readonly named: readonly ComparedGroup[];
  };
  /** How many rows differ, by kind; `differences` names the first of them. */
  readonly differing: Readonly<Record<'missing' | 'extra' | 'different', number>>;
  /** Rows that differ by no more than the tolerances allow, which are these. */
  readonly withinTolerance: number;
  readonly tolerances: Readonly<Record<string, string>>;
  readonly differences: readonly NamedDifference[];
  /** Source rows that were changed after the load so that they cannot be mapped any more, by their keys. */
  readonly unmappable: readonly string[];
  /** What the rows were told apart by, and in how many buckets. */
  readonly checksum: ChecksumKind;
  readonly buckets: number;
  readonly comparedColumns: readonly string[];
  /** Columns that some of the datasets leave to the platform's default. */
  readonly notCompared: readonly string[];
}

/**
 * Proves that both sides hold the same, two-sided (control C13): what the source's rows are mapped to now, less those
 * in quarantine and out of scope, against the platform's rows; counts and control totals against the ledger as well.
 * @throws SlipwayError when a database cannot be reached; a difference is a result, not an error
 */
export async function reconcileDataset(
  request: ReconcileRequest,
  work: Work,
): Promise<Reconciliation> {
  return hidingValues(`reconciling ${request.dataset}`, () => reconcile(request, work));
}

async function reconcile(request: ReconcileRequest, work: Work): Promise<Reconciliation> {
  const { urls, loadId } = request;
  const mapping = await withConnection(urls.target, 'target', work.signal, (target) =>
    correctedMapping(target, request.mapping, loadId),
  );
  const comparison = comparisonOf(mapping, request.dataset);
  const { checksum } = request;
  const keep = request.name ?? NAMED;
  const differences = await findDifferences(
    { comparison, urls, loadId, keep, ...(checksum === undefined ? {} : { checksum }) },
    work,
  );
  const different = differences.found.filter(({ kind }) => kind === 'different');
  const values = await differingValues(
    comparison,
    new Sides(comparison, urls, work),
    different,
    work,
  );
  const { ledger, closed } = await platformSide(comparison, request, work);
  const counts = comparison.datasets.map(({ id }) =>
    countsOf(
      id,
      differences.sources.get(id),
      ledger.find((each) => each.dataset === id),
      closed.get(id),
    ),
  );
  const totals = comparison.totals.map((column, index) =>
    totalOf(column, index, comparison, differences, ledger),
  );
  const groups = differingGroups(differences.source, differences.target, comparison.totals);
  const unmappable = [...differences.unmappable.values()].flat().map(({ shown }) => shown);
  const { withinTolerance, ...differing } = differences.counts;
  const loaded = counts.reduce((sum, each) => sum + each.ledger.loaded, 0);
  return {
    reconciled:
      Object.values(differing).every((rows) => rows === 0) &&
      unmappable.length === 0 &&
      loaded === differences.rows.target &&
      groups.length === 0 &&
      counts.every(({ equal }) => equal) &&
      totals.every(({ equal }) => equal),
    table: tableName(comparison.table),
    datasets: comparison.datasets.map(({ id }) => id),
    counts,
    rows: differences.rows,
    totals,
    groups: {
      by: comparison.totalsBy,
      compared: new Set([...differences.source.groups.keys(), ...differences.target.groups.keys()])
        .size,
      differing: groups.length,
      named: groups.slice(0, keep),
    },
    differing,
    withinTolerance,
    tolerances: Object.fromEntries(comparison.tolerances),
    differences: differences.found.map(({ kind, key, shown, parts, source }) => {
      const differingColumns = values.get(key) ?? [];
      return {
        kind,
        key: shown,
        parts,
        ...(source === undefined
          ? {}
          : { dataset: source.dataset, sourceKey: source.shown, sourceParts: source.parts }),
        ...(kind === 'different'
          ? {
              columns: differingColumns.map(({ column }) => column),
              masked: differingColumns.map((each) => ({
                column: each.column,
                source: masked(each.source),
                target: masked(each.target),
              })),
            }
          : {}),
      };
    }),
    unmappable: unmappable.slice(0, keep),
    checksum: differences.checksum,
    buckets: differences.buckets,
    comparedColumns: comparison.columns.map(({ name }) => name),
    notCompared: comparison.notCompared,
  };
}

interface Closed {
  readonly quarantined: number;
  readonly elsewhere: number;
}

/** What ledger and quarantine of the platform say. */
async function platformSide(
  comparison: Comparison,
  { urls, loadId }: ReconcileRequest,
  work: Work,
): Promise<{ ledger: DatasetLoad[]; closed: ReadonlyMap<string, Closed> }> {
  const { department } = comparison;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const ledger = await readLoadState(target, department, loadId);
    const { rows } = await target.query<{ dataset: string } & Closed>(
      `select d.dataset, (select count(*)::int from ${PLATFORM.quarantine} q
           where q.department = $1 and q.load_id = $2 and q.dataset = d.dataset and q.status in ('open', 'accepted')) as quarantined,
         (select count(*)::int from ${PLATFORM.loadedElsewhere} e
           where e.department = $1 and e.load_id = $2 and e.dataset = d.dataset) as elsewhere
       from unnest($3::text[]) d(dataset)`,
      [department, loadId, comparison.datasets.map(({ id }) => id)],
    );
    return { ledger, closed: new Map(rows.map((row) => [row.dataset, row])) };
  });
}

function countsOf(
  dataset: string,
  sums: SideSums | undefined,
  load: DatasetLoad | undefined,
  closed: Closed | undefined,
): ComparedCounts {
  const elsewhere = closed?.elsewhere ?? 0;
  const mapped = [...(sums?.buckets.values() ?? [])].reduce((sum, { rows }) => sum + rows, 0);
  const others = [...(sums?.others ?? [])];
  const left = others.reduce((sum, [out, rows]) => sum + (out < 0 ? rows : 0), 0);
  const excluded = others.reduce((sum, [out, rows]) => sum + (out < 0 ? 0 : rows), 0);
  const source = {
    read: mapped + left + excluded,
    excluded: excluded + elsewhere,
    // Rows of the quarantine that the source still has.
    quarantined: left - elsewhere,
  };
  const ledger = {
    read: load?.read ?? 0,
    loaded: load?.loaded ?? 0,
    excluded: load?.excluded ?? 0,
    quarantined: load?.quarantined ?? 0,
  };
  const equal =
    source.read === ledger.read &&
    source.excluded === ledger.excluded &&
    source.quarantined === ledger.quarantined &&
    closed?.quarantined === ledger.quarantined &&
    mapped === ledger.loaded;
  return { dataset, source, ledger, equal };
}

function totalOf(
  column: string,
  index: number,
  comparison: Comparison,
  differences: Pick<Differences, 'source' | 'target'>,
  ledger: readonly DatasetLoad[],
): ComparedTotal {
  const source = differences.source.totals[index] ?? '0';
  const target = differences.target.totals[index] ?? '0';
  const mapping = comparison.datasets.filter(({ fields }) =>
    fields.some(({ name }) => name === column),
  );
  const declaring = mapping.filter(({ totals }) => totals.includes(column));
  const loaded = Object.fromEntries(
    declaring.map(({ id }) => [
      id,
      ledger.find(({ dataset }) => dataset === id)?.totals[column] ?? '0',
    ]),
  );
  const inLedger = declaring.length === mapping.length ? addDecimals(Object.values(loaded)) : null;
  const equal =
    equalDecimals(source, target) && (inLedger === null || equalDecimals(inLedger, target));
  return { column, source, target, ledger: inLedger, loaded, equal };
}
