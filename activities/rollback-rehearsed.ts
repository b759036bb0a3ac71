import { rollbackProblems } from '../domain/controls/c09-rollback-rehearsed.ts';
import { SlipwayError } from '../domain/errors.ts';
import { ROLLBACK_REHEARSED } from '../domain/gates/rollback-rehearsed.ts';
import type { GateStatement } from '../domain/gates/criterion.ts';
import type { StepContext } from './step-activity.ts';

/**
 * Looks once more, when the window has opened, whether the cutover can be taken back: days may have gone by since go was
 * decided. What the go/no-go record waives stays waived.
 * @param now ISO time
 * @throws SlipwayError `cutover/rollback-not-rehearsed`
 */
export async function mustBeRehearsed(
  { manifest, outputs, evidence }: StepContext,
  now: string,
): Promise<void> {
  const problems = rollbackProblems({ manifest, outputs: await outputs(), now });
  if (problems.length === 0) return;
  const decided = (await evidence('cutover/gate', 'gate-statement')) as unknown as
    | GateStatement
    | undefined;
  const line = decided?.criteria.find((each) => each.id === ROLLBACK_REHEARSED.id);
  if (line?.verdict === 'waived') return;
  const why = problems.map(({ detail }) => detail).join('; ');
  throw new SlipwayError('cutover/rollback-not-rehearsed', why, { details: { problems } });
}
