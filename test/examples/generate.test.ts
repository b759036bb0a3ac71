import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { proveReadOnly } from '../../dataplane/read-only.ts';
import { manifestSchema } from '../../domain/manifest.ts';
import { POSTGRES_TABLES } from '../../examples/legacy/postgres-shape.ts';
import { migrate } from '../../store/migrate.ts';
import { freshDatabase, withClient } from '../support/database.ts';
import { digests, temporaryFolder } from './support.ts';

const program = fileURLToPath(new URL('../../examples/generate.ts', import.meta.url));

function generate(...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', program, ...args]);
}

describe('the generator as a program', () => {
  test('writes the same files, manifests and lists for the same seed', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()] as const;
    for (const out of folders) await generate('--staff', '60', '--seed', '3', '--out', out);
    expect(digests(folders[0])).toEqual(digests(folders[1]));
    const planted = JSON.parse(readFileSync(join(folders[0], 'planted.json'), 'utf8'));
    expect(Object.keys(planted)).toEqual(['expected', 'defects', 'variances']);
    for (const shape of ['files', 'postgres']) {
      const yaml = readFileSync(join(folders[0], `manifest-${shape}.yaml`), 'utf8');
      expect(() => manifestSchema.parse(parse(yaml))).not.toThrow();
    }
  });

  test('makes a legacy system with an account that can only read, and the results of the platform', async () => {
    const out = await temporaryFolder();
    const legacy = await freshDatabase('legacy');
    const platform = await freshDatabase('platform');
    const folder = fileURLToPath(new URL('../../embedded/platform', import.meta.url));
    await migrate({ url: platform, folder, name: 'platform' });
    const sizes = ['--staff', '60', '--seed', '3', '--department', 'gen-test'];
    await generate(...sizes, '--out', out, '--postgres', legacy, '--platform', platform);
    const secret = join(out, 'secrets', 'legacy-url');
    expect(statSync(secret).mode & 0o077).toBe(0);
    const url = readFileSync(secret, 'utf8');
    try {
      const tables = POSTGRES_TABLES.map((table) => table.name);
      const work = { signal: new AbortController().signal, progress: () => undefined };
      const proof = await proveReadOnly({ url, tables }, work);
      expect(proof.tables.map((each) => each.table)).toEqual(tables);
      await withClient(platform, async (client) => {
        const { rows } = await client.query('select count(*)::int as runs from payroll.run');
        expect(rows).toEqual([{ runs: 3 }]);
      });
    } finally {
      await withClient(legacy, (client) =>
        client.query('drop owned by gen_test_reader; drop role gen_test_reader'),
      );
    }
  });

  test('refuses a number that is none in one line', async () => {
    const failure = generate('--staff', 'many', '--seed', '3', '--out', '.');
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /'--staff <n>' argument 'many' is invalid. expected a whole number/,
      ),
    });
  });

  test('refuses a department that is too small', async () => {
    const out = await temporaryFolder();
    await expect(generate('--staff', '5', '--seed', '3', '--out', out)).rejects.toMatchObject({
      code: 2,
      stderr: 'generate: staff: expected a whole number of at least 20, found 5\n',
    });
  });
});
