import type { Relation } from '../relation.ts';

/**
 * The relation with keys that may be shown: where a key column holds personal data (a table keyed by National Insurance
 * number), the key is shown as the beginning of its SHA-256. Findings and evidence leave the data plane, persons do not.
 */
export function withShownKeys(
  relation: Relation,
  columns: readonly { readonly name: string; readonly personal?: unknown }[],
): Relation {
  const isPersonal = columns.some(
    ({ name, personal }) => personal !== undefined && relation.keyColumns.includes(name),
  );
  if (relation.staged || !isPersonal) return relation;
  const digest = (key: string): string =>
    `('#' || left(encode(sha256(convert_to(${key}, 'UTF8')), 'hex'), 12))`;
  return { ...relation, keyText: (alias) => digest(relation.keyText(alias)) };
}
