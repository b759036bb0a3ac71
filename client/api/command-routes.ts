import { z } from 'zod';
import type { CommandBy, Commands } from '../commands.ts';
import { invalidManifest, parseManifest } from '../manifest-file.ts';
import { dataset, manifestBody, period, reason, role, stepKey } from './schemas.ts';

/** What a command says in its body, and the command it gives. */
export interface CommandRoute<Body extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly body: Body;
  readonly run: (commands: Commands, by: CommandBy, body: z.output<Body>) => Promise<object>;
}

function command<Body extends z.ZodObject>(
  name: string,
  summary: string,
  body: Body,
  run: CommandRoute<Body>['run'],
): CommandRoute {
  return { name, summary, body, run } as unknown as CommandRoute;
}

const onlyReason = z.strictObject({ reason });

const decision = z.strictObject({
  step: stepKey,
  role: role.optional().describe('As whom; left out, the role you hold that the step waits for.'),
  evidence: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Hash of the evidence you looked at.'),
  acknowledge: z
    .array(z.string().min(1).max(200))
    .max(500)
    .optional()
    .describe('When approving: every line that is waived or amber, as `open` of the step says.'),
  reason,
});

const proposal = z.strictObject({
  manifest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Hash of the proposed manifest.'),
  reason,
});

const time = z.iso.datetime({ offset: true });

/** Every command, in the order of the documentation: its address is its name. */
export const COMMAND_ROUTES: readonly CommandRoute[] = [
  command(
    'retry',
    'Run a parked or waiting step again',
    z.strictObject({
      step: stepKey,
      input: z
        .record(z.string(), z.json())
        .optional()
        .describe('Corrected input; its schema is in the step.'),
      reason,
    }),
    (commands, by, { step, input }) => commands.retry(by, { step, input }),
  ),
  command(
    'skip',
    'Go on without an optional step',
    z.strictObject({ step: stepKey, reason }),
    (commands, by, { step }) => commands.skip(by, { step }),
  ),
  command(
    'waive',
    'Accept a parked mandatory step, or an unmet criterion of a gate, until a date',
    z.strictObject({
      step: stepKey,
      criterion: z.string().optional(),
      impact: z.string().trim().min(1).max(2000),
      expires: z.iso.date(),
      reason,
    }),
    (commands, by, { step, criterion, impact, expires }) =>
      commands.waive(by, { step, criterion, impact, expires }),
  ),
  command('approve', 'Approve what a gate or decision shows', decision, (commands, by, body) =>
    commands.approve(by, body),
  ),
  command('reject', 'Reject what a gate or decision shows', decision, (commands, by, body) =>
    commands.reject(by, body),
  ),
  command('confirm', 'Confirm the mapping', decision.omit({ step: true }), (commands, by, body) =>
    commands.confirm(by, body),
  ),
  command(
    'explain',
    'Explain variances of a pay period, by signature',
    z.strictObject({
      period,
      explanations: z
        .array(
          z.strictObject({
            signature: z.string().min(1),
            decision: z
              .enum(['legacy-right', 'platform-right', 'both-wrong', 'accepted'])
              .optional()
              .describe('Left out to change owner, due date, status or notes only.'),
            cause: z
              .string()
              .trim()
              .min(1)
              .max(2000)
              .optional()
              .describe('Wanted with a decision.'),
            people: z
              .array(z.string().min(1))
              .min(1)
              .max(1000)
              .optional()
              .describe('A case: these people only. Left out, a rule for the whole signature.'),
            owner: z.string().min(1).optional().describe('A person of the manifest.'),
            due: z.iso.date().optional(),
            status: z
              .enum(['open', 'in-progress'])
              .optional()
              .describe('Takes it up again; withdraws a decision.'),
            notes: z.array(z.string().trim().min(1).max(2000)).max(20).optional(),
          }),
        )
        .min(1)
        .max(1000),
      reason,
    }),
    (commands, by, body) => commands.explain(by, body),
  ),
  command(
    'redrive',
    'Load rows in quarantine after all, with imported corrections or as the source has them now',
    z.strictObject({
      dataset,
      correction: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .describe('Hash of the corrections, as the import has answered.'),
      rows: z.number().int().min(0).optional().describe('How many rows they correct.'),
      reason,
    }),
    (commands, by, body) => commands.redrive(by, body),
  ),
  command(
    'accept',
    'Accept that rows in quarantine stay off the platform',
    z.strictObject({
      dataset,
      rule: z.string().min(1).max(300).optional().describe('Left out: every open row.'),
      count: z.number().int().min(1).describe('How many rows you have seen open.'),
      reason,
    }),
    (commands, by, body) => commands.accept(by, body),
  ),
  command(
    'assess',
    'Say how criteria of the readiness list are, as the person who owns them',
    z.strictObject({
      assessments: z
        .array(
          z.strictObject({
            criterion: z.string().min(1).max(40),
            health: z.enum(['green', 'amber', 'red', 'as-computed']),
            due: z.iso.date().exactOptional().describe('Until when the action plan is done.'),
            evidence: z.string().min(1).max(300).exactOptional().describe('Hash or reference.'),
          }),
        )
        .min(1)
        .max(100),
      reason,
    }),
    (commands, by, { assessments }) => commands.assess(by, { assessments }),
  ),
  command(
    'finding',
    'Record a finding of independent assurance; the reason says what was found',
    onlyReason,
    (commands, by) => commands.recordFinding(by),
  ),
  command(
    'close-finding',
    'Say, as assurance, that a finding is dealt with',
    z.strictObject({ finding: z.string().min(1).max(20), reason }),
    (commands, by, { finding }) => commands.closeFinding(by, { finding }),
  ),
  command(
    'accept-finding',
    'Accept a finding that is open, as the senior owner',
    z.strictObject({ finding: z.string().min(1).max(20), reason }),
    (commands, by, { finding }) => commands.acceptFinding(by, { finding }),
  ),
  command('pause', 'Let no further step begin', onlyReason, (commands, by) => commands.pause(by)),
  command('resume', 'Go on after a pause', onlyReason, (commands, by) => commands.resume(by)),
  command(
    'rewind',
    'Go back to a step: it and all behind it are done again',
    z.strictObject({ to: stepKey, reason }),
    (commands, by, { to }) => commands.rewind(by, { to }),
  ),
  command(
    'reschedule',
    'Move the cutover window',
    z.strictObject({ from: time, to: time, reason }),
    (commands, by, { from, to }) => commands.reschedule(by, { from, to }),
  ),
  command(
    'amend',
    'Go on with another manifest of the department',
    manifestBody.extend({ reason }),
    (commands, by, { manifest: source, fileName, baseFolder }) => {
      const { manifest, problems } = parseManifest(source, fileName);
      if (manifest === undefined) throw invalidManifest(problems);
      return commands.amend(by, { manifest, source, baseFolder });
    },
  ),
  command(
    'confirm-amendment',
    'Carry out the amendment that another person proposed',
    proposal,
    (commands, by, { manifest }) => commands.confirmAmendment(by, { manifest }),
  ),
  command(
    'withdraw-amendment',
    'Let go of the amendment that waits for a second person',
    proposal,
    (commands, by, { manifest }) => commands.withdrawAmendment(by, { manifest }),
  ),
  command('roll-back', 'Take the cutover back, in reverse order', onlyReason, (commands, by) =>
    commands.rollBack(by),
  ),
  command('abort', 'End the onboarding', onlyReason, (commands, by) => commands.abort(by)),
];
