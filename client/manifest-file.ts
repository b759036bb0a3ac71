import { readFile } from 'node:fs/promises';
import { SlipwayError } from '../domain/errors.ts';
import { checkManifest } from '../domain/manifest-checks.ts';
import { draftOf } from '../domain/manifest-draft.ts';
import { manifestShape } from '../domain/manifest-shape.ts';
import type { Manifest } from '../domain/manifest.ts';
import { planOf, unfilledRoles } from '../domain/plan.ts';
import type { Role } from '../domain/roles.ts';
import { ProblemTeller } from './manifest/problems.ts';
import type { Problem } from './manifest/problems.ts';
import { readYaml } from './manifest/yaml-source.ts';

export type { Problem } from './manifest/problems.ts';

/** A manifest that is valid, or everything that is wrong with it, in the order of the file. */
export type ParsedManifest =
  | { readonly manifest: Manifest; readonly problems?: never }
  | { readonly problems: readonly Problem[]; readonly manifest?: never };

/** Reads the text of a manifest and checks all of it. @param fileName what the problems call the file */
export function parseManifest(text: string, fileName: string): ParsedManifest {
  const source = readYaml(text);
  const teller = new ProblemTeller(source, fileName);
  const shape = manifestShape.safeParse(source.value);
  const checks = checkManifest(draftOf(source.value)).map((problem) => teller.ofCheck(problem));
  const problems = [
    ...teller.ofSyntax(),
    // What cannot be read as YAML has only the problems of its syntax; the rest would be guesses.
    ...(source.errors.length > 0
      ? []
      : [...(shape.success ? [] : teller.ofIssues(shape.error.issues)), ...checks]),
  ];
  if (shape.success && problems.length === 0)
    problems.push(...roleProblems(shape.data).map((problem) => teller.ofCheck(problem)));
  return shape.success && problems.length === 0
    ? { manifest: shape.data }
    : { problems: problems.toSorted(byPlace) };
}

/**
 * A manifest from its file.
 * @throws SlipwayError `manifest/unreadable`
 */
export async function readManifestText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const why =
      cause instanceof Error && 'code' in cause ? whyUnreadable(cause.code) : 'it cannot be read';
    throw new SlipwayError('manifest/unreadable', `${file}: ${why}`, { cause });
  }
}

/** The error of an invalid manifest, with all its problems in the details. */
export function invalidManifest(problems: readonly Problem[]): SlipwayError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const what = first === undefined ? 'it is not valid' : `${problemLine(first)}${more}`;
  return new SlipwayError('manifest/invalid', what, { details: { problems } });
}

/** A problem in one line, as compilers write it. */
export function problemLine({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

function whyUnreadable(code: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'you may not read it';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'it is not UTF-8 text';
    default:
      return 'it cannot be read';
  }
}

/** Roles that a gate asks for and too few of the people hold, each where it is asked for. */
function roleProblems(manifest: Manifest): { path: (string | number)[]; message: string }[] {
  const told = new Map<string, { path: (string | number)[]; message: string }>();
  for (const { step, role, wanted, found } of unfilledRoles(planOf(manifest))) {
    const path = placeOf(manifest, step, role);
    const held = found === 0 ? 'nobody holds' : `${found} hold`;
    const message = `${step} asks for ${wanted} ${role}, and ${held} that role among the people`;
    const key = JSON.stringify([path, role]);
    if (!told.has(key)) told.set(key, { path, message });
  }
  return [...told.values()];
}

function placeOf(manifest: Manifest, step: string, role: Role): (string | number)[] {
  const stage = step.split('/')[0] as keyof Manifest['policy']['approvals'];
  const asked = step.endsWith('/gate') && manifest.policy.approvals[stage]?.[role] !== undefined;
  return asked ? ['policy', 'approvals', stage, role] : ['people'];
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
