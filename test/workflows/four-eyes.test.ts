import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../domain/roles.ts';
import * as messages from '../../workflows/messages.ts';
import { actor, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { refusalOf } from './refusal-of.ts';
import { sampleManifest } from './sample-manifest.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const reason = 'looks right';

async function approve(
  own: Harness,
  handle: WorkflowHandle,
  step: string,
  id: string,
  role: Role,
  evidence?: string,
): Promise<unknown> {
  const shown = (await own.step(step)).evidence[0]?.hash ?? '';
  return handle.executeUpdate(messages.approveGateUpdate, {
    args: [{ actor: actor(id, role), reason, step, role, evidence: evidence ?? shown }],
  });
}

describe('approving a gate, inside the workflow', () => {
  it('is refused to the starter, to people who are not named, to other roles, and on evidence that has changed', async () => {
    const people = [
      ...sampleManifest().people,
      { id: 'lead', name: 'Lead', roles: ['programme-lead' as const, 'data-owner' as const] },
    ];
    const own = (harness = await startHarness({}, { ...sampleManifest(), people }));
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    const attempt = (id: string, role: Role, evidence?: string) =>
      refusalOf(approve(own, handle, 'discovery/gate', id, role, evidence));
    expect(await attempt('lead', 'data-owner')).toBe('approval/four-eyes');
    expect(await attempt('stranger', 'data-owner')).toBe('access/not-permitted');
    expect(await attempt('payroll', 'payroll-lead')).toBe('approval/role-not-wanted');
    expect(await attempt('owner', 'data-owner', 'f'.repeat(64))).toBe('approval/stale-evidence');
    await approve(own, handle, 'discovery/gate', 'owner', 'data-owner');
    await own.reaches('discovery/gate', 'succeeded');
  });

  it('is refused to a person who changed what runs in the stage', async () => {
    const people = [
      ...sampleManifest().people,
      {
        id: 'owner-2',
        name: 'Second Owner',
        roles: ['data-owner' as const, 'migration-engineer' as const],
      },
    ];
    const own = (harness = await startHarness({}, { ...sampleManifest(), people }));
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    await handle.executeUpdate(messages.retryStepUpdate, {
      args: [{ actor: actor('owner-2', 'migration-engineer'), reason, step: 'discovery/gate' }],
    });
    await own.reaches('discovery/gate', 'waiting');
    expect(await refusalOf(approve(own, handle, 'discovery/gate', 'owner-2', 'data-owner'))).toBe(
      'approval/four-eyes',
    );
  });

  it('counts one person once, whatever roles they hold', async () => {
    const base = sampleManifest();
    const people = base.people.map((person) =>
      person.id === 'owner'
        ? { ...person, roles: [...person.roles, 'finance-lead' as const] }
        : person,
    );
    const own = (harness = await startHarness({}, { ...base, people }));
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('migration/gate')).status === 'waiting');
    await approve(own, handle, 'migration/gate', 'owner', 'data-owner');
    expect(await refusalOf(approve(own, handle, 'migration/gate', 'owner', 'finance-lead'))).toBe(
      'approval/four-eyes',
    );
    expect((await own.step('migration/gate')).status).toBe('waiting');
    await approve(own, handle, 'migration/gate', 'finance', 'finance-lead');
    await own.reaches('migration/gate', 'succeeded');
  });

  it('is refused while a criterion is red; a waiver of it opens the gate anew', async () => {
    const own = (harness = await startHarness({
      'discovery/gate': ({ run }) =>
        Promise.resolve({
          output: {
            red: run.waivers.some((waiver) => waiver.criterion === 'headcount')
              ? []
              : ['headcount'],
          },
          evidence: [{ kind: 'statement', content: { version: run.version } }],
          waits: true,
        }),
    }));
    const handle = await own.start();
    await own.reaches('discovery/gate', 'waiting');
    expect(await refusalOf(approve(own, handle, 'discovery/gate', 'owner', 'data-owner'))).toBe(
      'approval/red-criteria',
    );
    const waive = (criterion: string) =>
      handle.executeUpdate(messages.waiveStepUpdate, {
        args: [
          {
            actor: actor('sro', 'sro'),
            reason,
            step: 'discovery/gate',
            criterion,
            impact: 'forty people are on loan',
            expires: '2999-01-01',
          },
        ],
      });
    expect(await refusalOf(waive('blockers'))).toBe('request/invalid');
    await waive('headcount');
    await own.reaches('discovery/gate', 'waiting');
    await approve(own, handle, 'discovery/gate', 'owner', 'data-owner');
    await own.reaches('discovery/gate', 'succeeded');
  });

  it('does not pass a gate that one of the people rejected', async () => {
    const own = (harness = await startHarness());
    const handle = await own.start();
    await own.approveAll(async () => (await own.step('migration/gate')).status === 'waiting');
    const step = 'migration/gate';
    const evidence = (await own.step(step)).evidence[0]?.hash ?? '';
    await handle.executeUpdate(messages.rejectGateUpdate, {
      args: [
        {
          actor: actor('finance'),
          reason: 'balances are off',
          step,
          role: 'finance-lead',
          evidence,
        },
      ],
    });
    await approve(own, handle, step, 'owner', 'data-owner');
    const view = await own.step(step);
    expect(view.status).toBe('waiting');
    expect(view.decisions.map((decision) => decision.approved)).toEqual([false, true]);
  });
});
