import type { Finding } from '../domain/controls/c12-assurance.ts';
import type { GateStatement } from '../domain/gates/criterion.ts';
import { gateStatement } from '../domain/gates/statement.ts';
import type { Manifest } from '../domain/manifest.ts';
import { readinessLines } from '../domain/readiness/statement.ts';
import type { Assessment, ReadinessLine, StepProof } from '../domain/readiness/statement.ts';
import type { ReadinessEventBody, SlipwayEvent } from '../domain/events.ts';
import { isSettled } from '../domain/step-view.ts';
import type { Queryable } from './database.ts';
import { contentHash } from './hashing.ts';
import { findOnboarding } from './read-model.ts';
import { evidenceOf, settledOutputs } from './step-outputs.ts';

const GATES_BEFORE = ['discovery/gate', 'mapping/gate', 'migration/gate', 'parallel-run/gate'];

/** A step that was skipped or waived, with who and why. */
export interface ReadinessException {
  readonly step: string;
  readonly status: string;
  readonly by: string | null;
  readonly reason: string | null;
}

/**
 * The readiness statement of an onboarding, measured from its record (control C5).
 * @param now ISO time: the later of clock and record
 */
export async function readinessOf(
  database: Queryable,
  onboarding: string,
  manifest: Manifest,
  now: string,
): Promise<{ lines: ReadinessLine[]; exceptions: ReadinessException[] }> {
  const outputs = await settledOutputs(database, onboarding);
  const detail = await findOnboarding(database, onboarding);
  const steps = detail?.steps ?? [];
  const openChanges = detail?.view.proposal === undefined ? 0 : 1;
  const gates = [];
  for (const gate of GATES_BEFORE) {
    const decided = (await evidenceOf(database, onboarding, gate, 'gate-statement')) as unknown as
      | GateStatement
      | undefined;
    // A waiver counts where it stands in the statement that its gate was decided on, for as long as it holds.
    const waivers = (decided?.criteria ?? []).flatMap(({ waiver }) =>
      waiver === undefined || !(Date.parse(waiver.expires) > Date.parse(now)) ? [] : [waiver],
    );
    const { criteria } = gateStatement(gate, { manifest, outputs, now }, waivers);
    gates.push({ gate, criteria });
  }
  const proofs = new Map(
    steps
      .filter((step) => isSettled(step.status) && step.endedAt !== undefined)
      .map((step): [string, StepProof] => {
        const hash = step.evidence[0]?.hash ?? contentHash(step.output ?? {});
        return [step.key, { step: step.key, hash, at: step.endedAt ?? '' }];
      }),
  );
  const said = await readinessEvents(database, onboarding);
  const facts = { manifest, outputs, now, gates, proofs, openChanges, ...said };
  const exceptions = steps
    .filter(({ status }) => status === 'skipped' || status === 'waived')
    .map(({ key, status, by, reason }) => ({
      step: key,
      status,
      by: by ?? null,
      reason: reason ?? null,
    }));
  return { lines: readinessLines(facts), exceptions };
}

/** What people have said towards readiness, in the order they said it. */
async function readinessEvents(
  database: Queryable,
  onboarding: string,
): Promise<{ assessments: Assessment[]; findings: Finding[] }> {
  const { rows } = await database.query<{ body: SlipwayEvent & ReadinessEventBody }>(
    `select body from event
     where onboarding = $1
       and type in ('criterion.assessed', 'finding.recorded', 'finding.closed', 'finding.accepted')
     order by version, part`,
    [onboarding],
  );
  const assessments: Assessment[] = [];
  const findings = new Map<string, Finding>();
  for (const { body } of rows) {
    const { by, reason, at } = body;
    if (body.type === 'criterion.assessed') {
      const { criterion, health, due, evidence } = body;
      assessments.push({
        criterion,
        health,
        by,
        reason,
        at,
        ...(due === undefined ? {} : { due }),
        ...(evidence === undefined ? {} : { evidence }),
      });
      continue;
    }
    const { finding: id, type } = body;
    const known = findings.get(id);
    if (type === 'finding.recorded') findings.set(id, { id, status: 'open', by, reason, at });
    else if (known !== undefined) {
      const status = type === 'finding.closed' ? 'closed' : 'accepted';
      findings.set(id, { ...known, status, settled: { by, at, reason } });
    }
  }
  return { assessments, findings: [...findings.values()] };
}
