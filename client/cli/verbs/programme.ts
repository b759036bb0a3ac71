import { basename } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../../domain/counted.ts';
import { SlipwayError } from '../../../domain/errors.ts';
import { readManifestText } from '../../manifest-file.ts';
import { programmeJsonSchema } from '../../manifest/json-schema.ts';
import { problemLine } from '../../manifest-file.ts';
import { parseProgramme } from '../../programme-file.ts';
import type { Problem } from '../../manifest-file.ts';
import type { ForecastView, ProgrammeView } from '../../programme-views.ts';
import type { RegisteredPlan } from '../../programmes.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf, withCommonOptions } from '../verb.ts';
import { moment } from '../words.ts';

interface Reasoned {
  readonly reason?: string;
}

interface Measured extends Reasoned {
  readonly period?: string;
  readonly people?: string;
  readonly advisers?: string;
  readonly openBefore?: string;
  readonly opened?: string;
  readonly closed?: string;
  readonly backlog?: string;
}

/** `programme register`, `approve`, `show`, `forecast`, `measure` and `validate`. */
export function programmeVerbs(program: Command): void {
  const programme = withCommonOptions(
    program.command('programme').description('the plan of waves, and what it leads to'),
  );

  addVerb<{ schema?: true }>(
    programme,
    'validate [file]',
    'check a plan without handing it in',
    async ({ out }, [file], { schema }) => {
      if (schema === true) {
        process.stdout.write(`${JSON.stringify(programmeJsonSchema(), null, 2)}\n`);
        return;
      }
      if (file === undefined) throw new SlipwayError('request/invalid', 'say which file to check');
      const plan = checked(out, await readManifestText(file), file);
      const { programme: name, waves } = plan;
      out.result({ valid: true, programme: name, waves: waves.length }, () =>
        [`${file} is valid: ${name}, ${counted(waves.length, 'wave')}`].join('\n'),
      );
    },
  ).option('--schema', 'print the JSON Schema of a plan, for editors');

  addVerb<Reasoned>(
    programme,
    'register <file>',
    'hand in a plan; it is in force once another person has approved it',
    async ({ out, api }, [file = ''], options) => {
      const reason = reasonOf(options, 'programme register');
      const plan = await readManifestText(file);
      checked(out, plan, file);
      const body = { plan, fileName: basename(file), reason };
      const answer = await api().post<RegisteredPlan>('/programmes', body);
      const { programme: name, version, hash, registered, newBaseline } = answer;
      out.result(answer, () =>
        [
          registered
            ? `Version ${version} of ${name} waits for a senior person${newBaseline ? '; it is a new baseline' : ''}.`
            : `Version ${version} of ${name} has this content already.`,
          `  ${out.hint(`programme approve ${name} --plan ${hash.slice(0, 12)} --reason "..."`)}`,
        ].join('\n'),
      );
    },
  ).option('--reason <text>', 'why');

  addVerb<Reasoned & { plan?: string }>(
    programme,
    'approve <programme>',
    'put the newest plan in force, as a senior person who has not prepared it',
    async ({ out, api }, [name = ''], options) => {
      const reason = reasonOf(options, 'programme approve');
      const { versions } = await api().get<ProgrammeView>(path(name));
      const found = versions.filter(({ hash }) => hash.startsWith(options.plan ?? '?'));
      const [one] = found;
      if (one === undefined || found.length > 1) {
        const known = versions.at(-1)?.hash.slice(0, 12) ?? 'none';
        throw new SlipwayError(
          'request/invalid',
          `say which plan you have looked at: --plan HASH; the newest is ${known}`,
        );
      }
      const answer = await api().post<ProgrammeView['versions'][number]>(`${path(name)}/approve`, {
        hash: one.hash,
        reason,
      });
      out.result(answer, () => `Version ${answer.version} of ${name} is in force.`);
    },
  )
    .option('--plan <hash>', 'the plan you have looked at, or how its hash begins')
    .option('--reason <text>', 'why');

  addVerb(
    programme,
    'show <programme>',
    'the plan in force, its versions, what was measured and saved',
    async ({ out, api }, [name = '']) => {
      const view = await api().get<ProgrammeView>(path(name));
      out.result(view, () => programmeText(view, out));
    },
  );

  addVerb(
    programme,
    'forecast <programme>',
    'when every department and wave will cut over, beside when it was to',
    async ({ out, api }, [name = '']) => {
      const view = await api().get<ForecastView>(`${path(name)}/forecast`);
      out.result(view, () => forecastText(view, out));
    },
  );

  addVerb<Measured>(
    programme,
    'measure <programme>',
    'record what the provider has carried in a month, as independent assurance',
    async ({ out, api }, [name = ''], options) => {
      const reason = reasonOf(options, 'programme measure');
      const { period } = options;
      if (period === undefined)
        throw new SlipwayError('request/invalid', 'say which month: --period 2027-01');
      const figures = Object.fromEntries(
        (['people', 'advisers', 'openBefore', 'opened', 'closed', 'backlog'] as const).map(
          (member) => [member, wholeNumber(member, options[member])],
        ),
      );
      const answer = await api().post<object>(`${path(name)}/measurements`, {
        period,
        ...figures,
        reason,
      });
      out.result(answer, () => `${period} is recorded.`);
    },
  )
    .option('--period <month>', 'as in 2027-01')
    .option('--people <number>', 'people the platform served')
    .option('--advisers <number>', 'advisers who worked on cases')
    .option('--open-before <number>', 'cases open when the month began')
    .option('--opened <number>', 'cases that were opened')
    .option('--closed <number>', 'cases that were closed')
    .option('--backlog <number>', 'cases open at the end')
    .option('--reason <text>', 'where the figures are from');
}

/** A valid plan; otherwise every problem is printed with its line. */
function checked(out: Output, text: string, file: string) {
  try {
    return parseProgramme(text, file);
  } catch (error) {
    const problems = error instanceof SlipwayError ? error.details?.['problems'] : undefined;
    if (!out.json && Array.isArray(problems) && problems.length > 1)
      for (const problem of problems as Problem[]) out.note(problemLine(problem));
    throw error;
  }
}

function path(programme: string): string {
  return `/programmes/${encodeURIComponent(programme)}`;
}

function wholeNumber(name: string, given: string | undefined): number {
  const value = Number(given);
  if (given === undefined || given.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new SlipwayError(
      'request/invalid',
      `--${name} is not a whole number: ${given ?? 'missing'}`,
    );
  return value;
}

function programmeText(view: ProgrammeView, out: Output): string {
  const { plan, versions, measurements, savings } = view;
  const newest = versions.at(-1);
  const parts = [
    plan === null
      ? `${view.programme} has no plan in force.`
      : out.table(
          ['WAVE', 'DEPARTMENT', 'PEOPLE', 'CUTOVER'],
          plan.waves.flatMap(({ id, departments }) =>
            departments.map((each) => [
              id,
              each.id,
              String(each.headcount),
              `${moment(each.cutover.from)} to ${moment(each.cutover.to)}`,
            ]),
          ),
        ),
    out.table(
      ['VERSION', 'HASH', 'PREPARED', 'BY', 'APPROVED', 'BY', 'REASON'],
      versions.map((each) => [
        `${each.version}${each.inForce ? ' (in force)' : ''}`,
        each.hash.slice(0, 12),
        moment(each.preparedAt),
        each.preparedBy,
        moment(each.approvedAt),
        each.approvedBy ?? '',
        each.reason,
      ]),
    ),
  ];
  if (newest !== undefined && newest.approvedBy === null)
    parts.push(
      `Version ${newest.version} waits for a senior person:\n  ${out.hint(`programme approve ${view.programme} --plan ${newest.hash.slice(0, 12)} --reason "..."`)}`,
    );
  if (measurements.length > 0)
    parts.push(
      out.table(
        ['MONTH', 'PEOPLE', 'ADVISERS', 'OPENED', 'CLOSED', 'BACKLOG', 'MEASURED BY'],
        measurements.map((each) => [
          each.period,
          ...[each.people, each.advisers, each.opened, each.closed, each.backlog].map(String),
          each.by,
        ]),
      ),
    );
  if (savings.length > 0)
    parts.push(
      out.table(
        ['SAVINGS OF', 'CLAIM', 'POUNDS A YEAR', 'CLAIMED BY', 'CONFIRMED BY'],
        savings.map((each) => [
          each.department,
          String(each.number),
          each.annual.toFixed(2),
          each.claimedBy,
          each.confirmedBy ?? 'nobody yet',
        ]),
      ),
    );
  return parts.join('\n\n');
}

function forecastText({ departments, waves }: ForecastView, out: Output): string {
  const late = (days: number): string => {
    if (days === 0) return 'as planned';
    const said = `${counted(Math.abs(days), 'day')} ${days > 0 ? 'late' : 'early'}`;
    return days > 0 ? out.colours.red(said) : out.colours.green(said);
  };
  return [
    out.table(
      ['WAVE', 'LAST CUTOVER PLANNED', 'FORECAST', ''],
      waves.map((each) => [
        each.wave,
        moment(each.baseline),
        moment(each.forecast),
        late(each.daysLate),
      ]),
    ),
    out.table(
      ['WAVE', 'DEPARTMENT', 'PLANNED', 'FORECAST', 'LIVE SINCE', '', 'CAUSE'],
      departments.map((each) => [
        each.wave,
        each.department,
        moment(each.baseline.from),
        moment(each.forecast.from),
        moment(each.actual),
        late(each.daysLate),
        each.cause,
      ]),
    ),
  ].join('\n\n');
}
