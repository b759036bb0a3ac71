import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepBody } from '../../activities/step-activity.ts';
import { SlipwayError } from '../../domain/errors.ts';
import type { QuarantineOrder } from '../../domain/step-run.ts';
import * as messages from '../../workflows/messages.ts';
import { actor, LEAD, startHarness } from './harness.ts';
import type { Harness } from './harness.ts';
import { until } from '../support/until.ts';
import { refusalOf } from './refusal-of.ts';

const STEP = 'migration/quarantine/posts';
const ENGINEER = actor('engineer', 'migration-engineer');
const OWNER = actor('owner', 'data-owner');
const reason = 'looked at it';

let harness: Harness;
let orders: (QuarantineOrder | undefined)[];
let open: Record<string, number>;
beforeEach(async () => {
  orders = [];
  open = { 'not-null:name': 2, 'unmapped:grades': 1 };
  /** Keeps the orders it is given; what is accepted, or re-driven without corrections, is open no longer. */
  const quarantine: StepBody = ({ run, item }) => {
    if (item !== 'posts') return Promise.resolve({ output: { open: 0, openByRule: {} } });
    orders.push(run.order);
    const decision = run.order?.decision;
    if (decision?.kind === 'accept') {
      if (decision.rule === undefined) open = {};
      else
        open = Object.fromEntries(Object.entries(open).filter(([rule]) => rule !== decision.rule));
    }
    if (decision?.kind === 'redrive' && decision.correction === undefined)
      throw new SlipwayError('data/chunk-failed', 'a trigger refuses the rows');
    const rows = Object.values(open).reduce((sum, each) => sum + each, 0);
    return Promise.resolve({ output: { open: rows, openByRule: open }, waits: rows > 0 });
  };
  const goesOn: StepBody = () => Promise.resolve({ output: {} });
  harness = await startHarness({
    'discovery/gate': goesOn,
    'mapping/confirm': goesOn,
    'mapping/gate': goesOn,
    'migration/quarantine': quarantine,
  });
  await harness.start();
  await harness.reaches(STEP, 'waiting');
});
afterEach(() => harness.close());

const handle = () => harness.client.workflow.getHandle(harness.onboarding);
const accept = (by = OWNER, change: object = {}) =>
  handle().executeUpdate(messages.acceptQuarantineUpdate, {
    args: [{ actor: by, reason, dataset: 'posts', count: 3, ...change }],
  });
const redrive = (by = ENGINEER, change: object = {}) =>
  handle().executeUpdate(messages.redriveQuarantineUpdate, {
    args: [{ actor: by, reason, dataset: 'posts', correction: 'c'.repeat(64), rows: 2, ...change }],
  });

describe('rows in quarantine', () => {
  it('hold the journey until they are accepted, by the number that is open, rule by rule', async () => {
    expect(await refusalOf(accept(OWNER, { count: 2 }))).toBe('quarantine/count-differs');
    expect(await refusalOf(accept(OWNER, { count: 2, rule: 'unmapped:grades' }))).toBe(
      'quarantine/count-differs',
    );
    expect(await refusalOf(accept(OWNER, { count: 0, rule: 'unheard:of' }))).toBe(
      'quarantine/count-differs',
    );
    const { version } = await accept(OWNER, { count: 1, rule: 'unmapped:grades' });
    // The step waited before as well: what counts is that it has looked again.
    await until('the step looks again', () => Promise.resolve(orders[1]));
    await harness.reaches(STEP, 'waiting');
    expect(orders.at(-1)).toEqual({
      id: expect.any(String),
      by: 'owner',
      reason,
      decision: { kind: 'accept', rule: 'unmapped:grades', count: 1 },
    });
    expect(Number(orders.at(-1)?.id)).toBeLessThanOrEqual(version);
    await accept(OWNER, { count: 2 });
    await harness.reaches(STEP, 'succeeded');
    await harness.reaches('migration/gate', 'waiting');
    // Who has accepted rows has not prepared them.
    const gate = await harness.step('migration/gate');
    await handle().executeUpdate(messages.approveGateUpdate, {
      args: [
        {
          actor: OWNER,
          reason,
          step: 'migration/gate',
          role: 'data-owner',
          evidence: gate.evidence[0]?.hash ?? '',
        },
      ],
    });
  });

  it('are accepted by a data owner whom the manifest names, and who has not prepared what is there', async () => {
    expect(await refusalOf(accept(ENGINEER))).toBe('access/not-permitted');
    expect(await refusalOf(accept(actor('other', 'data-owner')))).toBe('access/not-permitted');
    expect(await refusalOf(accept(actor('lead', 'data-owner')))).toBe('access/not-permitted');
    expect(await refusalOf(accept(OWNER, { reason: ' ' }))).toBe('command/reason-required');
    expect(await refusalOf(accept(OWNER, { dataset: 'people' }))).toBe('command/unknown-step');
    await redrive(OWNER);
    await harness.reaches(STEP, 'waiting');
    expect(await refusalOf(accept())).toBe('approval/four-eyes');
  });

  it('are not decided about by way of the input of a retry', async () => {
    await handle().executeUpdate(messages.retryStepUpdate, {
      args: [
        {
          actor: LEAD,
          reason,
          step: STEP,
          input: {
            order: { id: '1', by: 'owner', reason, decision: { kind: 'accept', count: 3 } },
          },
        },
      ],
    });
    const parked = await harness.reaches(STEP, 'parked');
    expect(parked.failure).toMatchObject({ code: 'step/input-invalid' });
    expect(orders).toEqual([undefined]);
  });

  it('may be re-driven again when a re-drive has failed, and a rewind forgets what was decided', async () => {
    expect(await refusalOf(redrive(actor('viewer', 'viewer')))).toBe('access/not-permitted');
    await redrive(ENGINEER, { correction: undefined, rows: undefined });
    await harness.reaches(STEP, 'parked');
    await redrive();
    await harness.reaches(STEP, 'waiting');
    expect(orders.at(-1)?.decision).toEqual({ kind: 'redrive', correction: 'c'.repeat(64) });
    const before = orders.length;
    await handle().executeUpdate(messages.rewindUpdate, {
      args: [{ actor: LEAD, reason, to: 'migration/prepare' }],
    });
    await harness.reaches(STEP, 'waiting');
    expect(orders.slice(before)).toEqual([undefined]);
  });
});
