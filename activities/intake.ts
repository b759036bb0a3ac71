import { basename, resolve } from 'node:path';
import { takeIn } from '../dataplane/intake.ts';
import type { Intake } from '../dataplane/intake.ts';
import type { Json } from '../domain/json.ts';
import type { IntakeInput } from '../domain/step-inputs.ts';
import type { StepBody } from './step-activity.ts';

/** Takes every file of a source in, verbatim. A retry may correct paths, encoding and delimiter. */
export const takeInFiles: StepBody = async ({ run, item, manifest, baseFolder, urls, work }) => {
  const source = manifest.sources[item];
  if (source?.kind !== 'files') throw new TypeError(`${item} is not a source of files`);
  const corrections = (run.input as IntakeInput).files ?? {};
  const { staging } = await urls();
  const intakes: Record<string, Intake> = {};
  for (const [fileId, entry] of Object.entries(source.files)) {
    const corrected = corrections[fileId];
    const paths = corrected?.paths ?? entry.paths;
    intakes[fileId] = await takeIn(
      {
        stagingUrl: staging,
        department: manifest.department.id,
        sourceId: item,
        fileId,
        files: paths.map((path) => ({
          path: resolve(baseFolder, path),
          name: nameOf(path, paths),
        })),
        encoding: corrected?.encoding ?? entry.encoding,
        delimiter: corrected?.delimiter ?? entry.delimiter,
      },
      work,
    );
  }
  const all = Object.values(intakes);
  return {
    output: {
      files: all.reduce((sum, intake) => sum + intake.files.length, 0),
      rows: all.reduce((sum, intake) => sum + intake.rows, 0),
      findings: all.reduce((sum, intake) => sum + intake.findings.length, 0),
    },
    evidence: [{ kind: 'intake', content: intakes as unknown as Json }],
  };
};

/** The file's name alone where that tells the files apart, else its path as the manifest has it. */
function nameOf(path: string, paths: readonly string[]): string {
  const name = basename(path);
  return paths.filter((other) => basename(other) === name).length === 1 ? name : path;
}
