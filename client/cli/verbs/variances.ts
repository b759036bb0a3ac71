import type { Command } from 'commander';
import type { z } from 'zod';
import type { varianceGroupSchema, varianceSchema } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf, withCommonOptions } from '../verb.ts';
import { count } from '../words.ts';

type Group = z.output<typeof varianceGroupSchema>;
type Line = z.output<typeof varianceSchema>;

/** `variances list` and `variances explain`. */
export function varianceVerbs(program: Command): void {
  const variances = withCommonOptions(
    program.command('variances').description('pay differences of a period'),
  );

  addVerb<{ signature?: string; lines?: true }>(
    variances,
    'list <onboarding> <period>',
    'the differences of a pay period by signature, or line by line',
    async ({ out, api }, [given, period = ''], { signature, lines }) => {
      const ref = await findRef(api(), given);
      const path = `${ref.path}/variances/${encodeURIComponent(period)}`;
      if (signature === undefined && lines === undefined) {
        const answer = await api().get<{ groups: Group[] }>(path);
        out.result(answer, () => groupsText(answer.groups, out));
        return;
      }
      const query = new URLSearchParams({ limit: '1000' });
      if (signature !== undefined) query.set('signature', signature);
      const answer = await api().get<{ lines: Line[] }>(`${path}/lines?${query.toString()}`);
      out.result(answer, () => linesText(answer.lines, out));
    },
  )
    .option('--signature <signature>', 'the lines of one signature')
    .option('--lines', 'every line');

  addVerb<{ signature: string; decision: string; cause: string; reason?: string }>(
    variances,
    'explain <onboarding> <period>',
    'say what explains the differences of a signature',
    async ({ out, api }, [given, period = ''], { signature, decision, cause, ...options }) => {
      const reason = reasonOf({ reason: options.reason ?? cause }, 'explain');
      const ref = await findRef(api(), given);
      const answer = await api().post<object>(`${ref.path}/explain`, {
        period,
        explanations: [{ signature, decision, cause }],
        reason,
      });
      out.result(answer, () => `${signature} of ${period} is explained: ${decision}`);
    },
  )
    .requiredOption('--signature <signature>', 'which differences')
    .requiredOption('--decision <decision>', 'legacy-right, platform-right, both-wrong or accepted')
    .requiredOption('--cause <text>', 'why they differ')
    .option('--reason <text>', 'for the record (default: the cause)');
}

function groupsText(groups: readonly Group[], out: Output): string {
  if (groups.length === 0) return 'There are no differences.';
  return out.table(
    ['SIGNATURE', 'CLASS', 'PEOPLE', 'LINES', 'TOTAL', 'TOLERANCE', 'EXPLAINED'],
    groups.map((group) => [
      group.signature,
      group.class,
      count(group.people),
      count(group.lines),
      pounds(group.totalPence),
      group.overTolerance ? out.colours.red('over') : 'within',
      group.decision === null ? '' : `${group.decision}: ${group.cause ?? ''}`,
    ]),
  );
}

function linesText(lines: readonly Line[], out: Output): string {
  if (lines.length === 0) return 'There are no differences.';
  return out.table(
    ['PERSON', 'ELEMENT', 'LEGACY', 'PLATFORM', 'DIFFERENCE', 'CLASS'],
    lines.map((line) => [
      line.person,
      line.element,
      pounds(line.legacyPence),
      pounds(line.platformPence),
      pounds(line.differencePence),
      line.class,
    ]),
  );
}

/** Pounds to the penny; empty where a side has no line. */
function pounds(pence: number | null): string {
  return pence === null ? '' : (pence / 100).toFixed(2);
}
