import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { ColumnProfileView, ProfileList, ProfileView } from '../../profile-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { count, moment } from '../words.ts';

/** A column's commonest value is cut here: a table has to fit beside it. */
const SHOWN = 24;

/** `profile`. */
export function profileVerb(program: Command): void {
  addVerb<{ since?: string }>(
    program,
    'profile <onboarding> [source] [table]',
    'what discovery found in the sources, and what changed since an earlier profile',
    async ({ out, api }, [given, source, table], { since }) => {
      const ref = await findRef(api(), given);
      if (source === undefined) {
        if (since !== undefined)
          throw new SlipwayError(
            'request/invalid',
            'say which source: --since compares one source',
          );
        const list = await api().get<ProfileList>(`${ref.path}/profiles`);
        out.result(list, () => listText(list, out));
        return;
      }
      const query = new URLSearchParams({
        ...(table === undefined ? {} : { table }),
        ...(since === undefined ? {} : { since }),
      });
      const path = `${ref.path}/profiles/${encodeURIComponent(source)}?${query.toString()}`;
      const profile = await api().get<ProfileView>(path);
      out.result(profile, () => profileText(profile, out));
    },
  ).option('--since <hash>', 'what changed since a profile: its hash, or "previous"');
}

function listText({ profiles }: ProfileList, out: Output): string {
  if (profiles.length === 0) return 'No source has been profiled yet.';
  return out.table(
    ['SOURCE', 'TABLE', 'ROWS', 'COLUMNS', 'PERSONAL', 'PROFILED', 'HASH', 'EARLIER'],
    profiles.flatMap(({ source, hash, at, runs, tables }) =>
      tables.map(({ table, rows, columns, personal }) => [
        source,
        table,
        count(rows),
        count(columns),
        count(personal),
        moment(at),
        hash.slice(0, 12),
        String(runs.length - 1),
      ]),
    ),
  );
}

function profileText(profile: ProfileView, out: Output): string {
  const { colours } = out;
  const parts = profile.tables.flatMap((table) => [
    colours.bold(`${table.table}  ${count(table.rows)} rows`),
    columnsText(table.columns, table.rows, out),
    ...relationLines(profile, table.table),
    '',
  ]);
  return [
    `${profile.source}, profiled ${moment(profile.at)} (${profile.hash.slice(0, 12)})`,
    '',
    ...parts,
    ...findingLines(profile, out),
    ...driftLines(profile, out),
  ]
    .join('\n')
    .trimEnd();
}

function columnsText(columns: readonly ColumnProfileView[], rows: number, out: Output): string {
  return out.table(
    ['COLUMN', 'TYPE', 'MISSING', 'DISTINCT', 'FROM', 'TO', 'COMMONEST', 'NOTE'],
    columns.map((column) => [
      column.name,
      typeText(column),
      percent(column.nulls + column.empty, rows),
      `${column.distinctError === undefined ? '' : 'about '}${count(column.distinct)}`,
      short(column.min ?? ''),
      short(column.max ?? ''),
      short(column.topValues?.[0]?.value ?? ''),
      noteText(column, out),
    ]),
  );
}

function typeText({ inferred }: ColumnProfileView): string {
  return inferred.format === undefined ? inferred.type : `${inferred.type} ${inferred.format}`;
}

function noteText(column: ColumnProfileView, { colours }: Output): string {
  const { personal, personalFacts, misfits, outliers = [] } = column;
  const rate =
    personalFacts?.rate === undefined ? '' : ` ${percent(personalFacts.rate, 1)} by content`;
  return [
    ...(personal === undefined ? [] : [colours.yellow(`personal: ${personal}${rate}`)]),
    ...(misfits === undefined ? [] : [`${count(misfits.rows)} do not fit`]),
    ...outliers.map(({ kind, rows }) => `${count(rows)} odd by ${kind}`),
  ].join(', ');
}

function relationLines(profile: ProfileView, table: string): string[] {
  const own = <T extends { table: string }>(list: readonly T[]): T[] =>
    list.filter((each) => each.table === table);
  const broken = (rows: number): string => (rows === 0 ? '' : `, ${count(rows)} rows break it`);
  return [
    ...own(profile.keys).map(
      (key) =>
        `key ${key.columns.join(', ')} (${key.origin})${broken(key.repeatedRows + key.incompleteRows)}`,
    ),
    ...own(profile.references).map(
      (each) =>
        `${each.column} refers to ${each.parentTable} ${each.parentColumn} (${each.evidence})${broken(each.unknownRows + each.selfRows)}`,
    ),
    ...own(profile.dependencies).map(
      (each) => `${each.column} tells ${each.determines}${broken(each.brokenRows)}`,
    ),
  ];
}

function findingLines({ findings }: ProfileView, out: Output): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ severity, table, message }) => [severity, table, message]);
  return [out.table(['FINDING', 'TABLE', 'WHAT'], rows), ''];
}

function driftLines({ since, drift }: ProfileView, out: Output): string[] {
  if (since === null || drift === null) return [];
  const title = `since ${moment(since.at)} (${since.hash.slice(0, 12)})`;
  if (drift.length === 0) return [`Nothing has changed ${title}.`];
  const rows = drift.map(({ severity, table, message }) => [severity, table, message]);
  return [out.colours.bold(`Changed ${title}`), out.table(['DRIFT', 'TABLE', 'WHAT'], rows)];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} %`;
}

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
