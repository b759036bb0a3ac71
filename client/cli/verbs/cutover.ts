import type { Command } from 'commander';
import type { CalendarView } from '../../calendar.ts';
import type { CutoverView } from '../../cutover-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { duration, moment, statusText } from '../words.ts';

type Clock = NonNullable<CutoverView['clock']>;

/** `cutover` and `calendar`. */
export function cutoverVerbs(program: Command): void {
  addVerb(
    program,
    'cutover <onboarding>',
    'the rehearsals and the runbook of the cutover, and until when it can be rolled back',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const view = await api().get<CutoverView>(`${ref.path}/cutover`);
      out.result(view, () => cutoverText(view, out));
    },
  );

  addVerb<{ from?: string; to?: string }>(
    program,
    'calendar <onboarding>',
    'closed days, other cutovers of the team, and whether a window is legal; if not, when it would be',
    async ({ out, api }, [given], { from, to }) => {
      const ref = await findRef(api(), given);
      const asked = new URLSearchParams({ ...(from && { from }), ...(to && { to }) });
      const view = await api().get<CalendarView>(`${ref.path}/calendar?${asked.toString()}`);
      out.result(view, () => calendarText(view, out));
    },
  )
    .option('--from <time>', 'of the window to ask about, such as 2027-03-26T18:00:00Z')
    .option('--to <time>', 'its end');
}

function calendarText(view: CalendarView, out: Output): string {
  const { window, legal, problems, next, closed, others } = view;
  const words = (each: CalendarView['window']): string =>
    `${moment(each.from)} to ${moment(each.to)}`;
  const found = [next.sameWeekday, next.anyDay].flatMap((each) => (each === null ? [] : [each]));
  return [
    `${words(window)}: ${legal ? out.colours.green('legal') : out.colours.red('refused')}`,
    ...problems.map(
      ({ rule, detail, exempt }) =>
        `  ${rule}: ${detail}${exempt === null ? '' : ` (exempt: ${exempt})`}`,
    ),
    ...(legal ? [] : [`  next legal: ${found.map(words).join('; or ') || 'none that is known'}`]),
    '',
    out.table(
      ['CLOSED FROM', 'TO', 'RULE', 'WHY'],
      closed.map((each) => [each.from, each.to, each.rule, each.detail]),
    ),
    ...(others.length === 0
      ? []
      : [
          '',
          out.table(
            ['SAME TEAM', 'FROM', 'TO'],
            others.map((each) => [each.department, moment(each.from), moment(each.to)]),
          ),
        ]),
  ].join('\n');
}

function cutoverText({ rehearsals, runbook, clock, next }: CutoverView, out: Output): string {
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
    ...(clock === null ? [] : [clockText(clock, out)]),
    ...(next === null ? [] : [next]),
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

function clockText({ liveFrom, viableUntil, state }: Clock, out: Output): string {
  const live = `Live since ${moment(liveFrom)}.`;
  if (state === 'decided') return `${live} The point of no return is passed.`;
  return state === 'running'
    ? `${live} ${out.colours.yellow(`Rolling back is viable until ${moment(viableUntil)}.`)}`
    : `${live} ${out.colours.red(`Rolling back was viable until ${moment(viableUntil)}.`)}`;
}

function time(ms: number | null): string {
  if (ms === null) return '';
  return ms > 0 && ms < 1000 ? `${Math.round(ms)} ms` : duration(ms / 1000);
}
