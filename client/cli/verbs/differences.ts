import type { Command } from 'commander';
import type { DifferencesView } from '../../difference-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { count, moment } from '../words.ts';

const KINDS: Readonly<Record<DifferencesView['named'][number]['kind'], string>> = {
  missing: 'missing on the platform',
  extra: 'only on the platform',
  different: 'different',
};

/** `differences`. */
export function differencesVerb(program: Command): void {
  addVerb<{ cutover?: true; unmasked?: true }>(
    program,
    'differences <onboarding> <dataset>',
    'in what legacy system and platform differ: rows, columns and totals, as the last reconciliation found them',
    async ({ out, api }, [given, dataset = ''], { cutover, unmasked }) => {
      const ref = await findRef(api(), given);
      const query = new URLSearchParams({
        stage: cutover === true ? 'cutover' : 'migration',
        ...(unmasked === true ? { unmasked: 'true' } : {}),
      });
      const path = `${ref.path}/differences/${encodeURIComponent(dataset)}?${query.toString()}`;
      const view = await api().get<DifferencesView>(path);
      out.result(view, () => differencesText(view, ref.name, out));
    },
  )
    .option('--cutover', 'as the reconciliation of the cutover found them')
    .option('--unmasked', 'show the values as they are; it is written down who looked');
}

function differencesText(view: DifferencesView, place: string, out: Output): string {
  const { missing, extra, different } = view.differing;
  const verdict = view.reconciled
    ? out.colours.green('both sides hold the same')
    : out.colours.red('the two sides do not hold the same');
  const parts = [
    [
      `${view.table} from ${view.datasets.join(', ')}, compared ${moment(view.at)} (${view.checksum}): ${verdict}`,
      `${count(view.rows.legacy)} rows in the legacy system, ${count(view.rows.platform)} on the platform`,
      `${count(missing)} missing, ${count(extra)} extra, ${count(different)} different, ${count(view.withinTolerance)} within tolerance`,
    ],
    rowLines(view, place, out),
    totalLines(view, out),
    countLines(view, out),
    view.unmappable.length === 0
      ? []
      : [`Cannot be mapped any more: ${view.unmappable.join(', ')}`],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function rowLines(view: DifferencesView, place: string, out: Output): string[] {
  const { named, differing, unmasked, dataset, stage } = view;
  if (named.length === 0) return [];
  const left = differing.missing + differing.extra + differing.different - named.length;
  const cutover = stage === 'cutover' ? ' --cutover' : '';
  return [
    out.table(['ROW', 'WHAT', 'COLUMN', 'LEGACY', 'PLATFORM', 'SOURCE'], named.flatMap(linesOf)),
    ...(left > 0 ? [`${count(left)} more are not named.`] : []),
    ...(unmasked
      ? []
      : [
          'Values are masked; those who correct them see them with',
          `  ${out.hint(`differences ${place} ${dataset}${cutover} --unmasked`)}`,
        ]),
  ];
}

/** A line for each column of a row, the first with what it is. */
function linesOf({ key, kind, sourceKey, columns }: DifferencesView['named'][number]): string[][] {
  const [first, ...others] = columns.map(({ column, legacy, platform }) => [
    column,
    legacy ?? '(none)',
    platform ?? '(none)',
  ]);
  return [
    [key, KINDS[kind], ...(first ?? ['', '', '']), sourceKey ?? ''],
    ...others.map((cells) => ['', '', ...cells, '']),
  ];
}

function totalLines({ totals, groups }: DifferencesView, out: Output): string[] {
  const unequal = totals
    .filter(({ equal }) => !equal)
    .map(({ column, legacy, platform, ledger }) => ['all', column, legacy, platform, ledger ?? '']);
  const ofGroups = groups.named.flatMap(({ group, rows, totals: differing }) => {
    const name =
      group === null ? '(a small group)' : group.map((part) => part ?? '(none)').join(', ');
    const lines = differing.map(({ column, legacy, platform }) => [
      name,
      column,
      legacy,
      platform,
      '',
    ]);
    return rows.legacy === rows.platform
      ? lines
      : [[name, 'rows', count(rows.legacy), count(rows.platform), ''], ...lines];
  });
  if (unequal.length + ofGroups.length === 0) return [];
  const head = groups.by.length === 0 ? 'GROUP' : groups.by.join(', ').toUpperCase();
  const left = groups.differing - groups.named.length;
  return [
    out.table([head, 'TOTAL OF', 'LEGACY', 'PLATFORM', 'AS LOADED'], [...unequal, ...ofGroups]),
    ...(left > 0 ? [`${count(left)} more groups are not named.`] : []),
  ];
}

function countLines({ counts }: DifferencesView, out: Output): string[] {
  const unequal = counts.filter(({ equal }) => !equal);
  if (unequal.length === 0) return [];
  return [
    out.table(
      ['DATASET', 'COUNTED IN', 'READ', 'LOADED', 'EXCLUDED', 'QUARANTINED'],
      unequal.flatMap(({ dataset, legacy, ledger }) => [
        [
          dataset,
          'source',
          count(legacy.read),
          '',
          count(legacy.excluded),
          count(legacy.quarantined),
        ],
        [
          '',
          'ledger',
          count(ledger.read),
          count(ledger.loaded),
          count(ledger.excluded),
          count(ledger.quarantined),
        ],
      ]),
    ),
  ];
}
