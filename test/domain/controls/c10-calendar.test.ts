import { describe, expect, it } from 'vitest';
import {
  nextLegalWindows,
  windowProblems,
  windowRefusal,
} from '../../../domain/controls/c10-calendar.ts';
import type { OtherCutover } from '../../../domain/controls/c10-calendar.ts';
import { timeToJudgeBy } from '../../../domain/present-time.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

const now = '2026-12-01T00:00:00Z';
const window = { from: '2027-04-10T18:00:00Z', to: '2027-04-11T18:00:00Z' };
const periods = Array.from(
  { length: 12 },
  (_, index) => `2027-${String(index + 1).padStart(2, '0')}`,
);
const payCalendar = {
  periods: periods.map((id) => ({
    id,
    start: `${id}-01`,
    end: `${id}-28`,
    cutOff: `${id}-10`,
    payDay: `${id}-26`,
  })),
};

function manifestOf(cutover: object = {}, department: object = {}) {
  const base = sampleManifest();
  return sampleManifest({
    payCalendar,
    department: { ...base.department, ...department },
    cutover: { window, ...cutover },
  });
}

function rules(
  from: string,
  to: string,
  { at = now, others = [] as OtherCutover[], manifest = manifestOf() } = {},
): string[] {
  return windowProblems({ from, to }, manifest, others, at).map((problem) => problem.rule);
}

describe('the calendar refuses what went wrong', () => {
  it('a shared-service outage of September that lasted across pay day', () => {
    const outage = { from: '2027-09-24T17:00:00Z', to: '2027-10-02T07:00:00Z' };
    const problems = windowProblems(outage, manifestOf(), [], now);
    expect(problems).toEqual([
      {
        rule: 'payroll',
        detail:
          'pay period 2027-09 is processed from its cut-off 2027-09-10 to its pay day 2027-09-26',
      },
    ]);
    const contingency = { from: outage.from, to: '2027-10-06T12:00:00Z' };
    expect(windowProblems(contingency, manifestOf(), [], now).map(({ rule }) => rule)).toEqual([
      'payroll',
      'tax-month',
    ]);
  });

  it('payroll processing, from the cut-off to the pay day, both included', () => {
    expect(rules('2027-01-07T00:00:00Z', '2027-01-10T00:01:00Z')).toEqual(['payroll']);
    expect(rules('2027-01-26T22:00:00Z', '2027-01-28T00:00:00Z')).toEqual(['payroll']);
  });

  it('the turn of a tax month and the end of the tax year', () => {
    expect(rules('2027-02-05T12:00:00Z', '2027-02-06T12:00:00Z')).toEqual(['tax-month']);
    expect(rules('2027-04-04T22:00:00Z', '2027-04-05T06:00:00Z')).toEqual(['tax-year-end']);
    expect(rules('2027-04-06T06:00:00Z', '2027-04-06T12:00:00Z')).toEqual(['tax-year-end']);
  });

  it('bank holidays of the nation, and only of that', () => {
    const august = ['2027-08-02T08:00:00Z', '2027-08-02T20:00:00Z'] as const;
    expect(rules(...august)).toEqual([]);
    expect(rules(...august, { manifest: manifestOf({}, { nation: 'scotland' }) })).toEqual([
      'bank-holiday',
    ]);
  });

  it('the cutover of another department by the same team', () => {
    const others = [
      { department: 'courts', from: '2027-01-30T00:00:00Z', to: '2027-01-31T00:00:00Z' },
    ];
    expect(rules('2027-01-29T00:00:00Z', '2027-01-30T00:00:01Z', { others })).toEqual([
      'other-cutover',
    ]);
    expect(rules('2027-01-29T00:00:00Z', '2027-01-30T00:00:00Z', { others })).toEqual([]);
  });

  it('blackouts, and days of which nobody knows whether they are closed', () => {
    const manifest = manifestOf({
      blackouts: [{ from: '2027-01-28', to: '2027-01-29', reason: 'audit' }],
    });
    expect(rules('2027-01-29T08:00:00Z', '2027-01-30T08:00:00Z', { manifest })).toEqual([
      'blackout',
    ]);
    expect(rules('2028-01-29T08:00:00Z', '2028-01-30T08:00:00Z')).toEqual(['calendar-unknown']);
    expect(
      rules('2029-01-29T08:00:00Z', '2029-01-30T08:00:00Z', {
        manifest: sampleManifest({
          payCalendar: undefined,
          parallelRun: { notApplicable: 'no pay is in scope here' },
        }),
      }),
    ).toEqual(['calendar-unknown']);
  });
});

describe('the calendar lets the right thing pass', () => {
  it('between pay day and the tax month, and up to the midnight with which the cut-off day begins, in London', () => {
    expect(rules('2027-01-28T18:00:00Z', '2027-01-31T18:00:00Z')).toEqual([]);
    expect(rules('2027-01-07T00:00:00Z', '2027-01-10T00:00:00Z')).toEqual([]);
    // In summer time that midnight is an hour earlier.
    expect(rules('2027-06-09T12:00:00Z', '2027-06-09T23:00:00Z')).toEqual([]);
    expect(rules('2027-06-09T12:00:00Z', '2027-06-09T23:00:01Z')).toEqual(['payroll']);
  });

  it('names the next legal windows of the same length and time of day, the same weekday first', () => {
    const bad = { from: '2027-03-26T18:00:00Z', to: '2027-03-28T06:00:00Z' };
    const next = nextLegalWindows(bad, manifestOf(), [], now);
    // Good Friday to Easter Monday is closed; the clocks change in between.
    expect(next).toEqual({
      sameWeekday: { from: '2027-04-02T17:00:00.000Z', to: '2027-04-04T05:00:00.000Z' },
      anyDay: { from: '2027-03-30T17:00:00.000Z', to: '2027-04-01T05:00:00.000Z' },
    });
  });

  it('finds none where none is as far as the calendar is known', () => {
    const long = { from: '2027-03-26T18:00:00Z', to: '2027-06-26T18:00:00Z' };
    const next = nextLegalWindows(long, manifestOf(), [], now);
    expect(next).toEqual({ sameWeekday: undefined, anyDay: undefined });
    expect(windowRefusal(long, windowProblems(long, manifestOf(), [], now), next)).toContain(
      'no window of this length is legal',
    );
  });

  it('keeps what the manifest exempts, with its reason', () => {
    const manifest = manifestOf({
      exempt: { 'bank-holiday': 'the long weekend is used on purpose' },
    });
    const problems = windowProblems(
      { from: '2027-05-29T08:00:00Z', to: '2027-06-01T08:00:00Z' },
      manifest,
      [],
      now,
    );
    expect(problems).toMatchObject([
      { rule: 'bank-holiday', exempt: 'the long weekend is used on purpose' },
    ]);
  });
});

describe('the calendar is not got around', () => {
  it('by a minute inside a closed day', () => {
    expect(rules('2027-01-15T12:00:00Z', '2027-01-15T12:01:00Z')).toEqual(['payroll']);
  });

  it('by a clock that is set back', () => {
    const clock = Date.parse('2026-12-01T00:00:00Z');
    const late = new Date(timeToJudgeBy(clock, '2027-02-01T00:00:00Z')).toISOString();
    expect(rules('2027-01-28T18:00:00Z', '2027-01-31T18:00:00Z', { at: late })).toEqual(['closed']);
    expect(timeToJudgeBy(clock, '2026-11-01T00:00:00Z')).toBe(clock);
  });

  it('by a window that ends before it starts', () => {
    expect(rules('2027-01-31T18:00:00Z', '2027-01-28T18:00:00Z')).toEqual(['reversed']);
  });
});
