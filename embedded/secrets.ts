import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, writeWhole } from './home.ts';

/** The password of the home's PostgreSQL, made at the first call. */
export function postgresPassword(home: Home): string {
  const file = join(home.secrets, 'postgres-password');
  if (!existsSync(file)) writeSecret(home, 'postgres-password', randomBytes(24).toString('hex'));
  return readFileSync(file, 'utf8');
}

/** Writes `secrets/<name>`, which only its owner can read. */
export function writeSecret(home: Home, name: string, content: string): void {
  writeWhole(join(home.secrets, name), content, 0o600);
}
