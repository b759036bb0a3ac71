import {
  nextLegalWindows,
  refusingProblems,
  windowProblems,
  windowRefusal,
} from '../domain/controls/c10-calendar.ts';
import type { Window } from '../domain/controls/c10-calendar.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { WindowInput } from '../domain/step-inputs.ts';
import { otherCutovers } from '../store/other-cutovers.ts';
import { presentTime } from '../store/present-time.ts';
import { mustBeRehearsed } from './rollback-rehearsed.ts';
import type { StepBody, StepContext } from './step-activity.ts';
import { mustBeAdmitted } from './wave-admission.ts';

/** Checks the window against the calendar. Refused with every rule it breaks and the next legal window. */
export const checkWindow: StepBody = async (context) => {
  const { run, manifest } = context;
  const input = run.input as WindowInput;
  const window: Window = {
    from: input.from ?? manifest.cutover.window.from,
    to: input.to ?? manifest.cutover.window.to,
  };
  const exempt = await mustFit(context, window);
  return { output: { from: window.from, to: window.to, legal: true, exempt } };
};

/** @returns the rules that the window breaks and the manifest exempts, each once, with the reason */
async function mustFit(
  { run, manifest, database }: StepContext,
  window: Window,
): Promise<Record<string, string>> {
  const { team } = manifest.cutover;
  const others = await otherCutovers(database, manifest.programme, team, manifest.department.id);
  const now = await presentTime(database, run.onboarding);
  const problems = windowProblems(window, manifest, others, now);
  if (refusingProblems(problems).length === 0)
    return Object.fromEntries(problems.map(({ rule, exempt }) => [rule, exempt ?? '']));
  const next = nextLegalWindows(window, manifest, others, now);
  throw new SlipwayError('cutover/outside-window', windowRefusal(window, problems, next), {
    details: { problems, next: { ...next } },
  });
}

/** The window that was checked. */
async function checkedWindow({ outputs }: StepContext): Promise<Window> {
  const output = (await outputs()).get('cutover/window') ?? {};
  const { from, to } = output;
  if (typeof from !== 'string' || typeof to !== 'string') {
    throw new SlipwayError(
      'cutover/outside-window',
      'there is no window that was checked: retry cutover/window',
    );
  }
  return { from, to };
}

/** Waits for the window to open; refused when it closed, or was closed by another cutover, while people decided. */
export const awaitWindow: StepBody = async (context) => {
  const { from, to } = await checkedWindow(context);
  const now = Date.parse(await presentTime(context.database, context.run.onboarding));
  if (now >= Date.parse(to)) {
    throw new SlipwayError(
      'cutover/outside-window',
      `the window closed at ${to}; rewind to cutover/window with a new one`,
    );
  }
  await mustFit(context, { from, to });
  await mustBeRehearsed(context, new Date(now).toISOString());
  await mustBeAdmitted(context, new Date(now).toISOString());
  if (now < Date.parse(from)) return { output: { from, to }, until: from };
  return { output: { from, to, openedAt: new Date(now).toISOString() } };
};
