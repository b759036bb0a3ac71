import type pg from 'pg';
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

/** A row in quarantine. `raw` is the row as the legacy system has it: personal data. */
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
 * Rows of the open quarantine in the order in which they were found, a page at a time.
 * @param request.after id of the last row of the page before
 * @param request.limit rows at most; default 100
 * @throws SlipwayError `target/unreachable`
 */
export async function quarantineRows(
  request: QuarantineRequest & { rule?: string; after?: string; limit?: number },
  work: Work,
): Promise<QuarantinedRow[]> {
  return withConnection(request.urls.target, 'target', work.signal, async (client) => {
    const { rows } = await client.query<QuarantinedRow>(
      `select q.id::text, dataset, chunk, source_key as "sourceKey", rule, field, rules, raw
       from ${PLATFORM.quarantine} q
       where department = $1 and load_id = $2 and status = 'open' and ($3::text is null or dataset = $3)
         and ($4::text is null or rule = $4) and q.id > $5 order by q.id limit $6`,
      [
        request.department,
        request.loadId,
        request.dataset ?? null,
        request.rule ?? null,
        request.after ?? '0',
        request.limit ?? 100,
      ],
    );
    return rows;
  });
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
