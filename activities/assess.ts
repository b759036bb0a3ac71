import type { Intake } from '../dataplane/intake/stage.ts';
import type { KeysAndReferences } from '../dataplane/keys.ts';
import { assessQuality } from '../domain/assess-quality.ts';
import type { Finding } from '../domain/findings.ts';
import { countBySeverity } from '../domain/findings.ts';
import type { Json } from '../domain/json.ts';
import type { Dependency, KeyCheck, Reference, TableProfile } from '../domain/profile.ts';
import type { StepBody } from './step-activity.ts';

/** Turns what discovery found into findings by severity, each with its count and the keys of its rows. */
export const assessTheQuality: StepBody = async ({ manifest, evidence }) => {
  const found = {
    profiles: [] as TableProfile[],
    keys: [] as KeyCheck[],
    references: [] as Reference[],
    dependencies: [] as Dependency[],
    intake: [] as Finding[],
    staged: [] as string[],
  };
  for (const source of Object.keys(manifest.sources)) {
    const intakes = (await evidence(`discovery/intake/${source}`, 'intake')) as unknown as
      | Readonly<Record<string, Pick<Intake, 'table' | 'findings'>>>
      | undefined;
    const profiles = (await evidence(`discovery/profile/${source}`, 'profile')) as unknown as
      | readonly TableProfile[]
      | undefined;
    const keys = (await evidence(`discovery/keys/${source}`, 'keys')) as unknown as
      | KeysAndReferences
      | undefined;
    found.profiles.push(...(profiles ?? []));
    found.keys.push(...(keys?.keys ?? []));
    found.references.push(...(keys?.references ?? []));
    found.dependencies.push(...(keys?.dependencies ?? []));
    for (const intake of Object.values(intakes ?? {})) {
      found.intake.push(...intake.findings);
      found.staged.push(intake.table);
    }
  }
  const findings = assessQuality(found);
  const { blocker, major, minor } = countBySeverity(findings);
  return {
    output: { blockers: blocker, major, minor },
    evidence: [{ kind: 'findings', content: findings as unknown as Json }],
  };
};
