import type { Command } from 'commander';
import type { CutoverView } from '../../cutover-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { duration, moment, statusText } from '../words.ts';

/** `cutover`. */
export function cutoverVerb(program: Command): void {
  addVerb(
    program,
    'cutover <onboarding>',
    'the rehearsals and the runbook of the cutover: owner, duration, critical path',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const view = await api().get<CutoverView>(`${ref.path}/cutover`);
      out.result(view, () => cutoverText(view, out));
    },
  );
}

function cutoverText({ rehearsals, runbook }: CutoverView, out: Output): string {
  const rehearsed = out.table(
    ['REHEARSAL', 'PART', 'STATUS', 'TOOK', 'ENDED'],
    rehearsals.map(({ rehearsal, part, status, ms, endedAt }) => [
      rehearsal,
      part,
      statusText(status, out.colours),
      time(ms),
      moment(endedAt),
    ]),
  );
  return [
    rehearsed,
    ...(runbook === null ? ['No runbook was planned yet.'] : runbookText(runbook, out)),
  ].join('\n\n');
}

function runbookText(runbook: NonNullable<CutoverView['runbook']>, out: Output): string[] {
  const { lines, total, rollback, window, fits } = runbook;
  const table = out.table(
    ['LINE', 'WHAT', 'OWNER', 'STARTS AFTER', 'TAKES', 'KNOWN FROM', ''],
    lines.map((line) => [
      line.id,
      line.title,
      line.owner,
      time(line.earliestStart),
      line.from === 'unknown' ? 'not known' : time(line.ms),
      line.from === 'unknown' ? '' : line.from,
      [line.goNoGo ? 'go/no-go' : '', line.critical ? 'critical' : ''].filter(Boolean).join(', '),
    ]),
  );
  const verdict = fits ? out.colours.green('fits') : out.colours.red('does not fit');
  const back = rollback === null ? 'no roll-back was rehearsed' : `roll-back ${time(rollback)}`;
  return [
    table,
    `Cutover ${time(total)}, ${back}; the window of ${time(window.length)} from ${moment(window.from)}: it ${verdict}.`,
  ];
}

function time(ms: number | null): string {
  if (ms === null) return '';
  return ms > 0 && ms < 1000 ? `${Math.round(ms)} ms` : duration(ms / 1000);
}
