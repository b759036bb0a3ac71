import { profileTable } from '../dataplane/profile.ts';
import { placeOf } from '../dataplane/relation.ts';
import { countBySeverity } from '../domain/findings.ts';
import type { Json } from '../domain/json.ts';
import { profileDrift } from '../domain/profile-drift.ts';
import type { TableProfile } from '../domain/profile.ts';
import { latestProfile } from '../store/profiles.ts';
import { declaredKey } from './declared-key.ts';
import type { StepBody } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/**
 * Profiles every column of every table of a source that the manifest reads. Where an earlier run has left a profile (the
 * step was rewound, new files came), the evidence also says what changed since.
 */
export const profileSource: StepBody = async ({ item, manifest, urls, work, database, run }) => {
  const places = await urls();
  const profiles: TableProfile[] = [];
  for (const from of tablesOfSource(manifest, item)) {
    const relation = placeOf(
      manifest,
      { source: item, from, key: declaredKey(manifest, item, from) },
      places,
    );
    profiles.push(await profileTable(relation, work));
  }
  const content = profiles as unknown as Json;
  const before = await latestProfile(database, run.onboarding, item);
  const drift =
    before === undefined
      ? undefined
      : profileDrift(before.content as unknown as TableProfile[], profiles);
  const { blocker, major, minor } = countBySeverity(drift ?? []);
  return {
    output: {
      tables: profiles.length,
      columns: profiles.reduce((sum, profile) => sum + profile.columns.length, 0),
      rows: profiles.reduce((sum, profile) => sum + profile.rows, 0),
      ...(drift === undefined ? {} : { drift: { blockers: blocker, major, minor } }),
    },
    evidence: [
      { kind: 'profile', content },
      ...(drift === undefined
        ? []
        : [
            {
              kind: 'profile-drift',
              content: { since: before?.hash ?? null, drift } as unknown as Json,
            },
          ]),
    ],
  };
};
