import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.ts';
import { withConnection } from '../connections.ts';
import { describeDataError, isDataError } from '../data-error.ts';
import { UNMAPPED } from '../mapping/operators.ts';
import { quoteLiteral } from '../quote.ts';
import type { Work } from '../work.ts';
import type { CompiledResults, ResultsRequest, ResultsSide } from './results-side.ts';

/** Element codes that a message names; they are no personal data. */
const NAMED_CODES = 10;

/**
 * Runs a statement over results. A row that cannot be read as the manifest says stops it, because a comparison that
 * leaves rows out proves nothing.
 * @throws SlipwayError `results/unreadable` saying what of the results cannot be read, without personal values
 */
export async function readingResults<T>(
  request: ResultsRequest,
  side: ResultsSide,
  results: CompiledResults,
  work: Work,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isDataError(error)) throw error;
    const { relation } = results;
    // The connection that failed may still be full of rows.
    const why = await withConnection(relation.url, relation.side, work.signal, (client) =>
      explain(client, results, request, error),
    );
    throw new SlipwayError(
      'results/unreadable',
      `${side} results of period ${request.period}: ${why}`,
      { cause: error },
    );
  }
}

async function explain(
  client: pg.Client,
  results: CompiledResults,
  { manifest }: ResultsRequest,
  error: unknown,
): Promise<string> {
  const part = await failingPart(client, results);
  const marker = new RegExp(`${UNMAPPED}([a-z0-9-]+)`).exec((error as Error).message);
  if (marker === null)
    return `the ${part} of some rows cannot be read (${describeDataError(error)})`;
  const list = marker[1] ?? '';
  const lookup =
    part === 'element' ? results.lookups.find((each) => each.list === list) : undefined;
  const values = manifest.codeLists[list]?.values ?? {};
  const codes = lookup === undefined ? [] : await codesWithout(client, results, lookup.of, values);
  const named =
    codes.length === 0 ? 'a value' : codes.map((code) => JSON.stringify(code)).join(', ');
  return `code list ${list} does not have ${named}, which the ${part} of some rows needs`;
}

/** Codes of the period's rows that are not in the code list, the first ten. */
async function codesWithout(
  client: pg.Client,
  { relation, where }: CompiledResults,
  code: string,
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const known = `${quoteLiteral(JSON.stringify(values))}::jsonb`;
  const { rows } = await client.query<{ code: string }>(
    `select distinct ${code} as code from ${relation.sql} r
     where ${where} and not ${known} ? ${code} order by code limit ${NAMED_CODES}`,
  );
  return rows.map((row) => row.code);
}

/** Which part of the description fails on its own. */
async function failingPart(client: pg.Client, results: CompiledResults): Promise<string> {
  const { relation, rows, parts } = results;
  for (const [name, sql] of parts) {
    try {
      await client.query(`select count(${sql}) from ${relation.sql} r where ${rows}`);
    } catch (error) {
      if (isDataError(error)) return name;
      throw error;
    }
  }
  return 'period';
}
