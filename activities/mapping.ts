import { measureCoverage } from '../dataplane/coverage.ts';
import { checkMapping } from '../dataplane/mapping/check.ts';
import { useOfCodeLists } from '../dataplane/mapping/code-list-use.ts';
import {
  type CompiledMapping,
  compileMapping,
  invalidMapping,
} from '../dataplane/mapping/compile-mapping.ts';
import { mappedSql } from '../dataplane/mapping/source-rows.ts';
import { mappingChanges } from '../dataplane/mapping/mapping-changes.ts';
import { proveSurrogates } from '../dataplane/mapping/surrogate-clashes.ts';
import type { DataPlaneUrls } from '../dataplane/urls.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { type Dataset, manifestSchema } from '../domain/manifest.ts';
import { describeExpression } from '../domain/mapping/describe.ts';
import { historyWords, joinWords } from '../domain/mapping/diff.ts';
import { earlierMapping } from '../store/earlier-mappings.ts';
import { findManifest } from '../store/manifests.ts';
import type { StepBody, StepContext } from './step-activity.ts';

/** Checks types, columns, code lists and keys of every mapping; all problems at once. */
export const checkTheMapping: StepBody = async ({ manifest, urls, work }) => {
  const check = await checkMapping({ manifest, urls: await urls() }, work);
  if (check.problems.length > 0) throw invalidMapping(check.problems);
  const mapping = await compileMapping({ manifest, urls: await urls() }, work);
  await proveSurrogates({ manifest, mapping }, work);
  const codes = await useOfCodeLists({ manifest, mapping }, work);
  const strict = codes.uses.filter(({ hasOtherwise }) => !hasOtherwise);
  return {
    output: {
      problems: 0,
      datasets: check.datasets.length,
      unmappedValues: strict.reduce((sum, { values }) => sum + values, 0),
      unmappedRows: strict.reduce((sum, { rows }) => sum + rows, 0),
      unusedCodes: Object.values(codes.unused).reduce((sum, list) => sum + list.length, 0),
    },
    evidence: [
      { kind: 'mapping-check', content: check as unknown as Json },
      { kind: 'code-lists', content: codes as unknown as Json },
    ],
  };
};

/** Measures how much of source and target the mapping accounts for, as shares from 0 to 1. */
export const measureTheCoverage: StepBody = async ({ manifest, urls, work }) => {
  const coverage = await measureCoverage({ manifest, urls: await urls() }, work);
  return {
    output: {
      target: coverage.target.share,
      source: coverage.source.share,
      missingTarget: coverage.target.missing.length,
      missingSource: coverage.source.missing.length,
    },
    evidence: [{ kind: 'coverage', content: coverage as unknown as Json }],
  };
};

/**
 * Compiles the mapping to SQL. Its hash is what the gate freezes; the order is that of the platform's foreign keys. Where the
 * onboarding had another mapping before, says what has changed, in words and in rows.
 */
export const compileTheMapping: StepBody = async (context) => {
  const { run, manifest, work } = context;
  const urls = await context.urls();
  const mapping = await compileMapping({ manifest, urls }, work);
  const { datasets, order, hash, fingerprints } = mapping;
  const compiled = datasets.map((dataset) => ({
    dataset: dataset.id,
    hash: dataset.hash,
    sql: mappedSql(dataset),
  }));
  const changes = await changesSince(context, mapping, urls);
  return {
    output: {
      hash,
      manifest: run.manifest,
      order: order as unknown as Json,
      datasets: datasets.length,
      ...changes?.output,
    },
    evidence: [
      {
        kind: 'compiled-mapping',
        content: { hash, compiled, order, fingerprints } as unknown as Json,
      },
      ...(changes === undefined ? [] : [changes.evidence]),
    ],
  };
};

async function changesSince(
  { run, manifest, database, work }: StepContext,
  mapping: CompiledMapping,
  urls: DataPlaneUrls,
): Promise<{ output: JsonObject; evidence: { kind: string; content: Json } } | undefined> {
  const since = await earlierMapping(database, run.onboarding, run.manifest);
  const earlier = since === undefined ? undefined : await findManifest(database, since.manifest);
  if (since === undefined || earlier === undefined) return undefined;
  const before = manifestSchema.safeParse(earlier.manifest).data ?? earlier.manifest;
  const changes = await mappingChanges({ before, after: manifest, mapping, urls }, work);
  const counts = changes.datasets.map(({ rows }) => rows);
  const sum = (member: 'changed' | 'more' | 'fewer'): number | null =>
    counts.includes(null) ? null : counts.reduce((total, rows) => total + (rows?.[member] ?? 0), 0);
  return {
    output: {
      comparedWith: since.hash,
      changedFields: changes.datasets.reduce((total, { fields }) => total + fields.length, 0),
      changedRows: sum('changed'),
      moreRows: sum('more'),
      fewerRows: sum('fewer'),
    },
    evidence: { kind: 'mapping-changes', content: { since, ...changes } as unknown as Json },
  };
}

/** Shows the data owner what the mapping does, and asks to have exactly this mapping confirmed. */
export const askForConfirmation: StepBody = async ({ manifest, outputs, evidence }) => {
  const all = await outputs();
  const hash = all.get('mapping/compile')?.['hash'] ?? null;
  const content = {
    hash,
    datasets: manifest.datasets.map(
      ({ id, target, source, from, fields, drop, exclude, joins, parts, history }) => ({
        id,
        target,
        source,
        from,
        fields,
        drop,
        exclude,
        ...(joins === undefined ? {} : { joins }),
        ...(parts === undefined ? {} : { parts }),
        ...(history === undefined ? {} : { history }),
        words: wordsOf({ fields, joins, history }),
      }),
    ),
    codeLists: manifest.codeLists,
    coverage: all.get('mapping/coverage') ?? null,
    simulated: all.get('mapping/simulate') ?? null,
    codes: (await evidence('mapping/check', 'code-lists')) ?? null,
    changes: (await evidence('mapping/compile', 'mapping-changes')) ?? null,
  };
  return {
    output: { hash, red: hash === null ? ['mapping-not-compiled'] : [] },
    evidence: [{ kind: 'mapping-to-confirm', content: content as unknown as Json }],
    waits: true,
  };
};

/** What the mapping says, in words, for the person who confirms it. */
function wordsOf({
  fields,
  joins = {},
  history,
}: Pick<Dataset, 'fields' | 'joins' | 'history'>): JsonObject {
  const inWords = <T>(members: Readonly<Record<string, T>>, say: (member: T) => string) =>
    Object.fromEntries(Object.entries(members).map(([name, member]) => [name, say(member)]));
  return {
    fields: inWords(fields, describeExpression),
    joins: inWords(joins, joinWords),
    history: history === undefined ? null : historyWords(history),
  };
}
