import { randomBytes } from 'node:crypto';
import { withClient } from './database.ts';

/**
 * Creates an account that may read everything in some schemas of a database and write nothing, as a legacy source
 * should give. Returns its connection URL.
 * @param url the database, as superuser
 */
export async function createReadOnlyRole(url: string, schemas: readonly string[]): Promise<string> {
  const database = new URL(url).pathname.slice(1);
  const role = `${database}_reader_${randomBytes(3).toString('hex')}`;
  const password = randomBytes(9).toString('hex');
  await withClient(url, async (client) => {
    const name = client.escapeIdentifier(role);
    await client.query(`create role ${name} login password ${client.escapeLiteral(password)}`);
    for (const each of schemas) {
      const schema = client.escapeIdentifier(each);
      await client.query(`grant usage on schema ${schema} to ${name}`);
      await client.query(`grant select on all tables in schema ${schema} to ${name}`);
    }
  });
  const reader = new URL(url);
  reader.username = role;
  reader.password = password;
  return reader.href;
}
