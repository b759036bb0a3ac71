import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../../domain/errors.ts';
import type { BankTables, WeightRule } from '../../domain/modulus-check.ts';

const BUNDLED = 'Vocalink 6.40, December 2020';
const RULE = /^(\d{6}) (\d{6}) (MOD10|MOD11|DBLAL)((?: -?\d+){14})(?: (\d+))?$/;

/**
 * The tables of the modulus check: those that come with Slipway, or newer ones of the installation.
 * @param folder with `valacdos.txt` and `scsubtab.txt` as Vocalink publishes them
 * @throws SlipwayError `cutover/bank-tables` naming the file, and the line that cannot be read
 */
export async function readBankTables(folder?: string): Promise<BankTables> {
  const where = folder ?? fileURLToPath(new URL('.', import.meta.url));
  const rules = await linesOf(join(where, 'valacdos.txt'), ruleOf);
  const pairs = await linesOf(join(where, 'scsubtab.txt'), (line) => {
    const found = /^(\d{6}) (\d{6})$/.exec(line);
    return found === null ? undefined : ([found[1] ?? '', found[2] ?? ''] as const);
  });
  const version = folder === undefined ? BUNDLED : `${rules.length} rules of the installation`;
  return { rules, substitutes: new Map(pairs), version };
}

function ruleOf(line: string): WeightRule | undefined {
  const [, from, to, method, weights, exception] = RULE.exec(line) ?? [];
  if (from === undefined || to === undefined || method === undefined || weights === undefined)
    return undefined;
  return {
    from,
    to,
    method: method as WeightRule['method'],
    weights: weights.trim().split(' ').map(Number),
    exception: Number(exception ?? 0),
  };
}

async function linesOf<T>(path: string, read: (line: string) => T | undefined): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SlipwayError('cutover/bank-tables', `${path} cannot be read`, { cause });
  });
  const found: T[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const plain = line.trim().replaceAll(/\s+/g, ' ');
    if (plain === '') continue;
    const row = read(plain);
    if (row === undefined)
      throw new SlipwayError(
        'cutover/bank-tables',
        `${path}:${index + 1}: not a line of the table`,
      );
    found.push(row);
  }
  return found;
}
