import { addDecimals, equalDecimals } from '../domain/decimal.ts';
import { comparisonOf, type Comparison } from './compare/comparison.ts';
import { differingColumns, type Differences, findDifferences } from './compare/differences.ts';
import { withConnection } from './connections.ts';
import { correctedMapping } from './corrections.ts';
import { hidingValues } from './data-error.ts';
import { type DatasetLoad, readLoadState } from './ledger.ts';
import { longQuery } from './long-query.ts';
import type { CompiledMapping } from './mapping/compile-mapping.ts';
import { quoteIdentifier } from './quote.ts';
import { type SourceSummary, sourceSummary } from './source-summary.ts';
import { PLATFORM } from './target-places.ts';
import { DEPARTMENT, tableName } from './target-table.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

export interface ReconcileRequest {
  readonly mapping: CompiledMapping;
  readonly dataset: string;
  readonly urls: DataPlaneUrls;
  readonly loadId: string;
  /** Differences to name at most; all of them are counted. Default 100. */
  readonly name?: number;
}

/** A row that is not the same on both sides. */
export interface NamedDifference {
  readonly kind: 'missing' | 'extra' | 'different';
  /** Its key on the platform, parts joined by `|`. */
  readonly key: string;
  /** The dataset and the source row it comes from, where it has one. */
  readonly dataset?: string;
  readonly sourceKey?: string;
  /** For `different`: the columns of the platform whose values differ. */
  readonly columns?: readonly string[];
}

/** A control total on both sides and in the ledger, as decimal text. */
export interface ComparedTotal {
  readonly column: string;
  readonly source: string;
  readonly target: string;
  /** Null when not every dataset that maps the column declares it as a control total. */
  readonly ledger: string | null;
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
  /** How many rows differ, by kind; `differences` names the first of them. */
  readonly differing: Readonly<Record<'missing' | 'extra' | 'different', number>>;
  readonly differences: readonly NamedDifference[];
  /** Source rows that were changed after the load so that they cannot be mapped any more, by their keys. */
  readonly unmappable: readonly string[];
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
  const differences = await findDifferences(
    { comparison, urls, loadId, keep: request.name ?? 100 },
    work,
  );
  const columns = await differingColumns({ comparison, urls }, differences, work);
  const totals = totalColumns(comparison);
  const summaries = await summariesOf(comparison, differences, totals, work);
  const { ledger, sums, closed } = await platformSide(comparison, request, totals, work);
  const counts = comparison.datasets.map((dataset) =>
    countsOf(
      dataset.id,
      summaries.get(dataset.id),
      ledger.find((each) => each.dataset === dataset.id),
      closed.get(dataset.id),
    ),
  );
  const comparedTotals = totals.map((column, index) =>
    totalOf(column, comparison, summaries, sums[index] ?? '0', ledger),
  );
  const unmappable = [...differences.unmappable.values()].flat().map(({ shown }) => shown);
  const { missing, extra, different } = differences.counts;
  const loaded = counts.reduce((sum, each) => sum + each.ledger.loaded, 0);
  return {
    reconciled:
      missing + extra + different === 0 &&
      unmappable.length === 0 &&
      loaded === differences.rows.target &&
      counts.every(({ equal }) => equal) &&
      comparedTotals.every(({ equal }) => equal),
    table: tableName(comparison.table),
    datasets: comparison.datasets.map(({ id }) => id),
    counts,
    rows: differences.rows,
    totals: comparedTotals,
    differing: differences.counts,
    differences: differences.found.map(({ kind, key, shown, source }) => ({
      kind,
      key: shown,
      ...(source === undefined ? {} : { dataset: source.dataset, sourceKey: source.shown }),
      ...(kind === 'different' ? { columns: columns.get(key) ?? [] } : {}),
    })),
    unmappable: unmappable.slice(0, request.name ?? 100),
    buckets: differences.buckets,
    comparedColumns: comparison.columns.map(({ name }) => name),
    notCompared: comparison.notCompared,
  };
}

/** The control totals of all datasets of a table. */
function totalColumns(comparison: Comparison): string[] {
  return [...new Set(comparison.datasets.flatMap(({ totals }) => totals))];
}

async function summariesOf(
  comparison: Comparison,
  { leftOut }: Differences,
  totals: readonly string[],
  work: Work,
): Promise<Map<string, SourceSummary>> {
  const summaries = new Map<string, SourceSummary>();
  for (const dataset of comparison.datasets) {
    const { url, side } = dataset.relation;
    const selection = { leftOut: leftOut.get(dataset.id) ?? [] };
    const summary = await withConnection(url, side, work.signal, (source) =>
      sourceSummary(source, dataset, selection, work, totals),
    );
    summaries.set(dataset.id, summary);
  }
  return summaries;
}

interface Closed {
  readonly quarantined: number;
  readonly elsewhere: number;
}

/** What ledger, quarantine and table of the platform say. */
async function platformSide(
  comparison: Comparison,
  { urls, loadId }: ReconcileRequest,
  totals: readonly string[],
  work: Work,
): Promise<{ ledger: DatasetLoad[]; sums: string[]; closed: ReadonlyMap<string, Closed> }> {
  const { department } = comparison;
  return withConnection(urls.target, 'target', work.signal, async (target) => {
    const ledger = await readLoadState(target, department, loadId);
    const columns = totals.map((name) => `coalesce(sum(t.${quoteIdentifier(name)}), 0)::text`);
    const at = { url: urls.target, side: 'target' } as const;
    const summed = await longQuery(target, at, work, { done: 0, unit: 'rows' }, () =>
      target.query<{ sums: string[] }>(
        `select array[${columns.join(', ')}]::text[] as sums from ${PLATFORM.table(comparison.table)} t
         where t.${quoteIdentifier(DEPARTMENT)} = $1`,
        [department],
      ),
    );
    const { rows } = await target.query<{ dataset: string } & Closed>(
      `select d.dataset, (select count(*)::int from ${PLATFORM.quarantine} q
           where q.department = $1 and q.load_id = $2 and q.dataset = d.dataset and q.status in ('open', 'accepted')) as quarantined,
         (select count(*)::int from ${PLATFORM.loadedElsewhere} e
           where e.department = $1 and e.load_id = $2 and e.dataset = d.dataset) as elsewhere
       from unnest($3::text[]) d(dataset)`,
      [department, loadId, comparison.datasets.map(({ id }) => id)],
    );
    return {
      ledger,
      sums: summed.rows[0]?.sums ?? [],
      closed: new Map(rows.map((row) => [row.dataset, row])),
    };
  });
}

function countsOf(
  dataset: string,
  summary: SourceSummary | undefined,
  load: DatasetLoad | undefined,
  closed: Closed | undefined,
): ComparedCounts {
  const elsewhere = closed?.elsewhere ?? 0;
  const source = {
    read: summary?.read ?? 0,
    excluded: (summary?.excluded ?? 0) + elsewhere,
    // Rows of the quarantine that the source still has.
    quarantined: (summary?.left ?? 0) - elsewhere,
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
    (summary?.mapped ?? 0) === ledger.loaded;
  return { dataset, source, ledger, equal };
}

function totalOf(
  column: string,
  comparison: Comparison,
  summaries: ReadonlyMap<string, SourceSummary>,
  target: string,
  ledger: readonly DatasetLoad[],
): ComparedTotal {
  const source = addDecimals(
    [...summaries.values()].map((summary) => summary.totals[column] ?? '0'),
  );
  const mapping = comparison.datasets.filter(({ fields }) =>
    fields.some(({ name }) => name === column),
  );
  const isKept = mapping.every(({ totals }) => totals.includes(column));
  const kept = mapping.map(
    ({ id }) => ledger.find(({ dataset }) => dataset === id)?.totals[column] ?? '0',
  );
  const inLedger = isKept ? addDecimals(kept) : null;
  const equal =
    equalDecimals(source, target) && (inLedger === null || equalDecimals(inLedger, target));
  return { column, source, target, ledger: inLedger, equal };
}
