import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../domain/errors.ts';
import { RULE_ERRORS } from '../../domain/errors/rule-errors.ts';
import { SYSTEM_ERRORS } from '../../domain/errors/system-errors.ts';

const FOLDERS = [
  'domain',
  'dataplane',
  'store',
  'activities',
  'workflows',
  'worker',
  'client',
  'embedded',
];

function sources(): string {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !join(folder, file).startsWith('domain/errors/'))
      .map((file) => readFileSync(join(folder, file), 'utf8')),
  ).join('\n');
}

describe('the error catalogue', () => {
  it('is sorted, and each entry says what is wrong and what to do', () => {
    for (const part of [RULE_ERRORS, SYSTEM_ERRORS]) {
      const codes = Object.keys(part);
      expect(codes).toEqual(codes.toSorted());
    }
    for (const entry of Object.values(ERRORS)) {
      expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
      expect(entry.advice).toMatch(/\.$/);
    }
  });

  it('has no code that nothing raises', () => {
    const text = sources();
    expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });
});
