import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../domain/json.ts';
import { M3_CRITERIA } from '../../../domain/readiness/criteria.ts';
import { openLines, readinessLines, redLines } from '../../../domain/readiness/statement.ts';
import type { Assessment, ReadinessFacts } from '../../../domain/readiness/statement.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

const at = '2027-03-01T00:00:00Z';
const assessed = M3_CRITERIA.filter(({ measure }) => measure === undefined);
const said = (criterion: string, change: Partial<Assessment> = {}): Assessment => ({
  criterion,
  health: 'green',
  by: 'sro',
  reason: 'seen',
  at,
  ...change,
});

function linesOf(change: Partial<ReadinessFacts> = {}) {
  return readinessLines({
    manifest: sampleManifest(),
    outputs: new Map<string, JsonObject>(),
    now: '2027-03-02T00:00:00Z',
    gates: [],
    proofs: new Map(),
    assessments: assessed.map(({ id }) => said(id)),
    findings: [],
    ...change,
  });
}
const line = (lines: ReturnType<typeof linesOf>, id: string) =>
  lines.find((each) => each.line === id);

describe('the readiness statement', () => {
  it('has the 26 criteria of the M3 list, and says red of what nobody assessed or measured (Novopay)', () => {
    expect(M3_CRITERIA).toHaveLength(26);
    const lines = linesOf({ assessments: [] });
    expect(redLines(lines)).toHaveLength(26);
    expect(lines[0]?.verdict).toBe('unmet');
  });

  it('is green where the owners and the record say so, and shows when that expires', () => {
    const lines = linesOf();
    expect(line(lines, 'security')).toMatchObject({
      verdict: 'met',
      validUntil: '2027-05-02T00:00:00.000Z',
    });
    const later = linesOf({ now: '2027-05-02T00:00:00Z' });
    expect(line(later, 'security')).toMatchObject({ verdict: 'unmet', expired: true });
  });

  it('denies for any high criterion that is not met; the rest may have a dated action plan', () => {
    const amber = { health: 'amber', due: '2027-04-01' } as const;
    const lines = linesOf({
      assessments: [
        said('security', amber),
        said('help-desk', amber),
        said('reports', { health: 'amber' }),
      ],
    });
    expect(line(lines, 'security')?.verdict).toBe('unmet');
    expect(openLines(lines)).toEqual(['help-desk']);
    expect(line(lines, 'reports')?.verdict).toBe('unmet');
    const due = linesOf({ now: '2027-04-02T00:00:00Z', assessments: [said('help-desk', amber)] });
    expect(line(due, 'help-desk')?.verdict).toBe('unmet');
  });

  it('prints what does not apply with its reason, but never leaves out what the record can say', () => {
    const notApplicable = { unions: 'no union is recognised', tests: 'we would rather not' };
    const base = sampleManifest();
    const manifest = sampleManifest({
      cutover: { ...base.cutover, readiness: { notApplicable, criteria: {} } },
    });
    const lines = linesOf({ manifest });
    expect(line(lines, 'unions')).toMatchObject({
      verdict: 'not-applicable',
      reason: notApplicable.unions,
    });
    expect(line(lines, 'tests')?.verdict).toBe('unmet');
  });

  it('counts evidence of a stage for as long as the policy says', () => {
    const gates = [
      {
        gate: 'discovery/gate',
        criteria: [
          {
            id: 'headcount',
            title: 'Headcount',
            value: 1,
            threshold: 1,
            verdict: 'met' as const,
            measuredBy: ['discovery/baseline'],
          },
        ],
      },
    ];
    const proof = { step: 'discovery/baseline', hash: 'h', at };
    const proofs = new Map([['discovery/baseline', proof]]);
    const key = 'discovery/gate/headcount';
    expect(line(linesOf({ gates, proofs }), key)).toMatchObject({
      verdict: 'met',
      evidence: [proof],
    });
    expect(line(linesOf({ gates, proofs, now: '2028-03-01T00:00:00Z' }), key)).toMatchObject({
      verdict: 'unmet',
      expired: true,
    });
  });
});

describe('findings of independent assurance', () => {
  const finding = { id: '7', by: 'assurance', at, reason: 'no recovery test' };

  it('block while they are open, and stand in the record with who accepted them', () => {
    const open = linesOf({ findings: [{ ...finding, status: 'open' }] });
    expect(redLines(open)).toContain('finding/7');
    const settled = { by: 'sro', at, reason: 'tested in May' };
    const accepted = linesOf({ findings: [{ ...finding, status: 'accepted', settled }] });
    expect(openLines(accepted)).toEqual(['finding/7']);
    expect(line(accepted, 'finding/7')?.value).toBe('accepted by sro: tested in May');
    expect(
      line(linesOf({ findings: [{ ...finding, status: 'closed', settled }] }), 'assurance-findings')
        ?.verdict,
    ).toBe('met');
  });
});
