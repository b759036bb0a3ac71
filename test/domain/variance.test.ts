import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signatureOf, toleranceOf, varianceOf } from '../../domain/variance.ts';

const tolerances = { defaultPence: 0, elements: { NI: 1 } };
const line = (element: string, legacyPence: number | null, platformPence: number | null) => ({
  person: '7',
  element,
  legacyPence,
  platformPence,
});

test.each([
  ['NET', 100, 100, undefined, undefined],
  ['NI', 100, 101, 'rounding', false],
  ['NI', 101, 100, 'rounding', false],
  ['NI', 100, 102, 'different', true],
  ['NET', 100, 101, 'different', true],
  ['NET', 100, -100, 'different', true],
  ['NET', 100, null, 'missing', true],
  ['NET', null, 100, 'extra', true],
  ['NET', 0, null, 'missing', false],
  ['NI', null, 1, 'extra', false],
])('%s of %s pence against %s is %s', (element, legacy, platform, kind, over) => {
  const variance = varianceOf('2026-01', line(element, legacy, platform), tolerances);
  expect(variance?.class).toBe(kind);
  expect(variance?.overTolerance).toBe(over);
});

test('a variance says by how much and which way', () => {
  expect(varianceOf('2026-01', line('NET', 100_00, 87_50), tolerances)).toEqual({
    period: '2026-01',
    person: '7',
    element: 'NET',
    legacyPence: 10000,
    platformPence: 8750,
    differencePence: -1250,
    class: 'different',
    overTolerance: true,
    signature: 'NET:different:lower:10-100',
  });
});

test('the comparison is two-sided: turned round, every variance keeps its size and its class', () => {
  const amount = fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }));
  const turned = {
    missing: 'extra',
    extra: 'missing',
    rounding: 'rounding',
    different: 'different',
  } as const;
  fc.assert(
    fc.property(amount, amount, fc.constantFrom('NI', 'NET'), (a, b, element) => {
      fc.pre(a !== null || b !== null);
      const there = varianceOf('1', line(element, a, b), tolerances);
      const back = varianceOf('1', line(element, b, a), tolerances);
      expect(back?.class).toBe(there === undefined ? undefined : turned[there.class]);
      expect(Math.abs(back?.differencePence ?? 0)).toBe(Math.abs(there?.differencePence ?? 0));
      expect(back?.overTolerance).toBe(there?.overTolerance);
      expect(there === undefined).toBe(a === b);
    }),
  );
});

test('variances of one cause share a signature, others do not', () => {
  expect(signatureOf('NET', 'different', 1500)).toBe(signatureOf('NET', 'different', 9900));
  const others = [
    signatureOf('NET', 'different', -1500),
    signatureOf('NET', 'extra', 1500),
    signatureOf('TAX', 'different', 1500),
    signatureOf('NET', 'different', 150_000_00),
  ];
  expect(new Set([signatureOf('NET', 'different', 1500), ...others]).size).toBe(5);
  expect(signatureOf('NET', 'missing', 0)).toBe('NET:missing:same:0');
});

test('an element named like a member of every object has the default tolerance', () => {
  expect(toleranceOf({ defaultPence: 3, elements: {} }, 'constructor')).toBe(3);
});
