import { Document, isScalar, type Pair, visit } from 'yaml';
import type { SuggestionsView } from '../suggestions.ts';

/**
 * The part of a manifest that the suggestions would add: datasets for tables of the platform that none fills, fields that are
 * not mapped yet, code lists for codes without a counterpart. To be read, corrected and pasted by a person.
 */
export function suggestedYaml(view: SuggestionsView, dataset?: string): string {
  const { codeLists, comments: codeComments } = suggestedCodeLists(view, dataset);
  const { datasets, comments } = suggestedDatasets(view, dataset);
  const content = {
    ...(Object.keys(codeLists).length === 0 ? {} : { codeLists }),
    ...(datasets.length === 0 ? {} : { datasets }),
  };
  if (Object.keys(content).length === 0)
    return '# Nothing is suggested beyond what the manifest has.\n';
  const document = new Document(content);
  document.commentBefore =
    ' Suggested. Nothing here is decided: read every line before you take it over.';
  visit(document, {
    Pair(_key, pair, path) {
      const names = [...path.flatMap((each) => nameOf(each)), ...nameOf(pair)];
      const comment = comments.get(names.join('/')) ?? codeComments.get(names.join('/'));
      if (comment !== undefined && isScalar(pair.value)) pair.value.comment = ` ${comment}`;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** The names a node stands under; a dataset in its list stands under its id. */
function nameOf(node: unknown): string[] {
  const { key, items } = node as { key?: unknown; items?: readonly unknown[] };
  if (isScalar(key)) return [String(key.value)];
  const id = items
    ?.map((item) => item as Pair)
    .find((item) => isScalar(item.key) && item.key.value === 'id');
  return id !== undefined && isScalar(id.value) ? [String(id.value.value)] : [];
}

type Fields = Record<string, string | { lookup: { of: string; list: string } }>;

function suggestedDatasets(
  view: SuggestionsView,
  only: string | undefined,
): {
  datasets: { id: string; target?: string; source?: string; from?: string; fields: Fields }[];
  comments: Map<string, string>;
} {
  const comments = new Map<string, string>();
  const datasets: {
    id: string;
    target?: string;
    source?: string;
    from?: string;
    fields: Fields;
  }[] = [];
  const fieldsOf = (id: string, columns: SuggestionsView['columns']): Fields => {
    const fields: Fields = {};
    for (const { column, state, candidates } of columns) {
      const [best] = candidates;
      if (state !== 'suggested' || best === undefined) continue;
      fields[column] = best.column;
      comments.set(`datasets/${id}/fields/${column}`, percent(best.score));
    }
    return fields;
  };
  const ids = [...new Set(view.columns.flatMap(({ dataset }) => dataset ?? []))];
  for (const id of ids) {
    if (only !== undefined && only !== id) continue;
    const fields = fieldsOf(
      id,
      view.columns.filter(({ dataset }) => dataset === id),
    );
    if (Object.keys(fields).length > 0) datasets.push({ id, fields });
  }
  for (const { table, state, candidates } of only === undefined ? view.tables : []) {
    const [best] = candidates;
    if (state !== 'suggested' || best === undefined) continue;
    const id = idOf(table, ids);
    const columns = view.columns
      .filter((each) => each.table === table && each.dataset === null)
      .map((each) => ({
        ...each,
        candidates: each.candidates.filter(
          ({ source, from }) => source === best.source && from === best.from,
        ),
      }));
    const fields = fieldsOf(id, columns);
    if (Object.keys(fields).length === 0) continue;
    comments.set(`datasets/${id}/from`, percent(best.score));
    datasets.push({ id, target: table, source: best.source, from: best.from, fields });
  }
  return { datasets, comments };
}

function suggestedCodeLists(
  view: SuggestionsView,
  only: string | undefined,
): {
  codeLists: Record<string, { values: Record<string, string> }>;
  comments: Map<string, string>;
} {
  const codeLists: Record<string, { values: Record<string, string> }> = {};
  const comments = new Map<string, string>();
  for (const { dataset, column, list, codes } of view.codes) {
    if (only !== undefined && only !== dataset) continue;
    const name = list ?? idOf(`${dataset}-${column}`, []);
    for (const { code, match, state, candidates } of codes) {
      if (state !== 'suggested' || match === null) continue;
      const values = (codeLists[name] ??= { values: {} }).values;
      values[code] = match;
      const score = candidates.find((each) => each.code === match)?.score ?? 0;
      comments.set(`codeLists/${name}/values/${code}`, percent(score));
    }
  }
  return { codeLists, comments };
}

/** An id that a manifest allows and none of these has. */
function idOf(name: string, taken: readonly string[]): string {
  const plain = name
    .slice(name.lastIndexOf('.') + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 36);
  return taken.includes(plain) ? `${plain}-2` : plain;
}

function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}
