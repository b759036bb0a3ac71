import pg from 'pg';
import { LEGACY_SCHEMAS } from './load-legacy-postgres.ts';

/**
 * Makes an account that may read the legacy PostgreSQL system and nothing else, or gives the one of this name a new
 * password.
 * @param url connection URL of the legacy database, of an account that may create roles
 * @returns the connection URL of the new account
 */
export async function createReader(
  url: string,
  reader: { readonly role: string; readonly password: string },
): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const role = client.escapeIdentifier(reader.role);
    const found = await client.query('select 1 from pg_roles where rolname = $1', [reader.role]);
    const verb = found.rowCount === 0 ? 'create' : 'alter';
    const password = client.escapeLiteral(reader.password);
    await client.query(`${verb} role ${role} login password ${password}`);
    const schemas = LEGACY_SCHEMAS.join(', ');
    await client.query(`grant usage on schema ${schemas} to ${role}`);
    await client.query(`grant select on all tables in schema ${schemas} to ${role}`);
  } finally {
    await client.end();
  }
  const readerUrl = new URL(url);
  readerUrl.username = encodeURIComponent(reader.role);
  readerUrl.password = encodeURIComponent(reader.password);
  return readerUrl.href;
}
