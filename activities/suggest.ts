import type { SourcePlace } from '../dataplane/matching/source-table.ts';
import { suggestMapping } from '../dataplane/matching/suggest-mapping.ts';
import { type SuggestionState, SUGGESTIONS_KIND } from '../domain/matching/suggestions.ts';
import type { TableProfile } from '../domain/profile.ts';
import type { StepBody } from './step-activity.ts';
import { tablesOfSource } from './tables-of-source.ts';

/** Suggests source to platform for tables, columns and code lists, and says where the manifest differs. Decides nothing. */
export const suggestTheMapping: StepBody = async ({ run, manifest, urls, work, evidence }) => {
  const places: SourcePlace[] = [];
  for (const source of Object.keys(manifest.sources)) {
    const profiles = (await evidence(`discovery/profile/${source}`, 'profile')) as
      | readonly TableProfile[]
      | undefined;
    for (const [index, from] of tablesOfSource(manifest, source).entries()) {
      places.push({ source, from, profile: profiles?.[index] });
    }
  }
  const found = await suggestMapping({ manifest, urls: await urls(), places }, work);
  const count = (state: SuggestionState): number =>
    [...found.columns, ...found.codes.flatMap(({ codes }) => codes)].filter(
      (each) => each.state === state,
    ).length;
  return {
    output: {
      confirmed: count('confirmed'),
      contradicted: count('contradicted'),
      suggested: count('suggested'),
      codesWithoutMatch: found.codes
        .flatMap(({ codes }) => codes)
        .filter(({ state }) => state === 'no-match').length,
    },
    evidence: [{ kind: SUGGESTIONS_KIND, content: { manifest: run.manifest, ...found } }],
  };
};
