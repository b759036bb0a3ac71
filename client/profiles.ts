import type { z } from 'zod';
import { SlipwayError } from '../domain/errors.ts';
import type { TableProfile } from '../domain/profile.ts';
import { profileDrift } from '../domain/profile-drift.ts';
import type { Identity } from '../store/identities.ts';
import type { ProfileRun } from '../store/profiles.ts';
import type { Place } from './access.ts';
import {
  type ProfileList,
  type ProfileView,
  storedFindings,
  storedKeys,
  storedProfile,
} from './profile-views.ts';
import type { Reads } from './reads.ts';

/** What is looked at of a source. */
export interface ProfileQuestion {
  readonly source: string;
  /** `schema.table`, or the end of it: a table's or a file entry's name. */
  readonly table?: string | undefined;
  /** Hash (or the beginning of one) of the profile to compare with, or `previous`. */
  readonly since?: string | undefined;
}

/** Enough of a hash to mean one. */
const SHORTEST_HASH = 8;

/** The profiled sources with their tables. @throws as `Reads` does */
export async function readProfiles(
  reads: Reads,
  identity: Identity,
  place: Place,
): Promise<ProfileList> {
  const runs = await reads.profileRuns(identity, place);
  const sources = [...new Set(runs.map(({ source }) => source))];
  const profiles = sources.map(async (source) => {
    const own = runsOf(runs, source);
    const [newest] = own;
    if (newest === undefined) throw new TypeError(`${source} has no profile`);
    const { content } = await reads.evidence(identity, place, newest.hash);
    const tables = storedProfile.parse(content).map(({ table, rows, columns }) => ({
      table,
      rows,
      columns: columns.length,
      personal: columns.filter(({ personal }) => personal !== undefined).length,
    }));
    return { source, ...newest, tables, runs: own };
  });
  return { profiles: await Promise.all(profiles) };
}

/**
 * The newest profile of a source with the keys, references, dependencies and findings of its tables.
 * @throws SlipwayError `request/not-found` for a source that was not profiled, a table that it does not have and a profile
 *   that there is none of; as `Reads` does
 */
export async function readProfile(
  reads: Reads,
  identity: Identity,
  place: Place,
  { source, table, since }: ProfileQuestion,
): Promise<ProfileView> {
  const runs = runsOf(await reads.profileRuns(identity, place), source);
  const [newest] = runs;
  if (newest === undefined)
    throw new SlipwayError('request/not-found', `there is no profile of a source ${source} yet`);
  const all = await profileOf(reads, identity, place, newest.hash);
  const isWanted = (name: string): boolean => table === undefined || isTable(name, table);
  const tables = all.filter((each) => isWanted(each.table));
  if (tables.length === 0 && table !== undefined) {
    const known = all.map((each) => each.table).join(', ');
    throw new SlipwayError('request/not-found', `${source} has no table ${table}: it has ${known}`);
  }
  const { steps } = await reads.journey(identity, place);
  const document = async <T>(
    step: string,
    kind: string,
    schema: z.ZodType<T>,
  ): Promise<T | undefined> => {
    const evidence = steps.find(({ key }) => key === step)?.evidence ?? [];
    const found = evidence.find((each) => each.kind === kind);
    if (found === undefined) return undefined;
    return schema.parse((await reads.evidence(identity, place, found.hash)).content);
  };
  const [keys, findings] = await Promise.all([
    document(`discovery/keys/${source}`, 'keys', storedKeys),
    document('discovery/assess', 'findings', storedFindings),
  ]);
  const own = new Set(tables.map((each) => each.table));
  const ofTables = <T extends { table: string }>(list: readonly T[] | undefined): T[] =>
    (list ?? []).filter((each) => own.has(each.table));
  const other = since === undefined ? undefined : runSince(runs, since);
  const before = other && (await profileOf(reads, identity, place, other.hash));
  const drift =
    before &&
    profileDrift(asProfiles(before.filter((each) => isWanted(each.table))), asProfiles(tables));
  return {
    source,
    ...newest,
    tables,
    keys: ofTables(keys?.keys),
    references: ofTables(keys?.references),
    dependencies: ofTables(keys?.dependencies),
    findings: ofTables(findings),
    since: other ?? null,
    drift: drift?.map((each) => ({ ...each })) ?? null,
    runs,
  };
}

type Run = ProfileView['runs'][number];

function runsOf(runs: readonly ProfileRun[], source: string): Run[] {
  return runs
    .filter((run) => run.source === source)
    .map(({ hash, at }) => ({ hash, at }))
    .toReversed();
}

async function profileOf(reads: Reads, identity: Identity, place: Place, hash: string) {
  return storedProfile.parse((await reads.evidence(identity, place, hash)).content);
}

/** The schema says `string` where the domain has unions; what is stored was made by the domain. */
function asProfiles(tables: ProfileView['tables']): readonly TableProfile[] {
  return tables as unknown as readonly TableProfile[];
}

function isTable(name: string, given: string): boolean {
  return name === given || name.endsWith(`.${given}`) || name.endsWith(`__${given}`);
}

function runSince(runs: readonly Run[], since: string): Run {
  const found =
    since === 'previous'
      ? runs[1]
      : runs.find(({ hash }) => since.length >= SHORTEST_HASH && hash.startsWith(since));
  if (found !== undefined) return found;
  throw new SlipwayError(
    'request/not-found',
    since === 'previous'
      ? 'there is no earlier profile to compare with'
      : `there is no profile ${since} of this source`,
  );
}
