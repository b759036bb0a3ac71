import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  makeContinueAsNewFunc,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { OnboardingEventBody, SlipwayEvent, StepEventBody } from '../domain/events.ts';
import { applyEvent } from '../domain/progress.ts';
import { isSettled, viewStep } from '../domain/step-view.ts';
import type { StepView } from '../domain/step-view.ts';
import { definitionOf } from '../domain/step-catalogue.ts';
import type { StepKey } from '../domain/step-catalogue.ts';
import type { StepOutcome, StepRun } from '../domain/step-run.ts';
import type { Stage } from '../domain/stages.ts';
import type { JsonObject } from '../domain/json.ts';
import { proxies } from './activity-proxies.ts';
import type { Proxies } from './activity-proxies.ts';
import { failureOf } from './failure-of.ts';
import { freezeCriteria } from './freeze-criteria.ts';
import type { Amend, Rewind, Said } from './messages.ts';
import type { OnboardingState } from './onboarding-state.ts';
import { searchAttributes } from './search-attributes.ts';

/** Events of one step that the workflow keeps: what it needs to decide; the store has the rest. */
const KEPT_EVENTS = 12;

/** How long a command waits for the step it is about, in milliseconds; then it is judged by what is so. */
const LANDING_PATIENCE = 5000;

/** A command that ends what runs now and sends the journey elsewhere. */
export type Interrupt =
  | ({ readonly kind: 'rewind' } & Rewind)
  | ({ readonly kind: 'amend' } & Amend)
  | ({ readonly kind: 'roll-back' } & Said)
  | ({ readonly kind: 'abort' } & Said);

/** A step, and the steps that must be settled before it starts. */
export interface OrderedStep {
  readonly key: StepKey;
  readonly after: readonly StepKey[];
}

/** What a person decided about a step that is parked or waits. */
export type Verdict = 'retry' | 'skip' | 'waive';

/**
 * Runs steps: the one place where a step starts, ends, parks, waits and is recorded. Stages have no failure path of
 * their own.
 */
export class Engine {
  readonly state: OnboardingState;
  readonly #activities: Proxies = proxies();
  readonly #verdicts = new Map<StepKey, Verdict>();
  #scope: CancellationScope | undefined;
  #interrupt: Interrupt | undefined;
  readonly #executing = new Set<StepKey>();
  #running = 0;

  constructor(state: OnboardingState) {
    this.state = state;
  }

  /** What a step looks like now. */
  view(key: StepKey): StepView {
    return viewStep(key, this.state.progress.steps[key] ?? []);
  }

  /** The output of a settled step; an empty object when it was skipped, waived or not needed. */
  output(key: StepKey): JsonObject {
    return this.view(key).output ?? {};
  }

  /** Notes that something happened. It reaches the store with the next step or {@link flush}. */
  emit(body: StepEventBody | OnboardingEventBody): void {
    const event = {
      version: (this.state.version += 1),
      part: 0,
      at: new Date().toISOString(),
      ...body,
    } as SlipwayEvent;
    this.state.outbox.push(event);
    this.#apply(event);
  }

  #apply(event: SlipwayEvent): void {
    this.state.progress = applyEvent(this.state.progress, event, KEPT_EVENTS);
  }

  /** Returns when everything emitted so far is in the store. */
  async flush(): Promise<void> {
    const events = [...this.state.outbox];
    if (events.length === 0) return;
    // A cancelled journey still has to say what happened to it.
    await CancellationScope.nonCancellable(() =>
      this.#activities.recordEvents({ onboarding: this.state.onboarding, events }),
    );
    this.#written(events);
  }

  /** Until they are known to be in the store, events stay in the outbox: writing one again changes nothing. */
  #written(events: readonly SlipwayEvent[]): void {
    this.state.outbox = this.state.outbox.filter((event) => !events.includes(event));
  }

  /**
   * Runs a step until it is settled and returns its output. A step that is settled already (the journey was continued
   * or rewound to a later step) is not run again. A failure parks the step; it never reaches the caller.
   */
  async run(key: StepKey): Promise<JsonObject> {
    if (isSettled(this.view(key).status)) return this.output(key);
    for (;;) {
      if (this.#mustHold()) await this.#hold();
      const verdict = await this.#attempt(key);
      this.#verdicts.delete(key);
      if (verdict !== 'retry') return this.output(key);
    }
  }

  /** Runs steps side by side and returns when all are settled. */
  async runAll(keys: readonly StepKey[]): Promise<void> {
    await this.runOrdered(keys.map((key) => ({ key, after: [] })));
  }

  /** Runs steps side by side, each as soon as those it comes after are settled. A step stands behind those in the list. */
  async runOrdered(steps: readonly OrderedStep[]): Promise<void> {
    const running = new Map<StepKey, Promise<unknown>>();
    for (const { key, after } of steps) {
      const before = after.flatMap((other) => running.get(other) ?? []);
      running.set(
        key,
        before.length === 0 ? this.run(key) : Promise.all(before).then(() => this.run(key)),
      );
    }
    const results = await Promise.allSettled(running.values());
    const failed = results.find((result) => result.status === 'rejected');
    // Only a cancellation or a continue-as-new gets here, and then all of them have come to rest.
    if (failed !== undefined) throw failed.reason;
  }

  /** Is there a pause, or has the history grown so long that a fresh one is due? */
  #mustHold(): boolean {
    return this.state.paused || (this.#running === 0 && workflowInfo().continueAsNewSuggested);
  }

  /** Waits for the pause to end, and continues as new when that is due and no step runs. */
  async #hold(): Promise<void> {
    await condition(() => !this.state.paused);
    if (this.#mustHold()) await this.continueAsNew();
  }

  /**
   * One attempt, to its end: the step is settled, or a person has decided. Written as one function, because the SDK takes
   * a stack trace of every promise that a workflow makes.
   */
  async #attempt(key: StepKey): Promise<Verdict | 'settled'> {
    this.#running += 1;
    try {
      const run = this.#stepRun(key);
      this.#executing.add(key);
      let outcome: StepOutcome;
      try {
        const { id, dataPlane } = definitionOf(key);
        outcome = await this.#activities[dataPlane ? 'dataPlane' : 'control'][id](run);
      } catch (error) {
        this.#executing.delete(key);
        if (isCancellation(error)) throw error;
        return await this.#park(key, error);
      }
      this.#executing.delete(key);
      this.#written(run.outbox);
      this.#apply(outcome);
      return outcome.type === 'step.succeeded' ? 'settled' : await this.#wait(key, outcome);
    } catch (error) {
      // The record shows the step as running, parked or waiting: it no longer is.
      if (isCancellation(error)) {
        this.emit({
          type: 'step.cancelled',
          step: key,
          because: this.#interrupt?.kind ?? 'cancelled',
        });
      }
      throw error;
    } finally {
      this.#running -= 1;
    }
  }

  /** What the activity of a step is given: the next version, and everything that is not known to be in the store. */
  #stepRun(key: StepKey): StepRun {
    const { state } = this;
    const order = state.orders?.[key];
    const definition = definitionOf(key);
    const frozen = state.frozen?.[definition.stage];
    return {
      onboarding: state.onboarding,
      manifest: state.manifest,
      step: key,
      version: (state.version += 1),
      load: state.load,
      input: state.inputs[key] ?? {},
      waivers: state.waivers[key] ?? [],
      explanations: state.explanations[key] ?? [],
      ...(order === undefined ? {} : { order }),
      quorum: state.plan.quorums[key] ?? {},
      ...(frozen === undefined || definition.kind !== 'gate' ? {} : { frozen }),
      outbox: [...state.outbox],
    };
  }

  /** Is the activity of this step under way, as far as this workflow has heard? */
  isExecuting(key: StepKey): boolean {
    return this.#executing.has(key);
  }

  /**
   * Waits for the activity of a step that is under way. The store shows its outcome a moment before the workflow
   * hears of it, so a person may decide on it in between.
   */
  async landed(key: StepKey): Promise<void> {
    await condition(() => !this.#executing.has(key), LANDING_PATIENCE);
  }

  async #park(key: StepKey, error: unknown): Promise<Verdict> {
    const { failure, attempts } = failureOf(error);
    const escalatesAt = new Date(Date.now() + this.state.plan.escalateAfterMs).toISOString();
    this.emit({ type: 'step.parked', step: key, attempts, failure, escalatesAt });
    await this.flush();
    upsertSearchAttributes([
      { key: searchAttributes.status, value: 'parked' },
      { key: searchAttributes.parkedStep, value: key },
      { key: searchAttributes.errorCode, value: failure.code },
    ]);
    setCurrentDetails(`Parked at ${key}: ${failure.code}: ${failure.message}`);
    const verdict = await this.#verdict(key);
    upsertSearchAttributes([
      { key: searchAttributes.status, value: 'running' },
      { key: searchAttributes.parkedStep, value: null },
      { key: searchAttributes.errorCode, value: null },
    ]);
    setCurrentDetails('');
    return verdict;
  }

  /** Waits for a person's verdict on a parked step, and escalates when it takes long. */
  async #verdict(key: StepKey): Promise<Verdict> {
    const said = (): boolean => this.#verdicts.has(key);
    if (!(await condition(said, this.state.plan.escalateAfterMs))) {
      await this.#escalate(key);
      await condition(said);
    }
    return this.#verdicts.get(key) as Verdict;
  }

  async #escalate(key: StepKey): Promise<void> {
    this.emit({ type: 'step.escalated', step: key, waitedMs: this.state.plan.escalateAfterMs });
    await this.flush();
  }

  /** Waits until the people asked have approved, or until the time of a timer step. */
  async #wait(key: StepKey, outcome: StepOutcome): Promise<Verdict | 'settled'> {
    if (outcome.type === 'step.waiting' && outcome.until !== undefined)
      return await this.#waitUntil(key, outcome.until);
    const decided = (): boolean => this.#verdicts.has(key) || this.isApproved(key);
    if (!decided() && !(await condition(decided, this.state.plan.escalateAfterMs))) {
      await this.#escalate(key);
      await condition(decided);
    }
    const verdict = this.#verdicts.get(key);
    if (verdict !== undefined) return verdict;
    this.emit({
      type: 'step.succeeded',
      step: key,
      output: outcome.output,
      evidence: outcome.evidence,
    });
    return 'settled';
  }

  /** A timer step looks again when its time has come: its activity decides whether that is enough. */
  async #waitUntil(key: StepKey, until: string): Promise<Verdict> {
    const remaining = Math.max(0, Date.parse(until) - Date.now());
    await condition(() => this.#verdicts.has(key), remaining);
    return this.#verdicts.get(key) ?? 'retry';
  }

  /**
   * Has every role the step asks for given its approvals, on the evidence that is shown now, with nothing red? A step
   * that asks for no role ends by a verdict only.
   */
  isApproved(key: StepKey): boolean {
    const { quorum, decisions, status, output } = this.view(key);
    const wanted = Object.entries(quorum ?? {});
    const red = (output?.['red'] as readonly string[] | undefined) ?? [];
    if (status !== 'waiting' || wanted.length === 0 || red.length > 0) return false;
    if (decisions.some((decision) => !decision.approved)) return false;
    return wanted.every(
      ([role, count]) => decisions.filter((decision) => decision.role === role).length >= count,
    );
  }

  /** Ends the wait of a parked or waiting step. */
  decide(key: StepKey, verdict: Verdict): void {
    this.#verdicts.set(key, verdict);
  }

  /** Ends what runs now; the journey takes the interrupt up. */
  interrupt(interrupt: Interrupt): void {
    this.#interrupt = interrupt;
    this.#scope?.cancel();
  }

  /** Is there a command that has not been taken up yet? */
  get interrupted(): boolean {
    return this.#interrupt !== undefined;
  }

  /** Runs a part of the journey that commands may interrupt. @returns the interrupt, or undefined when it ran to its end */
  async untilInterrupted(part: () => Promise<void>): Promise<Interrupt | undefined> {
    try {
      await CancellationScope.cancellable(async () => {
        this.#scope = CancellationScope.current();
        if (this.#interrupt !== undefined) this.#scope.cancel();
        await part();
      });
    } catch (error) {
      if (!isCancellation(error) || this.#interrupt === undefined) throw error;
    } finally {
      this.#scope = undefined;
    }
    const interrupt = this.#interrupt;
    this.#interrupt = undefined;
    this.#verdicts.clear();
    if (interrupt !== undefined) this.#showInterrupted(interrupt.kind);
    return interrupt;
  }

  #showInterrupted(because: string): void {
    upsertSearchAttributes([
      { key: searchAttributes.status, value: because },
      { key: searchAttributes.parkedStep, value: null },
      { key: searchAttributes.errorCode, value: null },
    ]);
    setCurrentDetails('');
  }

  /** Settles a step that the journey does without. */
  notNeeded(key: StepKey, because: string): void {
    if (!isSettled(this.view(key).status))
      this.emit({ type: 'step.not-needed', step: key, because });
  }

  /** Steps whose effect outside Slipway stands, or may stand, and can be taken back; in the order they were done. */
  undoable(): StepKey[] {
    return this.state.plan.steps.filter((key) => {
      if (!definitionOf(key).undoable) return false;
      // A parked or interrupted attempt may have taken effect as well; undoing what was not done is harmless.
      return this.view(key).attempts.length > 0;
    });
  }

  /** Enters a stage. */
  enterStage(stage: Stage): void {
    const criteria = freezeCriteria(this.state, stage);
    this.emit({ type: 'stage.entered', stage, ...(criteria === undefined ? {} : { criteria }) });
    // A history that was started for this stage says so already: each change costs the server a write.
    if (workflowInfo().typedSearchAttributes.get(searchAttributes.stage) !== stage)
      upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
  }

  /**
   * Starts a fresh history with the same state. No command is lost: their handlers have finished.
   * @param stage the stage the fresh history begins with, when it is another
   */
  async continueAsNew(stage?: Stage): Promise<never> {
    await condition(allHandlersFinished);
    if (stage === undefined) return await continueAsNew(this.state);
    const attributes = workflowInfo().typedSearchAttributes.updateCopy([
      { key: searchAttributes.stage, value: stage },
    ]);
    return await makeContinueAsNewFunc({ typedSearchAttributes: attributes })(this.state);
  }
}
