import { STAGES } from '../../../domain/stages.ts';
import type { OpenStep } from '../../../store/open-steps.ts';
import type { SummaryView } from '../../views.ts';
import { departmentAddress, stepAnchor } from '../addresses.ts';
import { percent } from '../words/format.ts';
import { STAGE_NAMES, stepTitle } from '../words/names.ts';
import { standingOf, STANDINGS, standingTag } from '../words/status-tags.ts';
import type { Standing, StatusTag } from '../words/status-tags.ts';
import { waitOf } from '../words/waits.ts';
import type { Wait } from '../words/waits.ts';

/** One department of the board. */
interface BoardRow {
  readonly name: string;
  readonly programme: string;
  readonly wave: number;
  readonly href: string;
  readonly headcount: number;
  readonly standing: Standing;
  readonly tag: StatusTag;
  /** A second tag where a paused department has parked steps, and the like. */
  readonly more: StatusTag | undefined;
  readonly stage: string;
  readonly stageNumber: number;
  readonly stages: readonly { readonly name: string; readonly state: string }[];
  readonly settled: number;
  readonly steps: number;
  readonly waits: readonly (Wait & { readonly href: string })[];
  /** What runs now. */
  readonly doing: readonly string[];
}

/** The programme board. */
export interface BoardView {
  readonly rows: number;
  readonly groups: readonly {
    readonly programme: string;
    readonly wave: number;
    readonly rows: readonly BoardRow[];
  }[];
  /** Departments that need somebody, those that wait longest first. */
  readonly attention: readonly BoardRow[];
  readonly totals: {
    readonly departments: number;
    readonly staff: number;
    readonly settled: number;
    readonly steps: number;
  };
  /** How many departments stand how, and the address of just those. */
  readonly standings: readonly {
    readonly standing: Standing;
    readonly label: string;
    readonly count: number;
    readonly href: string;
    readonly chosen: boolean;
  }[];
  readonly show: Standing | undefined;
  readonly showText: string;
  readonly severalProgrammes: boolean;
}

/** The board from what the store holds. `show` leaves only the departments of one standing in the table. */
export function boardView(
  summaries: readonly SummaryView[],
  open: readonly OpenStep[],
  show: Standing | undefined,
): BoardView {
  const openOf = new Map<string, OpenStep[]>();
  for (const each of open)
    openOf.set(each.onboarding, [...(openOf.get(each.onboarding) ?? []), each]);
  const rows = summaries.map((summary) => boardRow(summary, openOf.get(summary.id) ?? []));
  const shown = show === undefined ? rows : rows.filter((row) => row.standing === show);
  const sum = (of: (row: BoardRow) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    rows: shown.length,
    groups: groupsOf(shown),
    attention: rows
      .filter((row) => row.waits.some((wait) => wait.kind !== 'timer'))
      .toSorted((a, b) => urgency(a).localeCompare(urgency(b))),
    totals: {
      departments: rows.length,
      staff: sum((row) => row.headcount),
      settled: sum((row) => row.settled),
      steps: sum((row) => row.steps),
    },
    standings: STANDINGS.map((standing) => {
      const count = rows.filter((row) => row.standing === standing).length;
      const href = `/?show=${standing}#departments`;
      return { standing, label: labelOf(standing, count), count, href, chosen: standing === show };
    }).filter((each) => each.count > 0),
    show,
    showText: show === undefined ? '' : standingTag(show).text,
    severalProgrammes: new Set(rows.map((row) => row.programme)).size > 1,
  };
}

/** What follows the number of departments that stand so. */
function labelOf(standing: Standing, count: number): string {
  if (standing === 'waiting') return count === 1 ? 'waits for people' : 'wait for people';
  return standingTag(standing).text.toLowerCase();
}

/** Parked before waiting, then by how long. */
function urgency(row: BoardRow): string {
  const first = row.waits.find((wait) => wait.kind !== 'timer');
  const parked = row.waits.some((wait) => wait.kind === 'parked');
  return `${parked ? 0 : 1} ${first?.since ?? ''} ${row.name}`;
}

function groupsOf(rows: readonly BoardRow[]): BoardView['groups'] {
  const groups = new Map<string, BoardRow[]>();
  for (const row of rows) {
    const key = `${row.programme} ${row.wave}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((members) => ({
    programme: members[0]?.programme ?? '',
    wave: members[0]?.wave ?? 0,
    rows: members,
  }));
}

function boardRow(summary: SummaryView, open: readonly OpenStep[]): BoardRow {
  const href = departmentAddress(summary);
  const ended = summary.status === 'closed' || summary.status === 'aborted';
  const waits = ended
    ? []
    : open.flatMap(({ step }) => {
        const wait = waitOf(step);
        return wait === undefined ? [] : [{ ...wait, href: `${href}#${stepAnchor(wait.step)}` }];
      });
  const many = (...kinds: Wait['kind'][]): number =>
    waits.filter((wait) => kinds.includes(wait.kind)).length;
  const active = open.filter(({ step }) => step.status === 'running' || step.status === 'retrying');
  const counts = {
    parked: many('parked'),
    waiting: many('approval', 'decision'),
    timers: many('timer'),
    active: active.length,
  };
  const standing = standingOf(summary.status, counts);
  const asIfRunning = ended ? standing : standingOf('running', counts);
  const approval = many('decision') === 0;
  const position = STAGES.indexOf(summary.stage);
  return {
    name: summary.name,
    programme: summary.programme,
    wave: summary.wave,
    href,
    headcount: summary.headcount,
    standing,
    tag: standingTag(standing, approval),
    more:
      standing !== asIfRunning && (asIfRunning === 'parked' || asIfRunning === 'waiting')
        ? standingTag(asIfRunning, approval)
        : undefined,
    stage: STAGE_NAMES[summary.stage],
    stageNumber: position + 1,
    stages: STAGES.map((stage, index) => ({
      name: STAGE_NAMES[stage],
      state: stageState(index, position, standing),
    })),
    settled: summary.settled,
    steps: summary.steps,
    waits,
    doing: ended ? [] : active.map(doing),
  };
}

function stageState(index: number, position: number, standing: Standing): string {
  if (index < position || standing === 'closed') return 'done';
  if (index > position) return 'ahead';
  if (standing === 'parked') return 'parked';
  return standing === 'waiting' ? 'waiting' : 'current';
}

function doing({ step, progress }: OpenStep): string {
  const title = stepTitle(step.key);
  if (progress === null || progress.total === null || progress.total === 0) return title;
  return `${title}, ${percent(Math.floor((progress.done / progress.total) * 100) / 100)}`;
}
