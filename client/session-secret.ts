import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret of a home that signs sessions and forms, in `<home>/secrets/session-secret`; made at the first call. */
export async function sessionSecretOf(home: string): Promise<string> {
  const folder = join(home, 'secrets');
  const file = join(folder, 'session-secret');
  const there = await readFile(file, 'utf8').catch(() => '');
  if (there.length >= 32) return there;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  // Of two processes that start at once, the first one's secret is that of both.
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  return await readFile(file, 'utf8');
}
