import { createWriteStream, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { contentHash } from '../../../store/hashing.ts';
import { readPublicKey } from '../../../store/pack/signing.ts';
import { verifyPack } from '../../../store/pack/verify-pack.ts';
import type { PackReport } from '../../../store/pack/verify-pack.ts';
import type { EvidenceItem, EvidenceView, SigningKeyView } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, withCommonOptions } from '../verb.ts';
import { count, moment } from '../words.ts';
import { downloading } from './downloading.ts';

/** `evidence list`, `show`, `export`, `keys` and `verify`. */
export function evidenceVerbs(program: Command): void {
  const evidence = withCommonOptions(
    program.command('evidence').description('what decisions were made on'),
  );
  lookVerbs(evidence);

  addVerb<{ output?: string }>(
    evidence,
    'export <onboarding>',
    'save the whole record in one signed file that can be checked without any server',
    async ({ out, api }, [given], { output }) => {
      const ref = await findRef(api(), given);
      const file = output ?? `${ref.name.replace('/', '-')}-evidence.zip`;
      const progress = downloading(out, `packing the record of ${ref.name}`);
      const report = await save(
        api().pieces(`${ref.path}/evidence/pack`, progress.received),
        file,
      ).finally(progress.end);
      out.result({ file, ...report, problems: undefined }, () =>
        [
          `${file}: the record ${asOf(report)}`,
          `  ${count(report.events)} events, ${count(report.documents)} documents; contents ${report.contents ?? ''}`,
          `  signed by key ${report.signedBy ?? ''}`,
        ].join('\n'),
      );
    },
  ).option('--output <file>', 'where to save it');

  addVerb(
    evidence,
    'keys',
    'the public keys that evidence is signed with, old ones included',
    async ({ out, api }) => {
      const answer = await api().get<{ keys: SigningKeyView[] }>('/signing-keys');
      out.result(answer, () =>
        answer.keys
          .map((key) => `${key.fingerprint}  since ${moment(key.since)}\n${key.publicKey}`)
          .join('\n')
          .trimEnd(),
      );
    },
  );

  addVerb<{ key?: string }>(
    evidence,
    'verify <file>',
    'check an evidence pack or a saved document, without any server',
    async ({ out }, [file = ''], { key }) => {
      if (!(await isPack(file))) return verifyDocument(file, out);
      const report = await verifyPack(file, key === undefined ? undefined : trustedKey(key));
      const { problems } = report;
      const valid = problems.length === 0;
      if (!out.json) for (const problem of problems) out.note(problem);
      out.result({ file, valid, ...report }, () =>
        valid
          ? [
              `${file}: genuine: ${count(report.events)} events in an unbroken chain, ${count(report.documents)} documents`,
              `  ${report.onboarding}, ${asOf(report)}`,
              `  signed by key ${report.signedBy ?? ''}${report.trusted ? ', which you trust' : ''}`,
              ...(report.trusted
                ? []
                : ['  compare the key with one you got another way, or say which with --key']),
            ].join('\n')
          : `${file}: NOT genuine: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
      );
      return valid ? 0 : 1;
    },
  ).option('--key <key>', 'the key it must be signed with: its fingerprint, or a file with it');
}

function lookVerbs(evidence: Command): void {
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
}

/** Saves a pack. The file is there whole and genuine, or as it was before. */
async function save(pieces: AsyncIterable<Uint8Array>, file: string): Promise<PackReport> {
  const draft = `${file}.part`;
  try {
    await pipeline(pieces, createWriteStream(draft));
    const report = await verifyPack(draft);
    if (report.problems.length > 0)
      throw new SlipwayError('service/failed', `${file} did not arrive as it was sent`);
    await rename(draft, file);
    return report;
  } catch (cause) {
    await rm(draft, { force: true });
    if (cause instanceof Error && 'syscall' in cause)
      throw new SlipwayError('request/invalid', `${file} cannot be written`, { cause });
    throw cause;
  }
}

function asOf({ asOf: last, status }: PackReport): string {
  const at = `as of event ${count(last?.event ?? 0)}${last?.at == null ? '' : ` (${moment(last.at)})`}`;
  return status === 'closed' ? `${at}, closed` : `${at}; not closed (${status})`;
}

/** The fingerprint that is meant: given, or that of the public key in a file. */
function trustedKey(given: string): string {
  if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  const key = readPublicKey(textOf(given));
  if (key === undefined)
    throw new SlipwayError('request/invalid', `${given} is neither a fingerprint nor a public key`);
  return key.fingerprint;
}

/** Packs are ZIP files; saved documents are JSON. */
async function isPack(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0);
      return bytesRead === 0 || !'{[ \n\r\t'.includes(buffer.toString('latin1'));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new SlipwayError('request/invalid', `${file} cannot be read`, { cause });
  }
}

/** Checks a document that was saved with `evidence show --json` by its hash. */
function verifyDocument(file: string, out: Output): number {
  const saved = readJson(file);
  if (!isObject(saved) || !('content' in saved) || typeof saved['hash'] !== 'string')
    throw new SlipwayError(
      'evidence/unreadable',
      `${file} is neither an evidence pack nor a saved document`,
    );
  const valid = contentHash(saved['content'] as Json) === saved['hash'];
  const problems = valid ? [] : ['the document is not the one its hash names'];
  if (!out.json) for (const problem of problems) out.note(problem);
  out.result({ file, valid, documents: 1, problems }, () =>
    valid ? `${file}: genuine: the document of its hash` : `${file}: NOT genuine: 1 problem`,
  );
  return valid ? 0 : 1;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(textOf(file));
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw new SlipwayError('evidence/unreadable', `${file} is not JSON`, { cause });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('request/invalid', `${file} cannot be read`, { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
