import { createInterface } from 'node:readline/promises';
import { SlipwayError } from '../../domain/errors.ts';
import type { Output } from './output.ts';

/**
 * Asks a person on the terminal. Whoever is no person has to say it beforehand.
 * @throws SlipwayError `request/invalid` where nobody can be asked
 */
export async function confirmed(
  out: Output,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes === true) return true;
  if (out.json || !process.stdin.isTTY)
    throw new SlipwayError('request/invalid', 'nobody can be asked here: say --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
