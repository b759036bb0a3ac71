import type { OnboardingPage, ProgressView, ProposalView, StepItem } from '../views.ts';
import type { Colours, Output } from './output.ts';

/** How things are said in a terminal. */

const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** `12,345` */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const part = (size: number, unit: string, rest: number, restUnit: string): string => {
    const left = Math.floor((whole % size) / rest);
    return `${Math.floor(whole / size)} ${unit}${left === 0 ? '' : ` ${left} ${restUnit}`}`;
  };
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return part(60, 'min', 1, 's');
  if (whole < 86_400) return part(3600, 'h', 60, 'min');
  return part(86_400, 'd', 3600, 'h');
}

/** `2026-03-01 10:00:05` in local time. */
export function moment(iso: string | null): string {
  if (iso === null) return '';
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** `12,000 of 94,917 rows, 3,000 rows/s, 28 s left` */
export function progressText({
  unit,
  done,
  total,
  ratePerSecond,
  etaSeconds,
}: ProgressView): string {
  return [
    total === null ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`,
    ...(ratePerSecond > 0 ? [`${count(ratePerSecond)} ${unit}/s`] : []),
    ...(etaSeconds === null ? [] : [`${duration(etaSeconds)} left`]),
  ].join(', ');
}

/** The status of a step or an onboarding in its colour. */
export function statusText(status: string, colours: Colours): string {
  switch (status) {
    case 'parked':
    case 'aborted':
      return colours.red(status);
    case 'waiting':
    case 'retrying':
    case 'paused':
    case 'rolling-back':
    case 'rolled-back':
      return colours.yellow(status);
    case 'running':
      return colours.cyan(status);
    case 'succeeded':
    case 'closed':
      return colours.green(status);
    default:
      return colours.dim(status);
  }
}

/** Whom a waiting step waits for: `1 data-owner, 1 finance-lead`. */
export function askedOf(step: Pick<StepItem, 'quorum' | 'until' | 'red'>): string {
  if (step.until !== null) return `until ${moment(step.until)}`;
  const open = step.quorum.filter(({ wanted, given }) => given < wanted);
  const people = open.map(({ role, wanted, given }) => `${wanted - given} ${role}`).join(', ');
  const red = step.red.length === 0 ? '' : ` (red: ${step.red.join(', ')})`;
  return `for ${people || 'a decision'}${red}`;
}

/** What somebody has to do now, each with the command that does it. */
export function attention(page: OnboardingPage, out: Output): string[] {
  const { colours } = out;
  const place = `${page.programme}/${page.department}`;
  const { proposal } = page;
  const amendment =
    proposal === null
      ? []
      : [
          `${colours.yellow('waiting')} amendment by ${proposal.by}: ${proposal.reason}`,
          ...amendmentInWords(proposal).map((line) => `        ${line}`),
          `        ${out.hint(`confirm-amendment ${place} --reason '...'`)}`,
        ];
  const steps = page.steps.flatMap((step) => {
    if (step.status === 'parked' && step.failure !== null) {
      return [
        `${colours.red('parked')}  ${step.key}: ${step.failure.message} (${step.failure.code})`,
        `        ${step.failure.advice}`,
        ...(step.failure.code === 'data/not-reconciled'
          ? [`        ${out.hint(differencesCommand(step, place))}`]
          : []),
        `        ${out.hint(`retry ${place} ${step.key} --reason '...'`)}`,
      ];
    }
    if (step.status === 'waiting' && step.until === null) {
      return [
        `${colours.yellow('waiting')} ${step.key} ${askedOf(step)}`,
        `        ${out.hint(whatToDo(step, place))}`,
      ];
    }
    return [];
  });
  return [...amendment, ...steps];
}

/** What an amendment changes of what started stages are judged by: `parallel-run: tolerances (version 1 to 2)`. */
export function amendmentInWords({ changes }: ProposalView): string[] {
  return changes.map(
    ({ stage, members, before, after }) =>
      `${stage}: ${members.join(', ')} (version ${before.version} to ${after.version})`,
  );
}

/** The command that names the rows in which both sides differ. */
function differencesCommand({ stage, item }: StepItem, place: string): string {
  const cutover = stage === 'cutover' ? ' --cutover' : '';
  return `differences ${place} ${item ?? ''}${cutover}`;
}

/** The command that a waiting step waits for. */
function whatToDo(step: StepItem, place: string): string {
  if (step.key.startsWith('parallel-run/explain/'))
    return `variances list ${place} ${step.item ?? ''}`;
  if (step.key.startsWith('migration/quarantine/')) return `quarantine ${place} ${step.item ?? ''}`;
  return `approve ${place} ${step.key} --reason '...'`;
}

/** `discovery  ████████░░░░  4/6` for each stage. */
export function stageLines(page: OnboardingPage, colours: Colours): string[] {
  const WIDTH = 24;
  return page.stages.map(({ stage, settled, steps }) => {
    const filled = steps === 0 ? 0 : Math.round((settled / steps) * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    const name = stage.padEnd(13);
    const here = stage === page.stage && page.endedAt === null;
    return `${here ? colours.bold(name) : name} ${settled === steps ? colours.green(bar) : bar} ${settled}/${steps}`;
  });
}
