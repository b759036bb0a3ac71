import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../../domain/controls/catalogue.ts';
import { controlsDocument } from '../../../domain/controls/document.ts';
import { ERRORS } from '../../../domain/errors.ts';
import { PERMISSIONS, RECORD_PERMISSIONS } from '../../../domain/permissions.ts';
import { STEP_CATALOGUE } from '../../../domain/step-catalogue.ts';

const number = ({ id }: { id: string }): number => Number(id.slice(1));

describe('the catalogue of controls', () => {
  it('has each control of the folder once, in order, in a file of its number', () => {
    const files = readdirSync('domain/controls').filter((file) => /^c\d\d-/.test(file));
    const numbers = CONTROLS.map(number);
    expect(numbers).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(numbers).toEqual(files.map((file) => Number(file.slice(1, 3))));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('has a test file for each control', () => {
    const tests = readdirSync('test/domain/controls');
    const without = readdirSync('domain/controls')
      .filter((file) => /^c\d\d-/.test(file))
      .filter((file) => !tests.includes(file.replace(/\.ts$/, '.test.ts')));
    expect(without).toEqual([]);
  });

  it.each(CONTROLS.map((control) => [control.id, control] as const))(
    '%s says what it refuses and where, in codes, steps and commands there are',
    (_, control) => {
      expect(control.refuses.length).toBeGreaterThan(0);
      expect(control.evidence.length).toBeGreaterThan(0);
      expect(control.codes.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
      const places = new Set<string>([
        ...STEP_CATALOGUE.map(({ id }) => id),
        ...Object.keys(PERMISSIONS),
        ...Object.keys(RECORD_PERMISSIONS),
      ]);
      expect(control.usedBy.length).toBeGreaterThan(0);
      expect(control.usedBy.filter((place) => !places.has(place))).toEqual([]);
    },
  );

  it('is what docs/controls.md says: otherwise run `node scripts/generate.mjs`', () => {
    expect(readFileSync('docs/controls.md', 'utf8')).toBe(controlsDocument());
  });
});
