import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { ImportedView, LoadHistoryView, QuarantineView } from '../../quarantine-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf } from '../verb.ts';
import { count, moment } from '../words.ts';

/** What a decision about the quarantine answers. */
interface Disposed {
  readonly outcome?: {
    readonly loaded?: number;
    readonly excluded?: number;
    readonly accepted: number;
    readonly open: number;
  };
}

/** `quarantine`, `redrive`, `accept`, `loads`. */
export function quarantineVerbs(program: Command): void {
  addVerb<{ rule?: string; export?: string; raw?: true; accepted?: true; after?: string }>(
    program,
    'quarantine <onboarding> [dataset]',
    'rows that could not be loaded: by rule, one by one, or as a workbook to correct them in',
    async ({ out, api }, [given, dataset], { rule, export: file, raw, accepted, after }) => {
      const ref = await findRef(api(), given);
      const only = new URLSearchParams({
        ...(dataset === undefined ? {} : { dataset }),
        ...(rule === undefined ? {} : { rule }),
      });
      if (file !== undefined) {
        const workbook = await api().download(`${ref.path}/quarantine/export?${only.toString()}`);
        await writeFile(file, workbook, { mode: 0o600 });
        out.result({ file, bytes: workbook.length }, () =>
          [
            `${file} has the rows with their raw values: correct the marked cells, then`,
            `  ${out.hint(`redrive ${ref.name} ${dataset ?? 'DATASET'} ${file} --reason '...'`)}`,
          ].join('\n'),
        );
        return;
      }
      if (raw === true) only.set('unmasked', 'true');
      if (accepted === true) only.set('status', 'accepted');
      if (after !== undefined) only.set('after', after);
      const page = await api().get<QuarantineView>(`${ref.path}/quarantine?${only.toString()}`);
      out.result(page, () => quarantineText(ref.name, page, dataset !== undefined, out));
    },
  )
    .option('--rule <rule>', 'only rows that broke this rule')
    .option('--export <file.xlsx>', 'write an Excel workbook to correct the rows in')
    .option('--raw', 'show the values as they are; it is written down who looked')
    .option('--accepted', 'rows that were accepted, instead of those that are open')
    .option('--after <id>', 'the rows after this one');

  addVerb<{ reason?: string }>(
    program,
    'redrive <onboarding> <dataset> [file]',
    'load rows in quarantine after all: with the corrections of a workbook, or as the source has them now',
    async ({ out, api }, [given, dataset = '', file], options) => {
      const reason = reasonOf(options, 'redrive');
      const ref = await findRef(api(), given);
      const imported =
        file === undefined ? undefined : await importFile(api(), ref.path, dataset, file);
      if (imported?.hash === null)
        throw new SlipwayError('request/invalid', `${file ?? ''} has no changed cell`);
      const corrected =
        imported === undefined ? {} : { correction: imported.hash, rows: imported.rows };
      const answer = await api().post<Disposed>(`${ref.path}/redrive`, {
        dataset,
        ...corrected,
        reason,
      });
      out.result({ ...answer, ...(imported === undefined ? {} : { imported }) }, () =>
        redrivenText(dataset, answer, imported),
      );
    },
  ).option('--reason <text>', 'why, for the record');

  addVerb<{ count: string; rule?: string; reason?: string }>(
    program,
    'accept <onboarding> <dataset>',
    'accept that rows in quarantine stay off the platform',
    async ({ out, api }, [given, dataset = ''], { count: rows, rule, ...options }) => {
      const reason = reasonOf(options, 'accept');
      if (!/^[1-9]\d*$/.test(rows))
        throw new SlipwayError('request/invalid', `--count must be a whole number; found ${rows}`);
      const ref = await findRef(api(), given);
      const answer = await api().post<Disposed>(`${ref.path}/accept`, {
        dataset,
        count: Number(rows),
        ...(rule === undefined ? {} : { rule }),
        reason,
      });
      out.result(answer, () =>
        answer.outcome === undefined
          ? `accepting ${rows} rows of ${dataset} was asked for; it is not done yet`
          : `${count(Number(rows))} rows of ${dataset} are accepted; ${count(answer.outcome.open)} are open`,
      );
    },
  )
    .requiredOption('--count <rows>', 'how many rows you have seen open')
    .option('--rule <rule>', 'only rows that broke this rule')
    .option('--reason <text>', 'why, for the record');

  addVerb(
    program,
    'loads <onboarding>',
    'every load with its figures, mock loads included',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const history = await api().get<LoadHistoryView>(`${ref.path}/loads`);
      out.result(history, () => loadsText(history, out));
    },
  );
}

async function importFile(
  api: { upload<T>(path: string, content: Buffer<ArrayBuffer>, type: string): Promise<T> },
  path: string,
  dataset: string,
  file: string,
): Promise<ImportedView> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw new SlipwayError('request/invalid', `${file} cannot be read`, { cause });
  });
  const place = `${path}/quarantine/${encodeURIComponent(dataset)}/corrections`;
  return api.upload(place, content, 'application/octet-stream');
}

function redrivenText(
  dataset: string,
  { outcome }: Disposed,
  imported: ImportedView | undefined,
): string {
  if (outcome === undefined) return `the re-drive of ${dataset} was asked for; it is not done yet`;
  const corrected = imported === undefined ? '' : `${count(imported.rows)} rows corrected, `;
  const excluded = outcome.excluded ? `, ${count(outcome.excluded)} now out of scope` : '';
  return `${dataset}: ${corrected}${count(outcome.loaded ?? 0)} loaded${excluded}; ${count(outcome.open)} are open`;
}

function quarantineText(
  place: string,
  page: QuarantineView,
  withRows: boolean,
  out: Output,
): string {
  if (page.rules.length === 0) return 'There is nothing in quarantine.';
  const rules = out.table(
    ['DATASET', 'RULE', 'WHAT IS WRONG', 'OPEN', 'ACCEPTED', 'FOR EXAMPLE'],
    page.rules.map((each) => [
      each.dataset,
      each.rule,
      each.inWords,
      each.open === 0 ? '' : out.colours.red(count(each.open)),
      each.accepted === 0 ? '' : count(each.accepted),
      each.examples.slice(0, 3).join(', '),
    ]),
  );
  const rows = page.rows.flatMap(({ sourceKey, rules: broken, raw }) => [
    `${out.colours.bold(sourceKey)}  ${broken.join(', ')}`,
    ...Object.entries(raw).map(([name, value]) => `  ${name}: ${valueText(value)}`),
  ]);
  const more = page.next === null ? [] : ['', out.hint(`quarantine ${place} --after ${page.next}`)];
  return [rules, ...(withRows && rows.length > 0 ? ['', ...rows, ...more] : [])].join('\n');
}

function valueText(value: unknown): string {
  if (value === null) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function loadsText({ loads }: LoadHistoryView, out: Output): string {
  if (loads.length === 0) return 'Nothing was loaded yet.';
  return out.table(
    [
      'LOAD',
      'DATASET',
      'BEGAN',
      'READ',
      'LOADED',
      'QUARANTINED',
      'EXCLUDED',
      'REJECTS',
      'LOADED NOW',
      'MAPPING',
      '',
    ],
    loads.map((load) => [
      load.loadId,
      load.dataset,
      moment(new Date(load.startedAt).toISOString()),
      count(load.read),
      count(load.loaded),
      count(load.quarantined),
      count(load.excluded),
      `${(load.rejectRate * 100).toFixed(2)} %`,
      count(load.now.loaded),
      load.mappings.map((hash) => hash.slice(0, 12)).join(', '),
      load.supersededAt === null ? '' : out.colours.dim('superseded'),
    ]),
  );
}
