import type { Client, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { amendmentImpact } from '../domain/amendment.ts';
import type { AmendmentImpact } from '../domain/amendment.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { CommandName } from '../domain/permissions.ts';
import type { Role } from '../domain/roles.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { Database } from '../store/database.ts';
import type { Identity } from '../store/identities.ts';
import { findManifest, manifestHash, registerManifest } from '../store/manifests.ts';
import { findOnboarding, findStanding } from '../store/read-model.ts';
import type { Standing } from '../store/read-model.ts';
import { withCasesKept } from './explanations.ts';
import type { SaidOfVariances } from './explanations.ts';
import * as messages from '../workflows/messages.ts';
import type { CommandResult, Said } from '../workflows/messages.ts';
import { requireActor } from './access.ts';
import type { Place } from './access.ts';
import { checkInput } from './check-input.ts';
import { disposalOf } from './disposal.ts';
import { startOnboarding } from './start-onboarding.ts';
import type { Started, StartRequest } from './start-onboarding.ts';
import { isNotRunning, translateError } from './translate-error.ts';
import { updateIdOf } from './update-id.ts';

/** How long a command may take until its caller is told that no worker answers. Milliseconds. */
const COMMAND_TIMEOUT = 30_000;

/** Who gives a command, to which onboarding, and why. */
export interface CommandBy extends Place {
  readonly identity: Identity;
  readonly reason: string;
  /** The same key with the same command is one command. */
  readonly idempotencyKey?: string | undefined;
}

/** A decision on what a gate or decision step shows. */
export interface DecisionRequest {
  readonly step: StepKey;
  /** As whom; found by itself where it is left out. */
  readonly role?: Role | undefined;
  /** Hash of the evidence the person looked at. */
  readonly evidence: string;
  /** Every line of it that is open and not red, when approving. */
  readonly acknowledge?: readonly string[] | undefined;
}

export interface CommandsOptions {
  readonly database: Database;
  readonly client: Client;
  /** Task queue that onboardings are started on. */
  readonly controlQueue?: string;
}

/**
 * Everything people can tell Slipway to do. Each function checks the role, gives the command to the workflow, and
 * returns when its events are in the store. All of them throw a SlipwayError of the catalogue: what the workflow
 * refused, `access/not-permitted`, `command/reason-required`, `onboarding/not-found`, `command/not-now` for one that
 * has ended, `service/unreachable`.
 */
export class Commands {
  readonly #database: Database;
  readonly #client: Client;
  readonly #controlQueue: string;

  constructor({ database, client, controlQueue = messages.CONTROL_QUEUE }: CommandsOptions) {
    this.#database = database;
    this.#client = client;
    this.#controlQueue = controlQueue;
  }

  /** Starts an onboarding, or finds the one that runs from the same manifest. See {@link startOnboarding}. */
  async start(identity: Identity, request: StartRequest): Promise<Started> {
    return await this.#translated(() =>
      startOnboarding(
        { database: this.#database, client: this.#client, controlQueue: this.#controlQueue },
        identity,
        request,
      ),
    );
  }

  /**
   * Runs a parked or waiting step again, with corrected input where it takes some.
   * @throws SlipwayError `step/input-invalid`
   */
  async retry(by: CommandBy, args: { step: StepKey; input?: JsonObject | undefined }) {
    const { step, input } = args;
    if (input !== undefined) checkInput(step, input);
    return await this.#command(by, 'retryStep', messages.retryStepUpdate, {
      step,
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Goes on without an optional step. */
  async skip(by: CommandBy, args: { step: StepKey }) {
    return await this.#command(by, 'skipStep', messages.skipStepUpdate, args);
  }

  /** Accepts a parked mandatory step, or an unmet criterion of a gate, until a date. */
  async waive(
    by: CommandBy,
    args: { step: StepKey; criterion?: string | undefined; impact: string; expires: string },
  ) {
    const { criterion, ...rest } = args;
    return await this.#command(by, 'waiveStep', messages.waiveStepUpdate, {
      ...rest,
      ...(criterion === undefined ? {} : { criterion }),
    });
  }

  /** Approves what a gate or decision shows. */
  async approve(by: CommandBy, args: DecisionRequest) {
    const decision = await this.#decision(by, args);
    const { acknowledge = [] } = args;
    return await this.#command(by, 'approveGate', messages.approveGateUpdate, {
      ...decision,
      ...(acknowledge.length === 0 ? {} : { acknowledge }),
    });
  }

  /** Rejects what a gate or decision shows. */
  async reject(by: CommandBy, args: DecisionRequest) {
    const decision = await this.#decision(by, args);
    return await this.#command(by, 'rejectGate', messages.rejectGateUpdate, decision);
  }

  /** Confirms the mapping: the approval of `mapping/confirm`. */
  async confirm(by: CommandBy, args: Omit<DecisionRequest, 'step'>) {
    const { role, evidence } = await this.#decision(by, { ...args, step: 'mapping/confirm' });
    return await this.#command(by, 'confirmMapping', messages.confirmMappingUpdate, {
      role,
      evidence,
    });
  }

  /**
   * Says what explains the variances of a pay period, or who looks at them until when. Whom a case is about goes to the
   * store; the command carries its hash.
   */
  async explain(by: CommandBy, args: { period: string; explanations: readonly SaidOfVariances[] }) {
    const { period } = args;
    const actor = requireActor(by.identity, by, 'explainVariance');
    const place = { onboarding: messages.onboardingId(by.programme, by.department), period };
    const explanations = await this.#translated(() =>
      withCasesKept(this.#database, { ...place, by: actor.id }, args.explanations),
    );
    return await this.#command(by, 'explainVariance', messages.explainVarianceUpdate, {
      period,
      explanations,
    });
  }

  /**
   * Loads rows of the quarantine of a dataset after all: with imported corrections, or as the source has them now.
   * @param args.correction hash and rows of what was imported
   */
  async redrive(
    by: CommandBy,
    args: {
      dataset: string;
      correction?: string | undefined;
      rows?: number | undefined;
    },
  ) {
    const { dataset, correction, rows } = args;
    const result = await this.#command(by, 'redriveQuarantine', messages.redriveQuarantineUpdate, {
      dataset,
      ...(correction === undefined ? {} : { correction }),
      ...(rows === undefined ? {} : { rows }),
    });
    return await this.#disposed(by, dataset, result, 'quarantine/correction-invalid');
  }

  /** Accepts that open rows of the quarantine stay off the platform: exactly as many as the person has seen. */
  async accept(by: CommandBy, args: { dataset: string; rule?: string | undefined; count: number }) {
    const { dataset, rule, count } = args;
    const result = await this.#command(by, 'acceptQuarantine', messages.acceptQuarantineUpdate, {
      dataset,
      count,
      ...(rule === undefined ? {} : { rule }),
    });
    return await this.#disposed(by, dataset, result, 'quarantine/count-differs');
  }

  /** Says how criteria of the readiness list are: each by the person who holds its owner role. */
  async assess(by: CommandBy, args: Pick<messages.AssessCriterion, 'assessments'>) {
    return await this.#command(by, 'assessCriterion', messages.assessCriterionUpdate, args);
  }

  /** Records a finding of independent assurance: the reason says what was found. */
  async recordFinding(by: CommandBy) {
    return await this.#command(by, 'recordFinding', messages.recordFindingUpdate, {});
  }

  async closeFinding(by: CommandBy, args: { finding: string }) {
    return await this.#command(by, 'closeFinding', messages.closeFindingUpdate, args);
  }

  async acceptFinding(by: CommandBy, args: { finding: string }) {
    return await this.#command(by, 'acceptFinding', messages.acceptFindingUpdate, args);
  }

  /** No further step begins until it is resumed. */
  async pause(by: CommandBy) {
    return await this.#command(by, 'pause', messages.pauseUpdate, {});
  }

  async resume(by: CommandBy) {
    return await this.#command(by, 'resume', messages.resumeUpdate, {});
  }

  /** Goes back to a step: it and all behind it are done again. */
  async rewind(by: CommandBy, args: { to: StepKey }) {
    return await this.#command(by, 'rewind', messages.rewindUpdate, args);
  }

  /** Moves the cutover window. `from` and `to` are ISO times with an offset. */
  async reschedule(by: CommandBy, args: { from: string; to: string }) {
    return await this.#command(by, 'reschedule', messages.rescheduleUpdate, args);
  }

  /** Takes the cutover back, in reverse order. */
  async rollBack(by: CommandBy) {
    return await this.#command(by, 'rollBack', messages.rollBackUpdate, {});
  }

  /** Ends the onboarding. The department may be started anew. */
  async abort(by: CommandBy) {
    return await this.#command(by, 'abort', messages.abortUpdate, {});
  }

  /**
   * Goes on with another manifest of the same department, from the first step whose ground it changes. One that changes
   * what a started stage is judged by is proposed: `proposed` says that it waits for {@link confirmAmendment}.
   * @throws SlipwayError `command/not-now` when nothing is different, `manifest/conflict` for another department
   */
  async amend(
    by: CommandBy,
    args: { manifest: Manifest; source: string; baseFolder: string },
  ): Promise<messages.AmendResult & { manifest: string } & Omit<AmendmentImpact, 'plan'>> {
    requireActor(by.identity, by, 'amend');
    const { manifest, source, baseFolder } = args;
    const { plan, ...impact } = await this.previewAmendment(by, manifest, baseFolder);
    const hash = await this.#translated(() =>
      registerManifest(this.#database, manifest, source, baseFolder),
    );
    const said = { manifest: hash, plan, rewindTo: impact.rewindTo };
    const result = await this.#command(by, 'amend', messages.amendUpdate, said);
    return { ...result, manifest: hash, ...impact };
  }

  /** Carries out the amendment that another person proposed (control C2). `manifest` is its hash. */
  async confirmAmendment(by: CommandBy, args: { manifest: string }) {
    return await this.#command(by, 'confirmAmendment', messages.confirmAmendmentUpdate, args);
  }

  /** Lets go of the amendment that waits. */
  async withdrawAmendment(by: CommandBy, args: { manifest: string }) {
    return await this.#command(by, 'withdrawAmendment', messages.withdrawAmendmentUpdate, args);
  }

  /** What an amendment would change and where it would go back to. Changes nothing. */
  async previewAmendment(
    place: Place,
    manifest: Manifest,
    baseFolder: string,
  ): Promise<AmendmentImpact> {
    const id = messages.onboardingId(place.programme, place.department);
    if (manifest.programme !== place.programme || manifest.department.id !== place.department) {
      throw new SlipwayError(
        'manifest/conflict',
        `the manifest is of ${manifest.programme}/${manifest.department.id}, not of ${place.programme}/${place.department}`,
      );
    }
    const standing = await this.#standing(id);
    if (manifestHash(manifest, baseFolder) === standing.manifest)
      throw new SlipwayError('command/not-now', `${id} runs from this very manifest`);
    const before = await this.#translated(() => findManifest(this.#database, standing.manifest));
    if (before === undefined) throw new TypeError(`manifest ${standing.manifest} is not stored`);
    const impact = amendmentImpact(before.manifest, manifest, standing.stage);
    // Files are read from the folder, so that another folder is another source.
    return before.baseFolder === baseFolder
      ? impact
      : {
          plan: impact.plan,
          rewindTo: impact.plan.steps[0] ?? impact.rewindTo,
          changes: [
            { path: '(folder of the manifest)', step: impact.plan.steps[0] ?? '' },
            ...impact.changes,
          ],
        };
  }

  /** The result of a decision about the quarantine, with what it did. */
  async #disposed(
    { programme, department }: CommandBy,
    dataset: string,
    result: CommandResult,
    refused: ErrorCode,
  ): Promise<CommandResult & { outcome?: JsonObject }> {
    const onboarding = messages.onboardingId(programme, department);
    const decision = { onboarding, dataset, version: result.version };
    const outcome = await this.#translated(() => disposalOf(this.#database, decision, refused));
    return outcome === undefined ? result : { ...result, outcome };
  }

  async #standing(id: string): Promise<Standing> {
    const standing = await this.#translated(() => findStanding(this.#database, id));
    if (standing === undefined)
      throw new SlipwayError('onboarding/not-found', `there is no onboarding ${id}`);
    return standing;
  }

  /** The decision with its role: the first that the step still waits for and the person holds. */
  async #decision(
    by: CommandBy,
    { step, role, evidence }: DecisionRequest,
  ): Promise<{ step: StepKey; role: Role; evidence: string }> {
    const actor = requireActor(by.identity, by, 'approveGate');
    const id = messages.onboardingId(by.programme, by.department);
    const detail = await this.#translated(() => findOnboarding(this.#database, id));
    const view = detail?.steps.find((each) => each.key === step);
    const quorum = Object.entries(view?.quorum ?? {}) as [Role, number][];
    const open = quorum.filter(
      ([name, wanted]) =>
        (view?.decisions.filter((decision) => decision.role === name).length ?? 0) < wanted,
    );
    const held = (name: Role): boolean => actor.roles.includes(name);
    const found =
      role ?? [...open, ...quorum].find(([name]) => held(name))?.[0] ?? actor.roles[0] ?? 'viewer';
    if (!held(found)) {
      throw new SlipwayError(
        'access/not-permitted',
        `deciding as ${found} needs that role; ${actor.id} does not hold it`,
      );
    }
    return { step, role: found, evidence };
  }

  async #command<A extends Said, R extends CommandResult = CommandResult>(
    by: CommandBy,
    command: CommandName,
    update: UpdateDefinition<R, [A]>,
    args: Omit<A, keyof Said>,
  ): Promise<R> {
    const actor = requireActor(by.identity, by, command);
    if (by.reason.trim() === '')
      throw new SlipwayError('command/reason-required', `${command} needs a reason`);
    const said = { ...args, actor, reason: by.reason } as A;
    const id = messages.onboardingId(by.programme, by.department);
    const handle: WorkflowHandle = this.#client.workflow.getHandle(id);
    const updateId = updateIdOf(command, { ...args, by: actor.id }, by.idempotencyKey);
    try {
      return await this.#client.withDeadline(Date.now() + COMMAND_TIMEOUT, () =>
        handle.executeUpdate(update, { args: [said], updateId }),
      );
    } catch (error) {
      if (!isNotRunning(error)) throw translateError(error);
      const { status } = await this.#standing(id);
      throw new SlipwayError('command/not-now', `${id} has ended: it is ${status}`, {
        cause: error,
      });
    }
  }

  async #translated<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      throw translateError(error);
    }
  }
}
