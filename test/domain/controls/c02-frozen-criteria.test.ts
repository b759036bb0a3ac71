import { afterEach, describe, expect, it } from 'vitest';
import { decideGate } from '../../../activities/gate.ts';
import {
  changedCriteria,
  changedMembers,
  reopensAt,
  thawedMembers,
} from '../../../domain/controls/c02-frozen-criteria.ts';
import { amendmentImpact } from '../../../domain/amendment.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { planOf } from '../../../domain/plan.ts';
import { registerManifest } from '../../../store/manifests.ts';
import { findEvidence, listEvents } from '../../../store/read-model.ts';
import * as messages from '../../../workflows/messages.ts';
import { actor, LEAD, startHarness } from '../../workflows/harness.ts';
import type { Harness } from '../../workflows/harness.ts';
import { refusalOf } from '../../workflows/refusal-of.ts';
import { sampleManifest } from '../../workflows/sample-manifest.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const SRO = actor('sro', 'sro');
const reason = 'the contractor asks for it';

function widened(manifest: Manifest): Manifest {
  return {
    ...manifest,
    policy: { ...manifest.policy, tolerances: { defaultPence: 10_000, elements: {} } },
  };
}

/** An onboarding whose parallel run has been judged, and what is needed to amend it. */
async function atTheGate(change: Partial<Manifest> = {}) {
  const own = (harness = await startHarness(
    { 'parallel-run/gate': decideGate },
    { ...sampleManifest(), ...change },
  ));
  const handle = await own.start();
  await own.approveAll(async () => (await own.step('parallel-run/gate')).status === 'waiting');
  const amend = async (after: Manifest, said: Partial<messages.Amend> = {}) => {
    const manifest = await registerManifest(own.database, after, '', '/');
    const { plan, rewindTo } = amendmentImpact(own.manifest, after, 'parallel-run');
    return handle.executeUpdate(messages.amendUpdate, {
      args: [{ actor: LEAD, reason, manifest, plan, rewindTo, ...said }],
    });
  };
  const judge = (
    update: typeof messages.confirmAmendmentUpdate,
    manifest: string,
    by = SRO,
  ): Promise<messages.CommandResult> =>
    handle.executeUpdate(update, { args: [{ actor: by, reason: 'I have looked', manifest }] });
  const confirm = (manifest: string, by = SRO) =>
    judge(messages.confirmAmendmentUpdate, manifest, by);
  const withdraw = (manifest: string, by = LEAD) =>
    judge(messages.withdrawAmendmentUpdate, manifest, by);
  return { own, handle, amend, confirm, withdraw };
}

describe('C2 through the engine: what Queensland did, redefining criteria until they passed', () => {
  it('an edited tolerance waits for a second, senior person, and turns nothing green', async () => {
    const { own, amend, confirm } = await atTheGate();
    const after = widened(own.manifest);
    expect(await amend(after)).toMatchObject({ proposed: true });
    const { view } = await own.detail();
    expect(view.manifest).not.toBe(view.proposal?.manifest);
    expect((await own.step('parallel-run/gate')).status).toBe('waiting');
    const manifest = view.proposal?.manifest ?? '';

    // The same person twice, a proxy, a person who is not named, another proposal than the one that waits.
    expect(await refusalOf(confirm(manifest, LEAD))).toBe('access/not-permitted');
    expect(await refusalOf(confirm(manifest, actor('lead', 'sro')))).toBe('access/not-permitted');
    expect(await refusalOf(confirm(manifest, actor('owner', 'sro')))).toBe('access/not-permitted');
    expect(await refusalOf(confirm('0'.repeat(64)))).toBe('approval/stale-evidence');
    expect(await refusalOf(amend(after))).toBe('command/not-now');

    await confirm(manifest);
    expect((await own.detail()).view.manifest).toBe(manifest);
    // What was measured under the old version no longer counts: every period is compared again.
    const compared = (await listEvents(own.database, own.onboarding)).filter(
      ({ event }) => event.type === 'step.rewound' && event.step.startsWith('parallel-run/'),
    );
    expect(compared.map(({ event }) => 'step' in event && event.step)).toContain(
      'parallel-run/compare/2027-01',
    );
    await own.reaches('parallel-run/gate', 'waiting');
  });

  it('shows both versions in the history and in the statement of the gate', async () => {
    const { own, amend, confirm } = await atTheGate();
    await amend(widened(own.manifest));
    await confirm((await own.detail()).view.proposal?.manifest ?? '');
    const gate = await own.reaches('parallel-run/gate', 'waiting');
    const statement = await findEvidence(
      own.database,
      own.onboarding,
      gate.evidence[0]?.hash ?? '',
    );
    expect(statement?.content).toMatchObject({ frozen: { version: 2 } });
    const events = (await listEvents(own.database, own.onboarding)).map(({ event }) => event);
    const proposed = events.find((event) => event.type === 'onboarding.amendment-proposed');
    expect(proposed).toMatchObject({
      by: 'lead',
      reason,
      criteria: [
        {
          stage: 'parallel-run',
          before: { version: 1, criteria: { tolerances: { defaultPence: 0 } } },
          after: { version: 2, criteria: { tolerances: { defaultPence: 10_000 } } },
        },
      ],
    });
    expect(events.find((event) => event.type === 'onboarding.amendment-confirmed')).toMatchObject({
      by: 'sro',
    });
    const gates = events.filter(
      (event) => event.type === 'step.waiting' && event.step === 'parallel-run/gate',
    );
    expect(gates).toHaveLength(2);
  });

  it('the senior person who proposed an amendment, or started the onboarding, does not confirm it', async () => {
    const people = sampleManifest().people.map((person) =>
      person.id === 'sro'
        ? { ...person, roles: [...person.roles, 'programme-lead' as const] }
        : person,
    );
    const { own, amend, confirm } = await atTheGate({ people });
    const both = actor('sro', 'sro', 'programme-lead');
    await amend(widened(own.manifest), { actor: both });
    const manifest = (await own.detail()).view.proposal?.manifest ?? '';
    expect(await refusalOf(confirm(manifest, both))).toBe('approval/four-eyes');
  });

  it('an amendment that leaves decisions of the old version standing is refused', async () => {
    const { own, amend } = await atTheGate();
    const after = widened(own.manifest);
    expect(await refusalOf(amend(after, { rewindTo: 'cutover/readiness' }))).toBe(
      'request/invalid',
    );
    expect(await refusalOf(amend(after, { rewindTo: 'parallel-run/gate' }))).toBe(
      'request/invalid',
    );
  });

  it('a plan that hides the change from the workflow gets no further than the gate', async () => {
    const { own, amend } = await atTheGate();
    const after = widened(own.manifest);
    const honest = planOf(after);
    const plan = { ...honest, criteria: planOf(own.manifest).criteria ?? {} };
    expect(await amend(after, { plan })).not.toHaveProperty('proposed');
    const parked = await own.reaches('parallel-run/gate', 'parked');
    expect(parked.failure).toMatchObject({ code: 'criteria/changed' });
  });

  it('is let go of by who proposed it; what is not a criterion needs no second person', async () => {
    const { own, amend, withdraw } = await atTheGate();
    await amend(widened(own.manifest));
    await withdraw((await own.detail()).view.proposal?.manifest ?? '');
    expect((await own.detail()).view.proposal).toBeUndefined();
    const renamed = {
      ...own.manifest,
      department: { ...own.manifest.department, name: 'Prisons and Probation' },
    };
    expect(await amend(renamed)).not.toHaveProperty('proposed');
    await own.reaches('parallel-run/gate', 'waiting');
  });
});

describe('C2: what a stage is judged by', () => {
  const { criteria = {}, steps } = planOf(sampleManifest());
  const frozen = Object.fromEntries(
    Object.entries(criteria).map(([stage, each]) => [stage, { version: 1, criteria: each }]),
  );
  const differs = (change: (manifest: Manifest) => Manifest) =>
    changedCriteria(frozen, planOf(change(sampleManifest())).criteria ?? {});

  it('is the limits, the tolerances, the declared totals, the periods and who approves', () => {
    const policy = (change: Partial<Manifest['policy']>) =>
      differs((manifest) => ({ ...manifest, policy: { ...manifest.policy, ...change } }));
    const named = (changes: ReturnType<typeof differs>) =>
      changes.map((change) => [change.stage, ...changedMembers(change)]);
    expect(named(policy({ maxBlockers: 3 }))).toEqual([['discovery', 'maxBlockers']]);
    expect(named(policy({ maxRejectRate: 0.5 }))).toEqual([
      ['mapping', 'maxRejectRate'],
      ['migration', 'maxRejectRate'],
    ]);
    expect(named(policy({ cleanPeriods: 1 }))).toEqual([['parallel-run', 'cleanPeriods']]);
    expect(named(policy({ approvals: { migration: { 'data-owner': 1 } } }))).toEqual([
      ['migration', 'approvals'],
    ]);
    expect(policy({ escalateAfterHours: 1 })).toEqual([]);
    const declared = (manifest: Manifest) => ({
      ...manifest,
      department: { ...manifest.department, headcount: 80 },
    });
    expect(named(differs(declared))).toEqual([['discovery', 'baseline']]);
    const fewer = (manifest: Manifest): Manifest =>
      'periods' in manifest.parallelRun
        ? { ...manifest, parallelRun: { ...manifest.parallelRun, periods: ['2027-01'] } }
        : manifest;
    expect(named(differs(fewer))).toEqual([['parallel-run', 'periods']]);
    const later = (manifest: Manifest): Manifest => ({
      ...manifest,
      cutover: { ...manifest.cutover, rollbackHours: 1000 },
    });
    expect(named(differs(later))).toEqual([['cutover', 'rollbackHours']]);
  });

  it('re-opens the earliest stage; who approves re-opens its gate, a tolerance every comparison', () => {
    const wider = differs(widened);
    expect(reopensAt(steps, wider)).toMatch(/^parallel-run\/(?!gate)/);
    const approvals = differs((manifest) => ({
      ...manifest,
      policy: { ...manifest.policy, approvals: { 'parallel-run': { sro: 1 } } },
    }));
    expect(reopensAt(steps, approvals)).toBe('parallel-run/gate');
    expect(reopensAt(steps, [])).toBeUndefined();
  });

  it('says nothing of stages that have not started, nor of members that only a later version knows', () => {
    const plan = planOf(widened(sampleManifest()));
    expect(changedCriteria({}, plan.criteria ?? {})).toEqual([]);
    expect(
      thawedMembers({ version: 1, criteria: { cleanPeriods: 2 } }, { cleanPeriods: 2, more: 1 }),
    ).toEqual([]);
  });
});
