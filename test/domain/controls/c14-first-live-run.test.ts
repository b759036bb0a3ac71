import { afterEach, describe, expect, it } from 'vitest';
import {
  FIRST_LIVE_RUN,
  judgeFirstRun,
  openChecks,
} from '../../../domain/controls/c14-first-live-run.ts';
import type { FirstRunFacts, TaxStanding } from '../../../domain/controls/c14-first-live-run.ts';
import { SlipwayError } from '../../../domain/errors.ts';
import { readBankTables } from '../../../dataplane/bank/bank-tables.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, LEAD, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';

const tables = await readBankTables();
const TAX: TaxStanding = {
  taxCode: '1257L',
  basis: 'cumulative',
  niCategory: 'A',
  taxable: '6000.00',
  tax: '700.20',
  ni: '310.00',
};
const person = (
  n: number,
  payrollId: string | null = `P${n}`,
  change: Partial<TaxStanding> = {},
) => ({
  person: `N${n}`,
  payrollId,
  tax: { ...TAX, ...change },
  account: { sortCode: '089999', accountNumber: '66374958' },
});
const factsOf = (
  people: FirstRunFacts['people'],
  change: Partial<FirstRunFacts> = {},
): FirstRunFacts => ({
  people,
  known: new Set(people.flatMap(({ payrollId }) => payrollId ?? [])),
  submission: new Map(['P1', 'P2'].map((id) => [id, TAX])),
  taxAccepted: 0,
  tables,
  ...change,
});
const red = (facts: FirstRunFacts): Record<string, number> =>
  Object.fromEntries(
    judgeFirstRun(facts).flatMap(({ id, failed }) => (failed > 0 ? [[id, failed]] : [])),
  );

describe('C14: the first live pay run', () => {
  it('is refused when payroll ids were changed without the old ones: duplicate employments', () => {
    expect(red(factsOf([person(1, 'N1'), person(2, 'N2')]))).toEqual({
      'payroll-ids': 2,
      'submitted-people': 2,
    });
    expect(red(factsOf([person(1, null), person(2)]))).toMatchObject({ 'payroll-ids': 1 });
    expect(red(factsOf([person(1), person(2), person(3, 'P2')]))).toMatchObject({
      'payroll-ids': 2,
    });
  });

  it('lets people pass who are as they were last submitted', () => {
    expect(red(factsOf([person(1), person(2)]))).toEqual({});
  });

  it('is refused for a tax basis that is another, and for a penny in the year to date', () => {
    expect(red(factsOf([person(1, 'P1', { basis: 'week1' }), person(2)]))).toEqual({
      'tax-basis': 1,
    });
    expect(red(factsOf([person(1, 'P1', { tax: '700.21' }), person(2)]))).toEqual({
      'year-to-date': 1,
    });
    const { tax: _, ...without } = person(1);
    expect(red(factsOf([without, person(2)]))).toEqual({ 'tax-basis': 1, 'year-to-date': 1 });
  });

  it('is refused for bank details that fail the modulus check, naming people and no values', () => {
    const wrong = { ...person(1), account: { sortCode: '089999', accountNumber: '66374959' } };
    const checks = judgeFirstRun(factsOf([wrong, person(2)]));
    expect(checks.at(-1)).toMatchObject({
      id: 'bank-details',
      failed: 1,
      examples: [{ key: 'N1', wrong: 'fails the modulus check' }],
    });
    expect(JSON.stringify(checks)).not.toContain('66374959');
  });

  it('takes a waiver of the check it names, until the day it expires', () => {
    const checks = judgeFirstRun(
      factsOf([person(1, 'P1', { tax: '1.00', basis: 'week1' }), person(2)]),
    );
    const waiver = {
      criterion: 'tax-basis',
      by: 'sro',
      reason: 'r',
      impact: 'i',
      expires: '2027-01-31',
    };
    expect(openChecks(checks, [waiver], '2027-01-30T00:00:00Z')).toEqual(['year-to-date']);
    expect(openChecks(checks, [waiver], '2027-02-01T00:00:00Z')).toEqual([
      'tax-basis',
      'year-to-date',
    ]);
  });
});

describe('C14 cannot be got around', () => {
  let harness: Harness | undefined;
  afterEach(() => harness?.close());

  it('by waiving the step as a whole, by one who is not named, or by a check that did not fail', async () => {
    const own = (harness = await startHarness({
      'cutover/first-run': ({ run }) => {
        if (run.waivers.some(({ criterion }) => criterion === 'bank-details'))
          return Promise.resolve({ output: { red: [], waived: ['bank-details'] } });
        throw new SlipwayError('cutover/first-run-failed', 'bank-details: 3 wrong', {
          details: { red: ['bank-details'] },
        });
      },
    }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('cutover/first-run')).status === 'parked');
    expect((await own.step('cutover/first-run')).failure?.code).toBe(FIRST_LIVE_RUN.codes[0]);
    const said = { reason: 'paid by cheque', impact: 'three people', expires: '2099-01-31' };
    const waive = (by: Parameters<typeof actor>, criterion?: string) =>
      handle.executeUpdate(messages.waiveStepUpdate, {
        args: [
          {
            ...said,
            actor: actor(...by),
            step: 'cutover/first-run',
            ...(criterion === undefined ? {} : { criterion }),
          },
        ],
      });
    expect(await refusalOf(waive(['sro', 'sro']))).toBe('request/invalid');
    expect(await refusalOf(waive(['sro', 'sro'], 'payroll-ids'))).toBe('request/invalid');
    expect(await refusalOf(waive(['stranger', 'sro'], 'bank-details'))).toBe(
      'access/not-permitted',
    );
    expect(await refusalOf(waive(['payroll', 'payroll-lead'], 'bank-details'))).toBe(
      'access/not-permitted',
    );
    expect(
      await refusalOf(
        handle.executeUpdate(messages.skipStepUpdate, {
          args: [{ actor: LEAD, reason: 'no time', step: 'cutover/first-run' }],
        }),
      ),
    ).toBe('command/step-mandatory');
    await waive(['sro', 'sro'], 'bank-details');
    const settled = await own.reaches('cutover/first-run', 'succeeded');
    expect(settled.output).toMatchObject({ waived: ['bank-details'] });
  });
});
