import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../store/database.ts';
import { stepDependencies } from '../../worker/step-dependencies.ts';

const database = openDatabase('postgres://nobody@127.0.0.1:1/nothing');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.end();
});

function secret(reference: { env: string } | { file: string }): Promise<string> {
  const environment: Record<string, string> = {
    LEGACY_URL: ' postgres://legacy ',
    SLIPWAY_STORE_URL: 'postgres://own',
  };
  const config = {
    platformUrl: '',
    stagingUrl: '',
    environment: (name: string) => environment[name],
  };
  return stepDependencies(config, database).secret(reference, folder);
}

describe('a secret that a manifest names', () => {
  it('comes from an environment variable, or from a file beside the manifest', async () => {
    await writeFile(join(folder, 'legacy-url'), 'postgres://file\n');
    expect(await secret({ env: 'LEGACY_URL' })).toBe('postgres://legacy');
    expect(await secret({ file: 'legacy-url' })).toBe('postgres://file');
  });

  it('is said to be missing by its name, never by its content', async () => {
    await expect(secret({ env: 'PAYROLL_URL' })).rejects.toThrow(/PAYROLL_URL is not set/);
    await expect(secret({ file: 'nowhere' })).rejects.toThrow(/nowhere cannot be read/);
  });

  it("is never one of Slipway's own", async () => {
    await expect(secret({ env: 'SLIPWAY_STORE_URL' })).rejects.toThrow(/belongs to Slipway/);
    await expect(secret({ env: 'TEMPORAL_API_KEY' })).rejects.toThrow(/belongs to Slipway/);
  });
});
