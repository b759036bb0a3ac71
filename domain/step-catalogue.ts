import type { Stage } from './stages.ts';

/** What a step is repeated for: once per source, dataset, pay period or undone step, or once per onboarding. */
export type StepScope = 'onboarding' | 'source' | 'dataset' | 'period' | 'rehearsal' | 'undo';

/**
 * How a step ends. `work` ends when its activity does; `gate` and `decision` end when the people asked have
 * decided on what the activity found; `timer` ends at the moment the activity named.
 */
export type StepKind = 'work' | 'gate' | 'decision' | 'timer';

/** One kind of step. The catalogue below is every step there is. */
export interface StepDefinition {
  readonly id: string;
  readonly stage: Stage;
  readonly title: string;
  readonly scope: StepScope;
  readonly kind: StepKind;
  /** May be skipped with a reason. All others are mandatory and can only be waived (control C3). */
  readonly optional: boolean;
  /** Touches the legacy side or the platform with data: runs on the data plane's workers. */
  readonly dataPlane: boolean;
  /** Parks with named checks, each of which is waived by itself: never the step as a whole. */
  readonly checks: boolean;
  /** The step's effect can be taken back by its undo step (roll-back). */
  readonly undoable: boolean;
}

type Options = Partial<
  Pick<StepDefinition, 'scope' | 'kind' | 'optional' | 'dataPlane' | 'checks' | 'undoable'>
>;

function step<const Id extends string>(
  id: Id,
  title: string,
  options: Options = {},
): StepDefinition & { readonly id: Id } {
  const stage = id.slice(0, id.indexOf('/')) as Stage;
  return {
    id,
    stage,
    title,
    scope: 'onboarding',
    kind: 'work',
    optional: false,
    dataPlane: false,
    checks: false,
    undoable: false,
    ...options,
  };
}

const data = { dataPlane: true };

/** Every step, in the order of the journey. */
export const STEP_CATALOGUE = [
  step('discovery/connect', 'Connect to the source and prove that it is read-only', {
    ...data,
    scope: 'source',
  }),
  step('discovery/intake', 'Take in the source files, verbatim', { ...data, scope: 'source' }),
  step('discovery/profile', 'Profile every column', { ...data, scope: 'source' }),
  step('discovery/keys', 'Find keys and relationships', {
    ...data,
    scope: 'source',
    optional: true,
  }),
  step('discovery/assess', 'Assess the quality of the data'),
  step('discovery/baseline', 'Record the baseline', data),
  step('discovery/gate', 'Decide on discovery', { kind: 'gate' }),
  step('mapping/suggest', 'Suggest how source and platform belong together', {
    ...data,
    optional: true,
  }),
  step('mapping/check', 'Check the mapping against source and platform', data),
  step('mapping/coverage', 'Measure the coverage of the mapping', data),
  step('mapping/compile', 'Compile the mapping', data),
  step('mapping/simulate', 'Simulate the load over all rows, without writing', data),
  step('mapping/confirm', 'Have the mapping confirmed by the data owner', { kind: 'decision' }),
  step('mapping/gate', 'Decide on the mapping and freeze it', { kind: 'gate' }),
  step('migration/preflight', 'Check the platform before loading', data),
  step('migration/prepare', 'Clear what a superseded load left on the platform', data),
  step('migration/transfer', 'Load the dataset', { ...data, scope: 'dataset' }),
  step('migration/quarantine', 'Have the quarantine re-driven or accepted', {
    ...data,
    scope: 'dataset',
    kind: 'decision',
  }),
  step('migration/reconcile', 'Prove that both sides hold the same', { ...data, scope: 'dataset' }),
  step('migration/gate', 'Decide on the migration', { kind: 'gate' }),
  step('parallel-run/tolerances', 'Have tolerances of net pay, tax, NI and pension signed', {
    kind: 'decision',
  }),
  step('parallel-run/await', 'Wait for the pay results of both sides', {
    ...data,
    scope: 'period',
  }),
  step('parallel-run/compare', 'Compare the pay of every person and element', {
    ...data,
    scope: 'period',
  }),
  step('parallel-run/explain', 'Have the variances explained', {
    scope: 'period',
    kind: 'decision',
  }),
  step('parallel-run/verdict', 'Give the verdict on the period', { scope: 'period' }),
  step('parallel-run/gate', 'Decide on the parallel run', { kind: 'gate' }),
  step('cutover/rehearse', 'Rehearse the cutover on the rehearsal platform', {
    ...data,
    scope: 'rehearsal',
  }),
  step('cutover/plan', 'Plan the cutover from what was rehearsed'),
  step('cutover/readiness', 'Generate the readiness statement'),
  step('cutover/window', 'Check the cutover window against the calendar'),
  step('cutover/gate', 'Decide on go or no-go', { kind: 'gate' }),
  step('cutover/wait', 'Wait for the window to open', { kind: 'timer' }),
  step('cutover/freeze', 'Freeze the legacy source, or prove it quiet', {
    ...data,
    scope: 'source',
    undoable: true,
  }),
  step('cutover/delta', 'Load what changed since the migration', data),
  step('cutover/reconcile', 'Prove again that both sides hold the same', {
    ...data,
    scope: 'dataset',
  }),
  step('cutover/totals', 'Prove the control totals of both sides to the penny', data),
  step('cutover/first-run', 'Check that the first live pay run is safe', {
    ...data,
    checks: true,
  }),
  step('cutover/switch', 'Switch the department to the platform', { ...data, undoable: true }),
  step('cutover/smoke', 'Run the smoke checks', data),
  step('cutover/no-return', 'Pass the point of no return', { kind: 'gate' }),
  step('cutover/hypercare', 'Watch the platform through hypercare', { ...data, kind: 'timer' }),
  step('cutover/exit', 'Decide on the end of hypercare', { kind: 'gate' }),
  step('cutover/close', 'Close with an evidence pack'),
  step('cutover/undo', 'Take a step of the cutover back', { ...data, scope: 'undo' }),
] as const satisfies readonly StepDefinition[];

/** The id of a kind of step. */
export type StepId = (typeof STEP_CATALOGUE)[number]['id'];

/** A step of one onboarding: the kind's id, and its item where it is repeated: `migration/transfer/people`. */
export type StepKey = string;

/** The key of a step for an item (a source, dataset or period), or of the step itself. */
export function stepKey(id: StepId, item?: string): StepKey {
  return item === undefined ? id : `${id}/${item}`;
}

/** The two parts of a key, or undefined where no such kind of step exists. */
export function parseStepKey(key: StepKey): { id: StepId; item: string | undefined } | undefined {
  const [stage, name, ...rest] = key.split('/');
  const id = `${stage}/${name}`;
  const definition = STEP_CATALOGUE.find((entry) => entry.id === id);
  if (definition === undefined) return undefined;
  const item = rest.length === 0 ? undefined : rest.join('/');
  if ((definition.scope === 'onboarding') !== (item === undefined)) return undefined;
  return { id: definition.id, item };
}

/**
 * The catalogue entry of a key.
 * @throws TypeError for a key that is not of the catalogue; callers check user input with {@link parseStepKey}.
 */
export function definitionOf(key: StepKey): StepDefinition & { readonly id: StepId } {
  const parsed = parseStepKey(key);
  const definition = STEP_CATALOGUE.find((entry) => entry.id === parsed?.id);
  if (definition === undefined) throw new TypeError(`not a step of the catalogue: ${key}`);
  return definition;
}
