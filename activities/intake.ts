import { basename, resolve } from 'node:path';
import { takeIn } from '../dataplane/intake.ts';
import type { Intake } from '../dataplane/intake/stage.ts';
import { takeInDatabase } from '../dataplane/mariadb/take-in-database.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { FileEntry } from '../domain/source-shape.ts';
import type { FileCorrections, IntakeInput } from '../domain/step-inputs.ts';
import { declaredKey } from './declared-key.ts';
import type { StepBody, StepContext } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/** Takes a source in that Slipway does not read where it is. A retry may correct what the manifest says of its files. */
export const takeInFiles: StepBody = async (context) => {
  const { run, item } = context;
  const { files } = run.input as IntakeInput;
  const intakes = await takeInSource(context, item, files ?? {});
  const all = Object.values(intakes);
  return {
    output: {
      files: all.reduce((sum, intake) => sum + intake.files.length, 0),
      rows: all.reduce((sum, intake) => sum + intake.rows, 0),
      findings: all.reduce((sum, intake) => sum + intake.findings.length, 0),
    },
    evidence: [
      { kind: 'intake', content: intakes as unknown as Json },
      // What is taken in again later is read in the way that worked.
      { kind: 'file-corrections', content: (files ?? {}) as unknown as Json },
    ],
  };
};

/**
 * Takes a source in again, read in the way that worked in discovery unless it is corrected once more. What has not changed
 * is left as it is.
 * @param options `only`: file entries or tables; default: all
 * @returns by file entry, or by table of a database; empty for a source that is read where it is
 */
export async function takeInAgain(
  context: StepContext,
  sourceId: string,
  options: {
    readonly corrections?: Readonly<Record<string, FileCorrections>> | undefined;
    readonly only?: readonly string[];
  } = {},
): Promise<Intakes> {
  const kind = context.manifest.sources[sourceId]?.kind;
  if (kind === undefined || kind === 'postgres') return {};
  const worked = (await context.evidence(`discovery/intake/${sourceId}`, 'file-corrections')) as
    | Readonly<Record<string, FileCorrections>>
    | undefined;
  const corrections: Record<string, FileCorrections> = { ...worked };
  for (const [fileId, more] of Object.entries(options.corrections ?? {})) {
    corrections[fileId] = { ...corrections[fileId], ...more };
  }
  return takeInSource(context, sourceId, corrections, options.only);
}

/** By file entry, or by table of a database. */
export type Intakes = Readonly<Record<string, Intake>>;

/** @throws SlipwayError as `takeIn` and `takeInDatabase`; `step/input-invalid` for a correction that fits no entry */
async function takeInSource(
  context: StepContext,
  sourceId: string,
  corrections: Readonly<Record<string, FileCorrections>>,
  only?: readonly string[],
): Promise<Intakes> {
  const { manifest, baseFolder, urls, work } = context;
  const source = manifest.sources[sourceId];
  const places = await urls();
  const into = { stagingUrl: places.staging, department: manifest.department.id, sourceId };
  if (source?.kind === 'mariadb') {
    const tables = tablesOfSource(manifest, sourceId)
      .filter((from) => only?.includes(from) !== false)
      .map((from) => ({ from, key: declaredKey(manifest, sourceId, from) }));
    return takeInDatabase({ ...into, url: places.sources[sourceId] ?? '', tables }, work);
  }
  if (source?.kind !== 'files') throw new TypeError(`${sourceId} is read where it is`);
  const intakes: Record<string, Intake> = {};
  for (const [fileId, entry] of Object.entries(source.files)) {
    if (only?.includes(fileId) === false) continue;
    const { paths, ...format } = corrected(entry, fileId, corrections[fileId]);
    const files = paths.map((path) => ({
      path: resolve(baseFolder, path),
      name: nameOf(path, paths),
    }));
    const key = declaredKey(manifest, sourceId, fileId);
    intakes[fileId] = await takeIn({ ...into, fileId, files, format, key }, work);
  }
  return intakes;
}

function corrected(
  entry: FileEntry,
  fileId: string,
  corrections: FileCorrections | undefined,
): FileEntry {
  const given = Object.entries(corrections ?? {}).filter(([, value]) => value !== undefined);
  const unfit = given.find(([name]) => !Object.hasOwn(entry, name));
  if (unfit !== undefined) {
    throw new SlipwayError(
      'step/input-invalid',
      `files.${fileId}.${unfit[0]}: an entry of format ${entry.format} has none`,
    );
  }
  return { ...entry, ...Object.fromEntries(given) };
}

/** The file's name alone where that tells the files apart, else its path as the manifest has it. */
function nameOf(path: string, paths: readonly string[]): string {
  const name = basename(path);
  return paths.filter((other) => basename(other) === name).length === 1 ? name : path;
}
