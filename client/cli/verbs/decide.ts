import type { Command } from 'commander';
import type { Criterion } from '../../../domain/gates/criterion.ts';
import type { CodeListFindings, MappingChanges } from '../../../domain/mapping/evidence.ts';
import type { EvidenceView, StepDetail } from '../../views.ts';
import { confirmed } from '../confirm.ts';
import { findRef, findStep, stepPath } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf } from '../verb.ts';
import { askedOf, count } from '../words.ts';
import { changesText, codesText } from './mapping.ts';

interface DecideOptions {
  readonly reason?: string;
  readonly role?: string;
  readonly evidence?: string;
  readonly acknowledge?: readonly string[];
  readonly yes?: true;
}

/** `approve` and `reject`. */
export function decideVerbs(program: Command): void {
  decideVerb(program, 'approve', 'approve what a gate or decision shows', 'approved');
  decideVerb(program, 'reject', 'reject what a gate or decision shows', 'rejected');
}

function decideVerb(program: Command, verb: string, description: string, done: string): void {
  addVerb<DecideOptions>(
    program,
    `${verb} <onboarding> [step]`,
    `${description} (the one that waits, where there is only one)`,
    async ({ out, api }, [given, named], options) => {
      const reason = reasonOf(options, verb);
      const ref = await findRef(api(), given);
      const step = await findStep(api(), ref, named, 'waits for a decision', (each) => {
        return each.status === 'waiting' && each.quorum.length > 0;
      });
      const detail = await api().get<StepDetail>(stepPath(ref, step));
      const evidence = options.evidence ?? detail.evidence[0]?.hash ?? '';
      if (options.evidence === undefined && !out.json) {
        const document = detail.evidence.some((each) => each.hash === evidence)
          ? await api().get<EvidenceView>(`${ref.path}/evidence/${evidence}`)
          : undefined;
        out.note(decisionText(detail, document, out));
      }
      const question = `${verb === 'approve' ? 'Approve' : 'Reject'} ${step} of ${ref.name}?`;
      if (!(await confirmed(out, question, options.yes))) return 1;
      const answer = await api().post<object>(`${ref.path}/${verb}`, {
        step,
        evidence,
        reason,
        ...(options.role === undefined ? {} : { role: options.role }),
        ...(options.acknowledge === undefined ? {} : { acknowledge: options.acknowledge }),
      });
      out.result({ ...answer, step, evidence }, () => `${step} is ${done}`);
      return 0;
    },
  )
    .option('--role <role>', 'as whom (default: the role you hold that is asked for)')
    .option('--evidence <hash>', 'the evidence you have looked at (default: what is shown now)')
    .option('--acknowledge <line...>', 'each line that is waived or amber, which you have seen')
    .option('--yes', 'do not ask')
    .option('--reason <text>', 'why');
}

/** What is being decided: the criteria of a gate, or what a mapping would do. */
function decisionText(step: StepDetail, evidence: EvidenceView | undefined, out: Output): string {
  const content = evidence?.content as Content | null | undefined;
  const lines = [out.colours.bold(`${step.key}  ${step.title}`), `waits ${askedOf(step)}`];
  if (content?.criteria !== undefined) {
    const verdicts = { met: out.colours.green, unmet: out.colours.red, waived: out.colours.yellow };
    lines.push(
      out.table(
        ['CRITERION', 'VALUE', 'THRESHOLD', 'VERDICT'],
        content.criteria.map(({ title, value, threshold, verdict }) => [
          title,
          shown(value),
          shown(threshold),
          verdicts[verdict](verdict),
        ]),
      ),
    );
  } else if (content?.simulated?.datasets !== undefined) {
    lines.push(
      out.table(
        ['DATASET', 'READ', 'WOULD LOAD', 'WOULD QUARANTINE', 'EXCLUDED'],
        Object.entries(content.simulated.datasets).map(([id, rows]) => [
          id,
          ...[rows.read, rows.loaded, rows.quarantined, rows.excluded].map((each) => count(each)),
        ]),
      ),
    );
    if (content.codes != null) lines.push(codesText(content.codes, out));
    if (content.changes != null) lines.push(changesText(content.changes));
  }
  if (evidence !== undefined) {
    lines.push(`evidence ${evidence.hash}`);
    const place = evidence.onboarding.slice('onboarding/'.length);
    lines.push(`all of it: ${out.hint(`evidence show ${place} ${evidence.hash}`)}`);
  }
  return lines.join('\n');
}

/** What is known of the documents that are decided on. */
interface Content {
  readonly criteria?: readonly Criterion[];
  readonly simulated?: {
    readonly datasets?: Readonly<
      Record<string, { read: number; loaded: number; quarantined: number; excluded: number }>
    >;
  };
  readonly codes?: CodeListFindings | null;
  readonly changes?: MappingChanges | null;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // The beginning of a hash is enough to compare it.
  return text.replaceAll(/[0-9a-f]{64}/g, (hash) => hash.slice(0, 12));
}
