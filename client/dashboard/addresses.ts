import type { Place } from '../access.ts';

/** Addresses of pages. Every part is encoded: what comes from a manifest or a file name cannot change the address. */
const part = encodeURIComponent;

/** The page of a department. */
export function departmentAddress({ programme, department }: Place): string {
  return `/onboardings/${part(programme)}/${part(department)}`;
}

/** The page of a step. */
export function stepAddress(place: Place, step: string): string {
  return `${departmentAddress(place)}/steps/${step.split('/').map(part).join('/')}`;
}

/** A document by its hash. */
export function evidenceAddress(place: Place, hash: string): string {
  return `${departmentAddress(place)}/evidence/${part(hash)}`;
}

/** The evidence pack: the whole record in one file. */
export function packAddress(place: Place): string {
  return `${departmentAddress(place)}/evidence/pack`;
}

/** The rehearsals and the runbook of the cutover. */
export function cutoverAddress(place: Place): string {
  return `${departmentAddress(place)}/cutover`;
}

/** The profiles of the sources, or of one of their tables. */
export function profilesAddress(place: Place, source?: string, table?: string): string {
  const parts = [source, table].filter((each) => each !== undefined).map(part);
  return [`${departmentAddress(place)}/profiles`, ...parts].join('/');
}

/** The variances of a pay period, or the lines of one group of them. */
export function variancesAddress(place: Place, period: string, signature?: string): string {
  const page = `${departmentAddress(place)}/variances/${part(period)}`;
  return signature === undefined ? page : `${page}/lines?signature=${part(signature)}`;
}

/** The variances of all pay periods beside each other. */
export function varianceTrendAddress(place: Place): string {
  return `${departmentAddress(place)}/variances`;
}

/** What is suggested for the mapping. */
export function suggestionsAddress(place: Place): string {
  return `${departmentAddress(place)}/suggestions`;
}

/** Rows that could not be loaded: all of them, or those of a dataset and a rule. */
export function quarantineAddress(
  place: Place,
  only: Readonly<Record<string, string | undefined>> = {},
): string {
  return `${departmentAddress(place)}/quarantine${queryOf(only)}`;
}

/** The same rows as a workbook. */
export function exportAddress(
  place: Place,
  only: Readonly<Record<string, string | undefined>>,
): string {
  return `${departmentAddress(place)}/quarantine/export${queryOf(only)}`;
}

function queryOf(only: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(only).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${part(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** In what both sides differ, as the reconciliation of a dataset in a stage has found it. */
export function differencesAddress(
  place: Place,
  dataset: string,
  only: Readonly<Record<'stage' | 'raw', string | undefined>>,
): string {
  return `${departmentAddress(place)}/differences/${part(dataset)}${queryOf(only)}`;
}

/** Every load, mock loads included. */
export function loadsAddress(place: Place): string {
  return `${departmentAddress(place)}/loads`;
}

/** Where corrections of a dataset are sent. */
export function redriveAddress(place: Place, dataset: string): string {
  return `${departmentAddress(place)}/quarantine/${part(dataset)}/redrive`;
}

/** Everything that happened, from a position backwards. */
export function historyAddress(place: Place, before?: number): string {
  const page = `${departmentAddress(place)}/history`;
  return before === undefined ? page : `${page}?before=${before}`;
}

/** Where a command is sent. */
export function commandAddress(place: Place, command: string): string {
  return `${departmentAddress(place)}/commands/${command}`;
}

/** The place of a step on a page. */
export function stepAnchor(step: string): string {
  return `step-${step.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
}

/** A path of this site, or undefined: nobody is sent elsewhere after signing in. */
export function ownPath(path: unknown): string | undefined {
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path)) return undefined;
  const url = new URL(path, 'http://own.invalid');
  return url.host === 'own.invalid' ? `${url.pathname}${url.search}` : undefined;
}
