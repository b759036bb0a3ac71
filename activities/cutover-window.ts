import { windowProblems } from '../domain/calendar.ts';
import type { Window } from '../domain/calendar.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { WindowInput } from '../domain/step-inputs.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/** Checks the window against the calendar. Refused with every rule it breaks. */
export const checkWindow: StepBody = ({ run, manifest }) => {
  const input = run.input as WindowInput;
  const window: Window = {
    from: input.from ?? manifest.cutover.window.from,
    to: input.to ?? manifest.cutover.window.to,
  };
  const problems = windowProblems(window, manifest, new Date().toISOString());
  if (problems.length > 0) {
    throw new SlipwayError(
      'cutover/outside-window',
      `the window ${window.from} to ${window.to} is not legal: ${problems.map((problem) => problem.detail).join('; ')}`,
      { details: { problems } },
    );
  }
  return Promise.resolve({ output: { from: window.from, to: window.to, legal: true } });
};

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

/** Waits for the window to open; refused when it closed while people decided. */
export const awaitWindow: StepBody = async (context) => {
  const { from, to } = await checkedWindow(context);
  const now = Date.now();
  if (now >= Date.parse(to)) {
    throw new SlipwayError(
      'cutover/outside-window',
      `the window closed at ${to}; rewind to cutover/window with a new one`,
    );
  }
  if (now < Date.parse(from)) return { output: { from, to }, until: from };
  return { output: { from, to, openedAt: new Date(now).toISOString() } };
};
