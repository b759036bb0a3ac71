import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PayLine, signatureOf, toleranceOf, variancesOf } from '../../domain/variance.ts';

const tolerances = { defaultPence: 0, elements: { NI: 1 } };
const varianceOf = (period: string, payLine: PayLine) =>
  variancesOf({ period, tolerances }, [payLine])[0];
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
  const variance = varianceOf('2026-01', line(element, legacy, platform));
  expect(variance?.class).toBe(kind);
  expect(variance?.overTolerance).toBe(over);
});

test('a variance says by how much and which way', () => {
  expect(varianceOf('2026-01', line('NET', 100_00, 87_50))).toEqual({
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
    timing: 'timing',
    mapping: 'mapping',
    different: 'different',
  } as const;
  fc.assert(
    fc.property(amount, amount, fc.constantFrom('NI', 'NET'), (a, b, element) => {
      fc.pre(a !== null || b !== null);
      const there = varianceOf('1', line(element, a, b));
      const back = varianceOf('1', line(element, b, a));
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

const rules = { period: '2', tolerances, protectedElements: new Set(['NET', 'PAYE']) };

test.each([
  [
    'split in two',
    [line('BASIC', 1000, 800), line('LONDON', null, 200)],
    'BASIC+LONDON:mapping:1-10',
  ],
  [
    'merged of two',
    [line('BASIC', 800, 1000), line('LONDON', 200, null)],
    'BASIC+LONDON:mapping:1-10',
  ],
  [
    'paid as another',
    [line('BONUS', null, 500), line('OVERTIME', 500, null)],
    'BONUS+OVERTIME:mapping:1-10',
  ],
])('an element %s is a mapping variance of one signature', (_, lines, signature) => {
  const found = variancesOf(rules, lines);
  expect(found.map((variance) => [variance.class, variance.signature])).toEqual(
    lines.map(() => ['mapping', signature]),
  );
  expect(found.every(({ overTolerance }) => overTolerance)).toBe(true);
});

test.each([
  ['both elements are there on both sides', [line('BASIC', 1000, 800), line('SHIFT', 100, 300)]],
  ['the sums differ', [line('BASIC', 1000, 800), line('LONDON', null, 199)]],
  ['a protected element takes part', [line('PAYE', 200, null), line('BONUS', null, 200)]],
])('it is no mapping variance when %s', (_, lines) => {
  expect(variancesOf(rules, lines).every((variance) => variance.class !== 'mapping')).toBe(true);
});

test('beside other differences a moved element is found when it has one counterpart', () => {
  const others = [line('NET', 100, 90), line('PENSION', 50, 60)];
  const found = variancesOf(rules, [
    line('BONUS', null, 500),
    line('OVERTIME', 500, null),
    ...others,
  ]);
  expect(found.map((variance) => variance.class)).toEqual([
    'mapping',
    'mapping',
    'different',
    'different',
  ]);
  const two = variancesOf(rules, [
    line('BONUS', null, 500),
    line('OVERTIME', 500, null),
    line('SHIFT', 700, 200),
    ...others,
  ]);
  expect(two.map((variance) => variance.class)).not.toContain('mapping');
});

test('what a neighbouring period makes up for to the penny is timing, and still has to be explained', () => {
  const missing = line('OVERTIME', 500, null);
  const next = new Map([['OVERTIME', 500]]);
  expect(variancesOf(rules, [missing], { next })).toMatchObject([
    { class: 'timing', signature: 'OVERTIME:timing:lower:1-10:next-period', overTolerance: true },
  ]);
  expect(variancesOf(rules, [missing], { previous: new Map([['OVERTIME', 499]]) })).toMatchObject([
    { class: 'missing' },
  ]);
});
