import { z } from 'zod';
import { ERRORS } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { PERMISSIONS } from '../domain/permissions.ts';
import type { CommandName } from '../domain/permissions.ts';
import { ROLES } from '../domain/roles.ts';
import { STAGES } from '../domain/stages.ts';

/**
 * What people see of onboardings: the schemas of the API's answers, and the types that API, dashboard and CLI share.
 * Times are ISO texts; what is not there is null.
 */

const time = z.string().describe('ISO 8601 time.');
const text = z.string().nullable();
const count = z.number().int();
const json = z.record(z.string(), z.unknown());

const commandNameSchema = z.enum(Object.keys(PERMISSIONS) as [CommandName, ...CommandName[]]);
const role = z.enum(ROLES);
const stage = z.enum(STAGES);

export const summarySchema = z
  .object({
    id: z.string().describe('`onboarding/<programme>/<department>`'),
    programme: z.string(),
    department: z.string(),
    name: z.string(),
    wave: count,
    headcount: count,
    status: z.enum(['running', 'paused', 'rolling-back', 'rolled-back', 'aborted', 'closed']),
    stage,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    updatedAt: time,
    parked: count.describe('Steps that failed for good and wait for a person.'),
    waiting: count.describe('Steps that wait for decisions or for a time.'),
    settled: count,
    steps: count,
  })
  .meta({ id: 'OnboardingSummary' });
/** One line of the programme board. */
export type SummaryView = z.output<typeof summarySchema>;

const progressSchema = z
  .object({
    unit: z.string().describe('`rows`, `tables` or `lines`.'),
    done: z.number(),
    total: z.number().nullable(),
    ratePerSecond: z.number(),
    etaSeconds: z.number().nullable(),
    startedAt: time,
    at: time,
  })
  .meta({ id: 'StepProgress' });
/** How far a step is, and how fast. */
export type ProgressView = z.output<typeof progressSchema>;

const failureSchema = z
  .object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    title: z.string(),
    message: z.string(),
    advice: z.string(),
    details: json.nullable(),
  })
  .meta({ id: 'Failure' });
/** Why a step failed, with the catalogue's advice. */
export type FailureView = z.output<typeof failureSchema>;

const decisionSchema = z.object({
  approved: z.boolean(),
  by: z.string(),
  role,
  at: time,
  reason: z.string(),
});

export const stepSchema = z
  .object({
    key: z.string(),
    stage,
    title: z.string(),
    item: text.describe('The source, dataset or pay period of a repeated step.'),
    kind: z.enum(['work', 'gate', 'decision', 'timer']),
    optional: z.boolean(),
    status: z.enum([
      'pending',
      'running',
      'retrying',
      'parked',
      'waiting',
      'succeeded',
      'skipped',
      'waived',
      'not-needed',
    ]),
    attempts: count,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    waitingSince: time.nullable(),
    escalatesAt: time.nullable(),
    escalated: z.boolean(),
    until: time.nullable().describe('When a timer step looks again.'),
    failure: failureSchema.nullable(),
    progress: progressSchema.nullable(),
    evidence: z.array(z.object({ kind: z.string(), hash: z.string() })),
    quorum: z
      .array(z.object({ role, wanted: count, given: count }))
      .describe('How many people of which role must approve, and how many have.'),
    red: z.array(z.string()).describe('Unmet criteria of a gate.'),
    decisions: z.array(decisionSchema),
    can: z.array(commandNameSchema).describe('Commands you can give for it now.'),
  })
  .meta({ id: 'Step' });
/** One step of an onboarding. */
export type StepItem = z.output<typeof stepSchema>;

export const stepDetailSchema = stepSchema
  .extend({
    history: z
      .array(
        z.object({
          number: count,
          startedAt: time.nullable(),
          endedAt: time.nullable(),
          failure: failureSchema.nullable(),
        }),
      )
      .describe('The attempts of the present run.'),
    input: json.nullable().describe('Corrections of the last retry.'),
    inputSchema: json.describe('JSON Schema of the input that a retry may correct.'),
    output: json.nullable(),
    by: text,
    reason: text,
  })
  .meta({ id: 'StepDetail' });
/** Everything about one step. */
export type StepDetail = z.output<typeof stepDetailSchema>;

const frozenSchema = z.object({ version: count, criteria: z.record(z.string(), z.unknown()) });
const proposalSchema = z.object({
  manifest: z.string().describe('Hash of the proposed manifest.'),
  by: z.string(),
  reason: z.string(),
  at: time,
  changes: z.array(
    z.object({
      stage,
      members: z.array(z.string()).describe('What is different.'),
      before: frozenSchema,
      after: frozenSchema,
    }),
  ),
});
/** An amendment that waits for a second person. */
export type ProposalView = z.output<typeof proposalSchema>;

export const onboardingSchema = z
  .object({
    id: z.string(),
    programme: z.string(),
    department: z.string(),
    name: z.string(),
    wave: count,
    headcount: count,
    status: summarySchema.shape.status,
    stage,
    reason: text,
    startedAt: time.nullable(),
    startedBy: text,
    endedAt: time.nullable(),
    manifest: z.string().describe('Hash of the manifest.'),
    position: count.describe('Place of the newest event; where a live stream goes on.'),
    chainHash: z.string(),
    version: count,
    stages: z.array(z.object({ stage, settled: count, steps: count })),
    steps: z.array(stepSchema),
    proposal: proposalSchema
      .nullable()
      .describe('An amendment that changes what a started stage is judged by, and waits.'),
    can: z.array(commandNameSchema).describe('Commands you can give for it now.'),
  })
  .meta({ id: 'Onboarding' });
/** One onboarding with its stages and steps. */
export type OnboardingPage = z.output<typeof onboardingSchema>;

export const loggedEventSchema = z
  .object({
    position: count,
    hash: z.string().describe('Link of the hash chain.'),
    event: z.looseObject({ version: count, part: count, at: time, type: z.string() }),
  })
  .meta({ id: 'LoggedEvent' });
/** One event of the log. */
export type LoggedEventView = z.output<typeof loggedEventSchema>;

export const evidenceSchema = z
  .object({
    hash: z.string(),
    onboarding: z.string(),
    step: z.string(),
    kind: z.string(),
    content: z.unknown(),
  })
  .meta({ id: 'Evidence' });
/** A document that a decision rests on. */
export type EvidenceView = z.output<typeof evidenceSchema>;

export const evidenceItemSchema = z.object({
  hash: z.string(),
  step: z.string(),
  kind: z.string(),
  createdAt: time,
});
/** A document without its content. */
export type EvidenceItem = z.output<typeof evidenceItemSchema>;

export const packExportSchema = z
  .object({
    by: z.string(),
    at: time,
    event: z.number().int().describe('The newest event in the pack.'),
    contents: z.string().describe('SHA-256 of its `contents.json`.'),
    signedBy: z.string().describe('Fingerprint of the key.'),
    bytes: z.number().int(),
  })
  .meta({ id: 'PackExport' });

export const signingKeySchema = z
  .object({
    fingerprint: z.string().describe('SHA-256 of the key in its DER form.'),
    publicKey: z.string().describe('PEM.'),
    since: time,
  })
  .meta({ id: 'SigningKey' });
/** A public key that evidence packs are signed with. */
export type SigningKeyView = z.output<typeof signingKeySchema>;

export const readinessSchema = z
  .object({
    at: time.describe('When it was measured: now.'),
    red: z.array(z.string()).describe('Lines that deny the cutover.'),
    open: z.array(z.string()).describe('Lines that an approver has to acknowledge.'),
    validUntil: time.nullable(),
    lines: z.array(
      z.looseObject({
        line: z.string(),
        id: z.string(),
        title: z.string(),
        owner: role.optional(),
        criticality: z.enum(['high', 'medium', 'low']),
        computed: z.boolean(),
        value: z.unknown(),
        threshold: z.unknown(),
        health: z.enum(['green', 'amber', 'red']),
        verdict: z.enum(['met', 'unmet', 'waived', 'planned', 'not-applicable']),
        evidence: z.array(z.looseObject({ hash: z.string(), at: time })),
        expired: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Readiness' });
/** How ready an onboarding is, measured from its record now. */
export type ReadinessView = z.output<typeof readinessSchema>;

export const identitySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    grants: z.array(z.object({ role, programme: z.string(), department: z.string() })),
  })
  .meta({ id: 'Identity' });

export const tokenSchema = z
  .object({
    id: z.string(),
    label: z.string(),
    createdAt: time,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Token' });
/** A token without its secret. */
export type TokenView = z.output<typeof tokenSchema>;
