import { findKeys } from '../dataplane/keys.ts';
import { placeOf } from '../dataplane/relation.ts';
import { SlipwayError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { TableProfile } from '../domain/profile.ts';
import { declaredKey } from './declared-key.ts';
import type { StepBody } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/** Finds the keys of a source's tables and what refers to what, declared or not. */
export const findKeysOfSource: StepBody = async ({ item, manifest, urls, work, evidence }) => {
  const profiles = (await evidence(`discovery/profile/${item}`, 'profile')) as
    | readonly TableProfile[]
    | undefined;
  if (profiles === undefined)
    throw new SlipwayError(
      'source/not-found',
      `source ${item} was not profiled: keys are found from profiles`,
    );
  const places = await urls();
  const tables = tablesOfSource(manifest, item).flatMap((from, index) => {
    const profile = profiles[index];
    const relation = placeOf(
      manifest,
      { source: item, from, key: declaredKey(manifest, item, from) },
      places,
    );
    return profile === undefined ? [] : [{ relation, profile }];
  });
  const found = await findKeys(tables, work);
  return {
    output: {
      keys: found.keys.length,
      references: found.references.length,
      dependencies: found.dependencies.length,
      broken: found.references.reduce((sum, each) => sum + each.unknownRows + each.selfRows, 0),
    },
    evidence: [{ kind: 'keys', content: found as unknown as Json }],
  };
};
