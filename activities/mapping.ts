import { measureCoverage } from '../dataplane/coverage.ts';
import { checkMapping } from '../dataplane/mapping/check.ts';
import { useOfCodeLists } from '../dataplane/mapping/code-list-use.ts';
import { compileMapping, invalidMapping } from '../dataplane/mapping/compile-mapping.ts';
import { mappedSql } from '../dataplane/mapping/source-rows.ts';
import type { Json } from '../domain/json.ts';
import type { StepBody } from './step-activity.ts';

/** Checks types, columns, code lists and keys of every mapping; all problems at once. */
export const checkTheMapping: StepBody = async ({ manifest, urls, work }) => {
  const check = await checkMapping({ manifest, urls: await urls() }, work);
  if (check.problems.length > 0) throw invalidMapping(check.problems);
  const mapping = await compileMapping({ manifest, urls: await urls() }, work);
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

/** Compiles the mapping to SQL. Its hash is what the gate freezes; the order is that of the platform's foreign keys. */
export const compileTheMapping: StepBody = async ({ manifest, urls, work }) => {
  const { datasets, order, hash, fingerprints } = await compileMapping(
    { manifest, urls: await urls() },
    work,
  );
  const compiled = datasets.map((dataset) => ({
    dataset: dataset.id,
    hash: dataset.hash,
    sql: mappedSql(dataset),
  }));
  return {
    output: { hash, order: order as unknown as Json, datasets: datasets.length },
    evidence: [
      {
        kind: 'compiled-mapping',
        content: { hash, compiled, order, fingerprints } as unknown as Json,
      },
    ],
  };
};

/** Shows the data owner what the mapping does, and asks to have exactly this mapping confirmed. */
export const askForConfirmation: StepBody = async ({ manifest, outputs }) => {
  const all = await outputs();
  const hash = all.get('mapping/compile')?.['hash'] ?? null;
  const content = {
    hash,
    datasets: manifest.datasets.map(({ id, target, source, from, fields, drop, exclude }) => ({
      id,
      target,
      source,
      from,
      fields,
      drop,
      exclude,
    })),
    codeLists: manifest.codeLists,
    coverage: all.get('mapping/coverage') ?? null,
    simulated: all.get('mapping/simulate') ?? null,
  };
  return {
    output: { hash, red: hash === null ? ['mapping-not-compiled'] : [] },
    evidence: [{ kind: 'mapping-to-confirm', content: content as unknown as Json }],
    waits: true,
  };
};
