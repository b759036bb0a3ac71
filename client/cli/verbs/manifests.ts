import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { diffInWords, diffMappings } from '../../../domain/mapping/diff.ts';
import { planOf } from '../../../domain/plan.ts';
import { manifestJsonSchema } from '../../manifest/json-schema.ts';
import {
  invalidManifest,
  parseManifest,
  problemLine,
  readManifestText,
} from '../../manifest-file.ts';
import type { Problem } from '../../manifest-file.ts';
import { addVerb, reasonOf } from '../verb.ts';
import { count } from '../words.ts';

interface Checked {
  readonly file: string;
  readonly manifest: Manifest | undefined;
  readonly problems: readonly Problem[];
}

/** `validate`, `start`, `amend`. */
export function manifestVerbs(program: Command): void {
  addVerb<{ schema?: true; against?: string }>(
    program,
    'validate [files...]',
    'check manifests without starting anything',
    async ({ out }, files, { schema, against }) => {
      if (schema === true) {
        process.stdout.write(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
        return 0;
      }
      if (files.length === 0) throw new SlipwayError('request/invalid', 'say which files to check');
      const earlier = against === undefined ? undefined : (await read(against)).manifest;
      const checked = await Promise.all(files.map(check));
      if (!out.json)
        for (const problem of checked.flatMap(({ problems }) => problems))
          out.note(problemLine(problem));
      const valid = checked.filter(({ manifest }) => manifest !== undefined);
      out.result(
        {
          valid: valid.length === checked.length,
          files: checked.map(({ file, manifest, problems }) => ({
            file,
            valid: manifest !== undefined,
            programme: manifest?.programme ?? null,
            department: manifest?.department.id ?? null,
            problems,
            ...(earlier === undefined || manifest === undefined
              ? {}
              : { changes: diffInWords(diffMappings(earlier, manifest)) }),
          })),
        },
        () => checked.flatMap((each) => [verdict(each), ...changesOf(each, earlier)]).join('\n'),
      );
      return valid.length === checked.length ? 0 : 2;
    },
  )
    .option('--schema', 'print the JSON Schema of a manifest, for editors')
    .option('--against <file>', 'say what their mappings do differently from that of this file');

  addVerb(
    program,
    'start <file>',
    'start an onboarding from its manifest',
    async ({ out, api }, [file = '']) => {
      const { body, manifest } = await read(file);
      const answer = await api().post<{ onboarding: string; started: boolean }>(
        '/onboardings',
        body,
      );
      const name = `${manifest.programme}/${manifest.department.id}`;
      out.result(answer, () =>
        [
          answer.started
            ? `${name} is under way, with ${planOf(manifest).steps.length} steps.`
            : `${name} was started from this manifest before.`,
          `  ${out.hint(`watch ${name}`)}`,
        ].join('\n'),
      );
    },
  );

  addVerb<{ reason?: string }>(
    program,
    'amend <file>',
    'go on with another manifest of the same department',
    async ({ out, api }, [file = ''], options) => {
      const reason = reasonOf(options, 'amend');
      const { body, manifest } = await read(file);
      const name = `${manifest.programme}/${manifest.department.id}`;
      const answer = await api().post<{
        rewindTo: string;
        proposed?: boolean;
        changes: { path: string }[];
      }>(`/onboardings/${name}/amend`, { ...body, reason });
      const changed = answer.changes.map((change) => change.path).join(', ');
      out.result(answer, () =>
        answer.proposed === true
          ? [
              `${name} waits for a second, senior person: this changes what a started stage is judged by; changed: ${changed}`,
              `  ${out.hint(`confirm-amendment ${name} --reason '...'`)}`,
            ].join('\n')
          : `${name} goes on from ${answer.rewindTo}; changed: ${changed}`,
      );
    },
  ).option('--reason <text>', 'why');
}

async function check(file: string): Promise<Checked> {
  const { manifest, problems = [] } = parseManifest(await readManifestText(file), file);
  return { file, manifest, problems };
}

function changesOf({ manifest }: Checked, earlier: Manifest | undefined): string[] {
  if (manifest === undefined || earlier === undefined) return [];
  const changes = diffInWords(diffMappings(earlier, manifest));
  return changes.length === 0 ? ['  the mapping is the same'] : changes.map((each) => `  ${each}`);
}

function verdict({ file, manifest, problems }: Checked): string {
  if (manifest === undefined)
    return `${file}: ${count(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}`;
  const { programme, department } = manifest;
  return `${file}: valid: ${programme}/${department.id}, ${planOf(manifest).steps.length} steps`;
}

/** A manifest to send. Its problems are told here already, with the name of the file as it was given. */
async function read(file: string): Promise<{ body: object; manifest: Manifest }> {
  const text = await readManifestText(file);
  const { manifest, problems } = parseManifest(text, file);
  if (manifest === undefined) throw invalidManifest(problems);
  const baseFolder = dirname(resolve(file));
  return { body: { manifest: text, fileName: basename(file), baseFolder }, manifest };
}
