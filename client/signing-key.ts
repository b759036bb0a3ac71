import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../domain/errors.ts';
import { newPrivateKey, signingKeyOf } from '../store/pack/signing.ts';
import type { SigningKey } from '../store/pack/signing.ts';

/** Where the private key of an installation is. */
export interface SigningKeySource {
  /** PEM of the private key; the same in every API process. */
  readonly signingKey: string | undefined;
  /** State folder; its key is in `<home>/secrets/signing-key.pem`, made at the first call. */
  readonly home: string | undefined;
}

/**
 * The key that this installation signs evidence packs with: the given one, else that of the home.
 * @throws SlipwayError `evidence/no-key`
 */
export async function findSigningKey({ signingKey, home }: SigningKeySource): Promise<SigningKey> {
  if (signingKey !== undefined) return signingKeyOf(signingKey, 'SLIPWAY_SIGNING_KEY');
  if (home === undefined)
    throw new SlipwayError(
      'evidence/no-key',
      'SLIPWAY_SIGNING_KEY is not set, and there is no home to keep a key in',
    );
  const file = join(home, 'secrets', 'signing-key.pem');
  return signingKeyOf((await keyIn(file)) ?? (await makeKey(home, file)), file);
}

async function makeKey(home: string, file: string): Promise<string> {
  await mkdir(join(home, 'secrets'), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, newPrivateKey(), { mode: 0o600 });
  // Of two processes that start at once, the first one's key is that of both.
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  return await readFile(file, 'utf8');
}

/** The text of the key file, which nobody else may read; undefined where there is none. */
async function keyIn(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    await chmod(file, 0o600);
    return text;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SlipwayError('evidence/no-key', `${file} cannot be read`, { cause });
  }
}
