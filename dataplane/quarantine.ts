import type pg from 'pg';
import { masked } from './compare/masked.ts';
import { withConnection } from './connections.ts';
import { PLATFORM, type TargetPlaces } from './target-places.ts';
import type { DataPlaneUrls } from './urls.ts';
import type { Work } from './work.ts';

/** Source keys shown for each rule. */
const EXAMPLES = 5;

/** Rows in quarantine that broke the same rule in the same field. */
export interface QuarantinedRule {
  readonly rule: string;
  readonly field: string | null;
  readonly rows: number;
  /** The first source keys: `file:line`, or the key of the row. */
  readonly examples: readonly string[];
}

/** Rows in quarantine by rule, those that were accepted beside those nobody has decided about. */
export interface DecidedRule extends Omit<QuarantinedRule, 'rows'> {
  readonly dataset: string;
  readonly open: number;
  readonly accepted: number;
}

/** A row in quarantine. `raw` is the row as the legacy system has it (personal data), or what its values look like. */
export interface QuarantinedRow {
  readonly id: string;
  readonly dataset: string;
  readonly chunk: number;
  readonly sourceKey: string;
  readonly rule: string;
  readonly field: string | null;
  readonly rules: readonly string[];
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface QuarantineRequest {
  readonly urls: DataPlaneUrls;
  readonly department: string;
  readonly loadId: string;
  /** Default: all datasets. */
  readonly dataset?: string;
}

/**
 * The open quarantine of a load by rule, most rows first.
 * @throws SlipwayError `target/unreachable`
 */
export async function quarantineSummary(
  request: QuarantineRequest,
  work: Work,
): Promise<(QuarantinedRule & { readonly dataset: string })[]> {
  return withConnection(request.urls.target, 'target', work.signal, (client) =>
    summariseQuarantine(client, PLATFORM, request),
  );
}

/**
 * The quarantine of a load by rule, open and accepted rows, most open rows first.
 * @throws SlipwayError `target/unreachable`
 */
export async function quarantineByRule(
  { urls, department, loadId, dataset }: QuarantineRequest,
  work: Work,
): Promise<DecidedRule[]> {
  return withConnection(urls.target, 'target', work.signal, async (client) => {
    const { rows } = await client.query<DecidedRule>(
      `select dataset, rule, field, count(*) filter (where status = 'open')::int as open,
         count(*) filter (where status = 'accepted')::int as accepted,
         (array_agg(source_key order by status desc, id))[1:${EXAMPLES}] as examples
       from ${PLATFORM.quarantine}
       where department = $1 and load_id = $2 and status in ('open', 'accepted') and ($3::text is null or dataset = $3)
       group by dataset, rule, field order by 4 desc, dataset, rule, field`,
      [department, loadId, dataset ?? null],
    );
    return rows;
  });
}

/**
 * Rows of the quarantine in the order in which they were found, a page at a time.
 * @param request.status default: open rows
 * @param request.after id of the last row of the page before
 * @param request.limit rows at most; default 100
 * @param request.unmasked false: what the values look like instead of the values; default: the raw values
 * @throws SlipwayError `target/unreachable`
 */
export async function quarantineRows(
  request: QuarantineRequest & {
    rule?: string | undefined;
    status?: 'open' | 'accepted';
    after?: string | undefined;
    limit?: number;
    unmasked?: boolean;
  },
  work: Work,
): Promise<QuarantinedRow[]> {
  return withConnection(request.urls.target, 'target', work.signal, async (client) => {
    const { rows } = await client.query<QuarantinedRow>(
      `select q.id::text, dataset, chunk, source_key as "sourceKey", rule, field, rules, raw
       from ${PLATFORM.quarantine} q
       where department = $1 and load_id = $2 and status = $7 and ($3::text is null or dataset = $3)
         and ($4::text is null or rule = $4) and q.id > $5 order by q.id limit $6`,
      [
        request.department,
        request.loadId,
        request.dataset ?? null,
        request.rule ?? null,
        request.after ?? '0',
        request.limit ?? 100,
        request.status ?? 'open',
      ],
    );
    return request.unmasked === false ? rows.map(maskedRow) : rows;
  });
}

function maskedRow(row: QuarantinedRow): QuarantinedRow {
  const shown = Object.entries(row.raw).map(([name, value]): [string, string | null] => [
    name,
    masked(value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  return { ...row, raw: Object.fromEntries(shown) };
}

/** As `quarantineSummary`, on an open connection. */
export async function summariseQuarantine(
  client: pg.Client,
  places: TargetPlaces,
  { department, loadId, dataset }: Omit<QuarantineRequest, 'urls'>,
): Promise<(QuarantinedRule & { readonly dataset: string })[]> {
  const { rows } = await client.query<QuarantinedRule & { dataset: string }>(
    `select dataset, rule, field, count(*)::int as rows,
       (array_agg(source_key order by id))[1:${EXAMPLES}] as examples
     from ${places.quarantine}
     where department = $1 and load_id = $2 and status = 'open' and ($3::text is null or dataset = $3)
     group by dataset, rule, field order by count(*) desc, dataset, rule, field`,
    [department, loadId, dataset ?? null],
  );
  return rows;
}
