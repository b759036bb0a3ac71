import { profileTable } from '../dataplane/profile.ts';
import { placeOf } from '../dataplane/relation.ts';
import type { Json } from '../domain/json.ts';
import type { TableProfile } from '../domain/profile.ts';
import { declaredKey } from './declared-key.ts';
import type { StepBody } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/** Profiles every column of every table of a source that the manifest reads. */
export const profileSource: StepBody = async ({ item, manifest, urls, work }) => {
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
  return {
    output: {
      tables: profiles.length,
      columns: profiles.reduce((sum, profile) => sum + profile.columns.length, 0),
      rows: profiles.reduce((sum, profile) => sum + profile.rows, 0),
    },
    evidence: [{ kind: 'profile', content: profiles as unknown as Json }],
  };
};
