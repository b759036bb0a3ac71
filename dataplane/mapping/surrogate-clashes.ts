import { SlipwayError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { Expression, OperatorExpression } from '../../domain/mapping/expression.ts';
import { conditionsOf, comparedIn, operandsOf, partsOf } from '../../domain/mapping/operands.ts';
import { withConnection } from '../connections.ts';
import { longQuery } from '../long-query.ts';
import type { Work } from '../work.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import { type CompiledDataset, contextOf } from './compiled-dataset.ts';
import { harmless } from './rows/row-shape.ts';
import { identitySql, surrogateSql } from './surrogate.ts';

type Surrogate = Exclude<OperatorExpression['surrogate'], undefined>;

/** SELECT of `identity` and `key` of all rows of one place that makes surrogate keys. */
type Pairs = string;

/**
 * Proves that no two different things of a space have one surrogate key, over all rows of every source. Of a hash that is only
 * very likely; what refers to one of two such rows would be given to the other.
 * @throws SlipwayError `mapping/invalid` naming the space; or a source cannot be reached
 */
export async function proveSurrogates(
  { manifest, mapping }: { manifest: Manifest; mapping: CompiledMapping },
  work: Work,
): Promise<void> {
  const spaces = new Map<string, { at: CompiledDataset; space: string; pairs: Pairs[] }>();
  for (const compiled of mapping.datasets) {
    const dataset = manifest.datasets.find(({ id }) => id === compiled.id);
    const all = Object.values(dataset?.fields ?? {}).flatMap((field) => surrogatesIn(field));
    for (const surrogate of all) {
      const { space, as = 'number' } = surrogate;
      const place = `${compiled.relation.url}\n${space}\n${as}`;
      const known = spaces.get(place) ?? { at: compiled, space, pairs: [] };
      known.pairs.push(pairsSql(manifest, compiled, surrogate));
      spaces.set(place, known);
    }
  }
  for (const { at, space, pairs } of spaces.values()) {
    const { url, side } = at.relation;
    const clashes = await withConnection(url, side, work.signal, async (client) => {
      const step = { done: 0, unit: 'rows' } as const;
      const { rows } = await longQuery(client, at.relation, work, step, () =>
        client.query<{ clashes: string }>(clashesSql(pairs)),
      );
      return Number(rows[0]?.clashes);
    });
    if (clashes > 0) {
      throw new SlipwayError(
        'mapping/invalid',
        `${clashes} surrogate keys of space ${space} stand for different things: use "as: uuid", or another space`,
      );
    }
  }
}

/** SELECT of how many keys stand for several identities. */
export function clashesSql(pairs: readonly Pairs[]): string {
  const distinct = `select identity, key from (${pairs.join(' union all ')}) p where key is not null group by identity, key`;
  return `select count(*) as clashes from (select from (${distinct}) d group by key having count(*) > 1) c`;
}

function pairsSql(
  manifest: Manifest,
  dataset: CompiledDataset,
  { of, space, as = 'number' }: Surrogate,
): Pairs {
  const context = contextOf(manifest, dataset);
  const { department, relation } = dataset;
  const parts = of.map((part) => harmless(compileExpression({ text: { of: part } }, context)));
  const names = [department, space];
  const columns = parts.map((_, index) => `p${index}`);
  const inner = parts.map((part, index) => `${part} as p${index}`).join(', ');
  return `select ${identitySql(names, columns)} as identity, (${surrogateSql(names, columns, as)})::text as key
    from (select ${inner} from ${relation.sql} s offset 0) s`;
}

function surrogatesIn(expression: Expression): Surrogate[] {
  if (typeof expression === 'string') return [];
  const conditions = conditionsOf(expression).flatMap(function all(condition): Expression[] {
    return [...comparedIn(condition), ...partsOf(condition).flatMap(all)];
  });
  const below = [...operandsOf(expression), ...conditions].flatMap((part) => surrogatesIn(part));
  return expression.surrogate === undefined ? below : [expression.surrogate, ...below];
}
