import { STEP_BODIES } from '../../activities/step-bodies.ts';
import type { StepContext, StepResult } from '../../activities/step-activity.ts';
import type { DataPlaneUrls } from '../../dataplane/urls.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Manifest, SecretReference } from '../../domain/manifest.ts';
import { planOf } from '../../domain/plan.ts';
import { parseStepKey } from '../../domain/step-catalogue.ts';
import type { Database } from '../../store/database.ts';
import { freeWork } from './work.ts';

export interface StepRunnerOptions {
  readonly manifest: Manifest;
  /** The folder from which the manifest's paths start. */
  readonly folder: string;
  readonly urls: DataPlaneUrls;
  /** Contents of secrets, by the name of their variable. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Runs the bodies of steps one after the other, as a worker does, and hands each what the ones before it left: outputs
 * and evidence. For steps that touch data only: there is no store, no gate and no workflow.
 */
export class StepRunner {
  readonly outputs = new Map<string, JsonObject>();
  readonly #options: StepRunnerOptions;
  readonly #evidence = new Map<string, Json>();

  constructor(options: StepRunnerOptions) {
    this.#options = options;
  }

  /** The steps of a plan, in order, whose ids are among those given. */
  async runAll(...ids: readonly string[]): Promise<void> {
    for (const key of planOf(this.#options.manifest).steps) {
      if (ids.includes(parseStepKey(key)?.id ?? '')) await this.run(key);
    }
  }

  /** @throws what the body throws */
  async run(step: string, input: JsonObject = {}): Promise<StepResult> {
    const parsed = parseStepKey(step);
    if (parsed === undefined) throw new RangeError(`no step ${step}`);
    const result = await STEP_BODIES[parsed.id](this.#context(step, parsed.item ?? '', input));
    this.outputs.set(step, result.output);
    for (const { kind, content } of result.evidence ?? []) {
      // As the store would give it back.
      this.#evidence.set(`${step} ${kind}`, JSON.parse(JSON.stringify(content)) as Json);
    }
    return result;
  }

  evidence(step: string, kind: string): Json | undefined {
    return this.#evidence.get(`${step} ${kind}`);
  }

  #context(step: string, item: string, input: JsonObject): StepContext {
    const { manifest, folder, urls, secrets } = this.#options;
    return {
      run: {
        onboarding: `onboarding/${manifest.programme}/${manifest.department.id}`,
        step,
        version: 1,
        load: 1,
        manifest: 'manifest',
        input,
        outbox: [],
        quorum: {},
      } as unknown as StepContext['run'],
      item,
      manifest,
      baseFolder: folder,
      // A store in which nothing was ever written.
      database: { query: () => Promise.resolve({ rows: [] }) } as unknown as Database,
      work: freeWork(),
      urls: () => Promise.resolve(urls),
      secret: (reference: SecretReference) =>
        Promise.resolve(('env' in reference ? secrets?.[reference.env] : undefined) ?? ''),
      outputs: () => Promise.resolve(this.outputs),
      evidence: (of, kind) => Promise.resolve(this.evidence(of, kind)),
    };
  }
}
