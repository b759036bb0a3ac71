import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { packProblems } from '../../../store/evidence-pack.ts';
import type { EvidencePack } from '../../../store/evidence-pack.ts';
import { contentHash } from '../../../store/hashing.ts';
import type { EvidenceItem, EvidenceView } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import { addVerb, withCommonOptions } from '../verb.ts';
import { moment } from '../words.ts';

/** `evidence list`, `show`, `pack` and `verify`. */
export function evidenceVerbs(program: Command): void {
  const evidence = withCommonOptions(
    program.command('evidence').description('what decisions were made on'),
  );

  addVerb(
    evidence,
    'list <onboarding>',
    'the documents of an onboarding',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const answer = await api().get<{ evidence: EvidenceItem[] }>(`${ref.path}/evidence`);
      out.result(answer, () =>
        out.table(
          ['HASH', 'KIND', 'STEP', 'AT'],
          answer.evidence.map(({ hash, kind, step, createdAt }) => [
            hash,
            kind,
            step,
            moment(createdAt),
          ]),
        ),
      );
    },
  );

  addVerb(
    evidence,
    'show <onboarding> <hash>',
    'a document',
    async ({ out, api }, [given, hash = '']) => {
      const ref = await findRef(api(), given);
      const document = await api().get<EvidenceView>(`${ref.path}/evidence/${hash}`);
      out.result(document, () => JSON.stringify(document.content, null, 2));
    },
  );

  addVerb<{ output?: string }>(
    evidence,
    'pack <onboarding>',
    'save the evidence pack of a closed onboarding in a file',
    async ({ out, api }, [given], { output }) => {
      const ref = await findRef(api(), given);
      const list = await api().get<{ evidence: EvidenceItem[] }>(`${ref.path}/evidence`);
      const pack = list.evidence.findLast((each) => each.kind === 'evidence-pack');
      if (pack === undefined) {
        throw new SlipwayError(
          'command/not-now',
          `${ref.name} has no evidence pack yet: it comes with the close`,
        );
      }
      const document = await api().get<EvidenceView>(`${ref.path}/evidence/${pack.hash}`);
      const file = output ?? `${ref.name.replace('/', '-')}-evidence.json`;
      try {
        writeFileSync(file, `${JSON.stringify(document)}\n`);
      } catch (cause) {
        throw new SlipwayError('request/invalid', `${file} cannot be written`, { cause });
      }
      out.result({ file, hash: pack.hash }, () => `${file}: evidence pack ${pack.hash}`);
    },
  ).option('--output <file>', 'where to save it');

  addVerb(
    evidence,
    'verify <file>',
    'check an evidence pack or a document, without any server',
    async ({ out }, [file = '']) => {
      const { problems, ...facts } = verify(file);
      if (!out.json) for (const problem of problems) out.note(problem);
      const valid = problems.length === 0;
      out.result({ file, valid, ...facts, problems }, () =>
        valid
          ? `${file}: genuine: ${facts.events} events in an unbroken chain, ${facts.documents} documents`
          : `${file}: NOT genuine: ${problems.length} problems`,
      );
      return Promise.resolve(valid ? 0 : 1);
    },
  );
}

interface Verified {
  readonly events: number;
  readonly documents: number;
  readonly problems: readonly string[];
}

/** Checks a saved document by its hash and, where it is a pack, everything in it. */
function verify(file: string): Verified {
  const saved = readJson(file);
  const document = isObject(saved) && 'content' in saved ? saved['content'] : saved;
  const problems: string[] = [];
  if (isObject(saved) && 'content' in saved && contentHash(document as Json) !== saved['hash'])
    problems.push('the document is not the one its hash names');
  if (!isPack(document)) {
    if (document === saved)
      throw new SlipwayError(
        'request/invalid',
        `${file} is neither an evidence pack nor a document`,
      );
    return { events: 0, documents: 1, problems };
  }
  return {
    events: document.events.length,
    documents: document.evidence.length,
    problems: [...problems, ...problemsOf(document)],
  };
}

/** A pack of which parts are missing is as little genuine as one that was changed. */
function problemsOf(pack: EvidencePack): string[] {
  try {
    return packProblems(pack);
  } catch {
    return ['the pack is damaged: parts of it are not there'];
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new SlipwayError('request/invalid', `${file} ${why}`, { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPack(value: unknown): value is EvidencePack {
  return (
    isObject(value) &&
    value['format'] === 'slipway-evidence-pack/1' &&
    Array.isArray(value['events']) &&
    Array.isArray(value['evidence'])
  );
}
