import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainPeriod, judgePeriod } from '../../activities/parallel-run-verdict.ts';
import { decideGate } from '../../activities/gate.ts';
import type { StepBody } from '../../activities/step-activity.ts';
import { replaceComparison } from '../../store/comparisons.ts';
import { keepCases } from '../../store/explanations.ts';
import { listVariances, varianceGroups } from '../../store/variances.ts';
import type { StoredVariance, VarianceGroup } from '../../store/variances.ts';
import { varianceTrend } from '../../store/variance-trend.ts';
import * as messages from '../../workflows/messages.ts';
import type { ExplainVariance } from '../../workflows/messages.ts';
import { actor, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';
import { sampleManifest } from './sample-manifest.ts';

const PAYROLL = actor('payroll', 'payroll-lead');
const LATE = 'BASIC:different:lower:up-to-100';
const UNION = 'UNION:missing:lower:up-to-10';
/** People whose pay differs, by period and signature. Nobody has the union's in February; more are late in March. */
const DIFFERENT: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '2027-01': { [LATE]: ['P1', 'P2', 'P3'], [UNION]: ['P7', 'P8'] },
  '2027-02': { [LATE]: ['P1', 'P3'], [UNION]: ['P7', 'P9'] },
  '2027-03': { [LATE]: ['P1', 'P2', 'P3', 'P4'] },
};
const PEOPLE = 100;

const compare: StepBody = async ({ item, run, database }) => {
  await replaceComparison(database, run.onboarding, item, async (writer) => {
    await writer.variances(
      Object.entries(DIFFERENT[item] ?? {}).flatMap(([signature, people]) =>
        people.map((person) => lineOf(item, signature, person)),
      ),
    );
    const totals = [{ element: 'ARREARS', legacyLines: 4, platformLines: 4 }];
    return { fingerprint: item, content: { totals, classes: { equal: 900, different: 3 } } };
  });
  // One person is not compared in the last period: 99 % of a hundred.
  const compared = item === '2027-03' ? PEOPLE - 1 : PEOPLE;
  return { output: { population: PEOPLE, compared, coverage: compared / PEOPLE } };
};

function lineOf(period: string, signature: string, person: string): StoredVariance {
  const [element = '', kind = ''] = signature.split(':');
  return {
    period,
    person,
    element,
    legacyPence: 1000,
    platformPence: kind === 'missing' ? null : 500,
    differencePence: kind === 'missing' ? -1000 : -500,
    class: kind,
    signature,
    overTolerance: true,
  };
}

describe('variances of a parallel run', () => {
  let harness: Harness;
  const explain = async (args: Omit<ExplainVariance, 'actor' | 'reason'>, who = PAYROLL) =>
    await harness.client.workflow
      .getHandle(harness.onboarding)
      .executeUpdate(messages.explainVarianceUpdate, {
        args: [{ ...args, actor: who, reason: 'payslips were looked at' }],
      });
  const group = async (period: string, signature: string): Promise<VarianceGroup | undefined> =>
    (await varianceGroups(harness.database, harness.onboarding, period)).find(
      (each) => each.signature === signature,
    );
  const decided = { decision: 'legacy-right', cause: 'the rise came late' } as const;

  beforeAll(async () => {
    harness = await startHarness(
      {
        'parallel-run/compare': compare,
        'parallel-run/explain': explainPeriod,
        'parallel-run/verdict': judgePeriod,
        'parallel-run/gate': decideGate,
      },
      sampleManifest({ policy: { cleanPeriods: 3 } }),
    );
    await harness.start();
    await harness.approveAll(
      async () => (await harness.step('parallel-run/explain/2027-01')).status === 'waiting',
    );
  });
  afterAll(() => harness.close());

  it('have an owner, a date, a status and notes before anybody knows the cause', async () => {
    const period = '2027-01';
    await explain({
      period,
      explanations: [
        {
          signature: LATE,
          owner: 'payroll-2',
          due: '2027-02-10',
          status: 'in-progress',
          notes: ['asked the provider'],
        },
      ],
    });
    await harness.reaches('parallel-run/explain/2027-01', 'waiting');
    await expect
      .poll(() => group(period, LATE))
      .toMatchObject({
        status: 'in-progress',
        owner: 'payroll-2',
        due: '2027-02-10',
        notes: ['asked the provider'],
        openLines: 3,
        decision: null,
      });
  });

  it('are not disposed by others than the payroll lead, nor without a cause, nor given to strangers', async () => {
    const one = (change: object): Omit<ExplainVariance, 'actor' | 'reason'> => ({
      period: '2027-01',
      explanations: [{ signature: LATE, ...change }],
    });
    const lead = actor('lead', 'programme-lead');
    expect(await refusalOf(explain(one(decided), lead))).toBe('access/not-permitted');
    for (const change of [{ decision: 'accepted' }, { cause: 'so it is' }, { owner: 'nobody' }]) {
      expect(await refusalOf(explain(one(change)))).toBe('request/invalid');
    }
  });

  it('are carried into the next period while they fit; a case only for its person', async () => {
    const { database, onboarding } = harness;
    const period = '2027-01';
    const cases = await keepCases(database, {
      onboarding,
      period,
      people: ['P7', 'P8'],
      by: 'payroll',
    });
    await explain({
      period,
      explanations: [
        { signature: LATE, ...decided },
        { signature: UNION, ...decided, cases },
      ],
    });
    await harness.reaches('parallel-run/explain/2027-02', 'waiting');
    expect(await group('2027-01', LATE)).toMatchObject({ status: 'explained', testedLines: 3 });
    expect(await group('2027-01', UNION)).toMatchObject({ status: 'explained', caseLines: 2 });
    expect(await group('2027-02', LATE)).toMatchObject({
      status: 'carried',
      carriedFrom: '2027-01',
      testedLines: 3,
      testedPence: -1500,
      owner: 'payroll-2',
    });
    expect(await group('2027-02', UNION)).toMatchObject({
      status: 'open',
      openLines: 1,
      caseLines: 1,
    });
  });

  it('are open again when their group has outgrown what was explained', async () => {
    await explain({ period: '2027-02', explanations: [{ signature: UNION, ...decided }] });
    await harness.reaches('parallel-run/explain/2027-03', 'waiting');
    expect(await group('2027-03', LATE)).toMatchObject({
      status: 'open',
      decision: null,
      openLines: 4,
      reopened: 'explained for 3 lines, of which there are 4 now',
    });
  });

  it('keep people out of events, and end in a gate that says what is missing (controls C1, C4)', async () => {
    const { database, onboarding } = harness;
    await explain({ period: '2027-03', explanations: [{ signature: LATE, ...decided }] });
    const gate = await harness.reaches('parallel-run/gate', 'waiting');
    const verdict = await harness.step('parallel-run/verdict/2027-03');
    expect(verdict.output).toMatchObject({
      clean: false,
      reasons: ['2027-03: 99 of 100 people were compared'],
    });
    expect(gate.output?.['red']).toEqual(['clean-periods', 'scope-ledger']);
    const trend = await varianceTrend(database, onboarding);
    expect(
      trend.map(({ period, explained, carried, open }) => [period, explained, carried, open]),
    ).toEqual([
      ['2027-01', 2, 0, 0],
      ['2027-02', 1, 1, 0],
      ['2027-03', 1, 0, 0],
    ]);
    const { rows } = await database.query<{ text: string }>(
      'select body::text as text from event where onboarding = $1',
      [onboarding],
    );
    const people = (await listVariances(database, onboarding, '2027-01')).map(
      (each) => each.person,
    );
    expect(people.length).toBe(5);
    for (const person of people)
      expect(rows.filter(({ text }) => text.includes(`"${person}"`))).toEqual([]);
  });
});
