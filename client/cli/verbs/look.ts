import type { Command } from 'commander';
import type { OnboardingPage, StepDetail, StepItem, SummaryView } from '../../views.ts';
import { findRef, stepPath } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { showRow } from './show-row.ts';
import {
  askedOf,
  attention,
  count,
  duration,
  moment,
  progressText,
  stageLines,
  statusText,
} from '../words.ts';

/** `status`, `steps`, `show`. */
export function lookVerbs(program: Command): void {
  addVerb(
    program,
    'status [onboarding]',
    'all onboardings, or how one of them stands',
    async ({ out, api }, [given]) => {
      if (given === undefined) {
        const board = await api().get<{ onboardings: SummaryView[] }>('/onboardings');
        out.result(board, () => boardText(board.onboardings, out));
        return;
      }
      const ref = await findRef(api(), given);
      const page = await api().get<OnboardingPage>(ref.path);
      out.result(page, () => pageText(page, out));
    },
  );

  addVerb(
    program,
    'steps <onboarding>',
    'the steps of an onboarding, in order',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const answer = await api().get<{ steps: StepItem[] }>(`${ref.path}/steps`);
      out.result({ onboarding: ref.name, ...answer }, () => stepsText(answer.steps, out));
    },
  );

  addVerb<{ row?: string[] }>(
    program,
    'show <onboarding> [step]',
    'everything about an onboarding, one of its steps, or a row of the platform',
    async ({ out, api }, [given, step], { row }) => {
      const ref = await findRef(api(), given);
      if (row !== undefined) return showRow({ out, api }, ref, row);
      if (step === undefined) {
        const page = await api().get<OnboardingPage>(ref.path);
        out.result(page, () => `${pageText(page, out)}\n\n${stepsText(page.steps, out)}`);
        return;
      }
      const detail = await api().get<StepDetail>(stepPath(ref, step));
      out.result(detail, () => stepText(ref.name, detail, out));
    },
  ).option('--row <table key...>', 'where a row of the platform comes from: its table and its key');
}

function boardText(onboardings: readonly SummaryView[], out: Output): string {
  if (onboardings.length === 0) return `There is no onboarding yet: ${out.hint('start FILE')}`;
  return out.table(
    ['ONBOARDING', 'NAME', 'WAVE', 'STAGE', 'STATUS', 'STEPS', 'PARKED', 'WAITING'],
    onboardings.map((each) => [
      `${each.programme}/${each.department}`,
      each.name,
      String(each.wave),
      each.stage,
      statusText(each.status, out.colours),
      `${each.settled}/${each.steps}`,
      each.parked === 0 ? '' : out.colours.red(String(each.parked)),
      each.waiting === 0 ? '' : out.colours.yellow(String(each.waiting)),
    ]),
  );
}

function pageText(page: OnboardingPage, out: Output): string {
  const { colours } = out;
  const title = `${page.programme}/${page.department}  ${page.name}, ${count(page.headcount)} staff, wave ${page.wave}`;
  const reason = page.reason === null ? '' : ` (${page.reason})`;
  const times = [
    `started ${moment(page.startedAt)} by ${page.startedBy ?? 'nobody'}`,
    ...(page.endedAt === null ? [] : [`ended ${moment(page.endedAt)}`]),
  ];
  const running = page.steps.flatMap((step) =>
    step.progress !== null && (step.status === 'running' || step.status === 'retrying')
      ? [`${colours.cyan('running')} ${step.key}: ${progressText(step.progress)}`]
      : [],
  );
  const now = [...running, ...attention(page, out)];
  return [
    colours.bold(title),
    `${statusText(page.status, colours)}${reason}, ${times.join(', ')}`,
    '',
    ...stageLines(page, colours),
    ...(now.length === 0 ? [] : ['', ...now]),
  ].join('\n');
}

function stepsText(steps: readonly StepItem[], out: Output): string {
  return out.table(
    ['STEP', 'STATUS', 'TRIES', 'TOOK', 'NOTE'],
    steps.map((step) => [
      step.key,
      statusText(step.status, out.colours),
      step.attempts === 0 ? '' : String(step.attempts),
      tookText(step),
      noteText(step),
    ]),
  );
}

function tookText({ startedAt, endedAt }: StepItem): string {
  if (startedAt === null || endedAt === null) return '';
  return duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

function noteText(step: StepItem): string {
  if (step.failure !== null) return `${step.failure.code}: ${step.failure.message}`;
  if (step.status === 'waiting') return `waits ${askedOf(step)}`;
  return step.status === 'running' && step.progress !== null ? progressText(step.progress) : '';
}

function stepText(place: string, step: StepDetail, out: Output): string {
  const { colours } = out;
  const line = (name: string, value: string | null): string[] =>
    value === null || value === '' ? [] : [`${`${name}:`.padEnd(12)} ${value}`];
  const json = (value: object | null): string | null =>
    value === null || Object.keys(value).length === 0 ? null : JSON.stringify(value);
  const attempts = step.history.map(
    ({ number, startedAt, failure }) =>
      `  ${number}. ${moment(startedAt)}${failure === null ? '' : `  ${failure.code}: ${failure.message}`}`,
  );
  return [
    colours.bold(`${step.key}  ${step.title}`),
    ...line('status', statusText(step.status, colours)),
    ...(step.failure === null
      ? []
      : [
          ...line('failed', `${step.failure.message} (${step.failure.code})`),
          ...line('advice', step.failure.advice),
        ]),
    ...(step.status === 'waiting' ? line('waits', askedOf(step)) : []),
    ...line('escalates', step.escalated ? 'has escalated' : moment(step.escalatesAt)),
    ...line('started', moment(step.startedAt)),
    ...line('ended', moment(step.endedAt)),
    ...line('progress', step.progress === null ? null : progressText(step.progress)),
    ...line('output', json(step.output)),
    ...line('input', json(step.input)),
    ...line('said', step.by === null ? null : `${step.by}: ${step.reason ?? ''}`),
    ...step.decisions.flatMap(({ approved, by, role, reason }) =>
      line(approved ? 'approved' : 'rejected', `${by} as ${role}: ${reason}`),
    ),
    ...step.evidence.flatMap(({ kind, hash }) => line('evidence', `${hash}  ${kind}`)),
    ...(attempts.length === 0 ? [] : ['attempts:', ...attempts]),
    ...line('you can', step.can.map((command) => COMMAND_VERBS[command] ?? command).join(', ')),
    ...(step.can.includes('retryStep') && step.status === 'parked'
      ? [`  ${out.hint(`retry ${place} ${step.key} --reason '...'`)}`]
      : []),
  ].join('\n');
}

/** What a command is called here. */
const COMMAND_VERBS: Readonly<Record<string, string>> = {
  retryStep: 'retry',
  skipStep: 'skip',
  waiveStep: 'waive',
  approveGate: 'approve',
  rejectGate: 'reject',
  explainVariance: 'variances explain',
  redriveQuarantine: 'redrive',
  acceptQuarantine: 'accept',
  rollBack: 'rollback',
};
