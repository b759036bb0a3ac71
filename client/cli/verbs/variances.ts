import type { Command } from 'commander';
import type { z } from 'zod';
import type {
  unmatchedSchema,
  varianceGroupSchema,
  varianceSchema,
  varianceTrendSchema,
} from '../../variance-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf, withCommonOptions } from '../verb.ts';
import { count } from '../words.ts';

type Group = z.output<typeof varianceGroupSchema>;
type Trend = z.output<typeof varianceTrendSchema>;
type Line = z.output<typeof varianceSchema>;
type Unmatched = z.output<typeof unmatchedSchema>;

/** `variances list`, `explain`, `assign`, `note` and `trend`. */
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

  addVerb<object>(
    variances,
    'unmatched <onboarding> <period>',
    'the people with pay on one side only, whom nothing could be compared for',
    async ({ out, api }, [given, period = '']) => {
      const ref = await findRef(api(), given);
      const path = `${ref.path}/variances/${encodeURIComponent(period)}/unmatched`;
      const answer = await api().get<{ people: Unmatched[] }>(path);
      out.result(answer, () =>
        answer.people.length === 0
          ? 'Everybody is on both sides.'
          : out.table(
              ['PERSON', 'PAID BY'],
              answer.people.map(({ person, side }) => [person, side]),
            ),
      );
    },
  );

  addVerb<{
    signature: string;
    decision: string;
    cause: string;
    person?: string[];
    reason?: string;
  }>(
    variances,
    'explain <onboarding> <period>',
    'say what explains the differences of a signature',
    async (
      { out, api },
      [given, period = ''],
      { signature, decision, cause, person, ...options },
    ) => {
      const reason = reasonOf({ reason: options.reason ?? cause }, 'explain');
      const ref = await findRef(api(), given);
      const answer = await api().post<object>(`${ref.path}/explain`, {
        period,
        explanations: [
          { signature, decision, cause, ...(person === undefined ? {} : { people: person }) },
        ],
        reason,
      });
      out.result(answer, () => `${signature} of ${period} is explained: ${decision}`);
    },
  )
    .requiredOption('--signature <signature>', 'which differences')
    .requiredOption('--decision <decision>', 'legacy-right, platform-right, both-wrong or accepted')
    .requiredOption('--cause <text>', 'why they differ')
    .option('--person <id...>', 'a case: only these people (default: a rule for the signature)')
    .option('--reason <text>', 'for the record (default: the cause)');

  addVerb<{ signature: string; owner?: string; due?: string; status?: string; reason?: string }>(
    variances,
    'assign <onboarding> <period>',
    'say who looks at the differences of a signature, and until when',
    async ({ out, api }, [given, period = ''], { signature, owner, due, status, reason }) => {
      const ref = await findRef(api(), given);
      const answer = await api().post<object>(`${ref.path}/explain`, {
        period,
        explanations: [{ signature, owner, due, status }],
        reason: reasonOf({ reason }, 'assign'),
      });
      out.result(answer, () => `${signature} of ${period} is with ${owner ?? 'the same owner'}`);
    },
  )
    .requiredOption('--signature <signature>', 'which differences')
    .option('--owner <person>', 'a person of the manifest')
    .option('--due <date>', 'such as 2027-03-26')
    .option('--status <status>', 'open or in-progress; withdraws what was decided')
    .requiredOption('--reason <text>', 'for the record');

  addVerb<{ signature: string; text: string }>(
    variances,
    'note <onboarding> <period>',
    'add a note to the differences of a signature',
    async ({ out, api }, [given, period = ''], { signature, text }) => {
      const ref = await findRef(api(), given);
      const answer = await api().post<object>(`${ref.path}/explain`, {
        period,
        explanations: [{ signature, notes: [text] }],
        reason: 'note',
      });
      out.result(answer, () => `${signature} of ${period} has a note more`);
    },
  )
    .requiredOption('--signature <signature>', 'which differences')
    .requiredOption('--text <text>', 'the note; no personal values');

  addVerb<object>(
    variances,
    'trend <onboarding>',
    'differences of every compared pay period, and what became of them',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const answer = await api().get<{ periods: Trend[] }>(`${ref.path}/variances`);
      out.result(answer, () => trendText(answer.periods, out));
    },
  );
}

function trendText(periods: readonly Trend[], out: Output): string {
  if (periods.length === 0) return 'No pay period was compared yet.';
  return out.table(
    ['PERIOD', 'LINES', 'OPEN', 'IN PROGRESS', 'EXPLAINED', 'CARRIED', 'TOTAL'],
    periods.map((each) => [
      each.period,
      count(each.lines),
      each.open > 0 ? out.colours.red(count(each.open)) : '0',
      count(each.inProgress),
      count(each.explained),
      count(each.carried),
      pounds(each.totalPence),
    ]),
  );
}

function groupsText(groups: readonly Group[], out: Output): string {
  if (groups.length === 0) return 'There are no differences.';
  return out.table(
    [
      'SIGNATURE',
      'CLASS',
      'PEOPLE',
      'LINES',
      'TOTAL',
      'TOLERANCE',
      'STATUS',
      'OWNER',
      'DUE',
      'EXPLAINED',
    ],
    groups.map((group) => [
      group.signature,
      group.class,
      count(group.people),
      count(group.lines),
      pounds(group.totalPence),
      group.overTolerance ? out.colours.red('over') : 'within',
      group.status ?? '',
      group.owner ?? '',
      group.due ?? '',
      group.decision === null ? (group.reopened ?? '') : `${group.decision}: ${group.cause ?? ''}`,
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
