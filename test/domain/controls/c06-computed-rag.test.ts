import { afterEach, describe, expect, it } from 'vitest';
import { acknowledgementProblem, worseOf } from '../../../domain/controls/c06-computed-rag.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('red, amber and green', () => {
  it('are computed: what a person says can only make them worse', () => {
    expect(worseOf('red', 'green')).toBe('red');
    expect(worseOf('green', 'amber')).toBe('amber');
    expect(worseOf('amber', 'as-computed')).toBe('amber');
  });

  it('are acknowledged when they are open: all of them, and no others', () => {
    expect(acknowledgementProblem(['a', 'b'], ['b', 'a'])).toBeUndefined();
    expect(acknowledgementProblem(['a', 'b'], ['a'])).toBe('not acknowledged: b');
    expect(acknowledgementProblem([], ['c'])).toBe('not open: c');
  });

  it('of Birmingham: a failing reconciliation is not reported green, and an open line is not overlooked', async () => {
    const own = (harness = await startHarness({
      'discovery/gate': ({ run }) =>
        Promise.resolve({
          output: { red: [], open: ['headcount'] },
          evidence: [{ kind: 'statement', content: { version: run.version } }],
          waits: true,
        }),
    }));
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    const assess = (
      id: string,
      role: 'data-owner' | 'sro' | 'migration-engineer',
      criterion: string,
      health: 'green' | 'amber',
    ) =>
      handle.executeUpdate(messages.assessCriterionUpdate, {
        args: [{ actor: actor(id, role), reason: 'as seen', assessments: [{ criterion, health }] }],
      });
    expect(await refusalOf(assess('owner', 'data-owner', 'tests', 'green'))).toBe(
      'control/override-to-green',
    );
    expect(await refusalOf(assess('owner', 'data-owner', 'security', 'green'))).toBe(
      'access/not-permitted',
    );
    expect(await refusalOf(assess('sro', 'sro', 'nothing', 'green'))).toBe('request/invalid');
    await assess('owner', 'data-owner', 'tests', 'amber');
    await assess('sro', 'sro', 'security', 'green');
    const evidence = (await own.step('discovery/gate')).evidence[0]?.hash ?? '';
    const approve = (acknowledge: string[]) =>
      handle.executeUpdate(messages.approveGateUpdate, {
        args: [
          {
            actor: actor('owner', 'data-owner'),
            reason: 'seen',
            step: 'discovery/gate',
            role: 'data-owner',
            evidence,
            acknowledge,
          },
        ],
      });
    expect(await refusalOf(approve([]))).toBe('approval/not-acknowledged');
    expect(await refusalOf(approve(['headcount', 'blockers']))).toBe('approval/not-acknowledged');
    await approve(['headcount']);
    await own.reaches('discovery/gate', 'succeeded');
    const { rows } = await own.database.query<{ body: { acknowledged: string[] } }>(
      "select body from event where type = 'step.approved'",
    );
    expect(rows[0]?.body.acknowledged).toEqual(['headcount']);
  });
});
