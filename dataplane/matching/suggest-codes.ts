import type { Expression } from '../../domain/mapping/expression.ts';
import { columnsUsed } from '../../domain/mapping/columns-used.ts';
import { type Code, type CodeSuggestion, matchCodes } from '../../domain/matching/match-codes.ts';
import type { ColumnSuggestions, Suggestions } from '../../domain/matching/suggestions.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { withConnection } from '../connections.ts';
import { placeOf } from '../relation.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';
import type { PlatformTable } from './platform-schema.ts';
import { readCodes, type SourcePlace } from './source-table.ts';
import { readTargetCodes } from './target-codes.ts';

/** A column with more different values is no code list. */
const MOST_CODES = 200;

type CodeList = Suggestions['codes'][number];

/**
 * Suggests for every dataset the target codes of the source codes, value by value, where the platform takes only certain codes.
 * Columns with personal data, and those that were not profiled, are left out: their values are nobody's codes.
 */
export async function suggestCodes(
  scene: {
    manifest: Manifest;
    urls: DataPlaneUrls;
    platform: readonly PlatformTable[];
    columns: readonly ColumnSuggestions[];
    places: readonly SourcePlace[];
  },
  work: Work,
): Promise<CodeList[]> {
  const { manifest, urls, platform, columns, places } = scene;
  const lists: CodeList[] = [];
  await withConnection(urls.target, 'target', work.signal, async (client) => {
    for (const suggestion of columns) {
      const dataset = manifest.datasets.find(({ id }) => id === suggestion.dataset);
      const table = platform.find(({ match }) => match.name === suggestion.table)?.table;
      if (dataset === undefined || table === undefined) continue;
      const column = sourceColumnOf(suggestion);
      const place = places.find(
        ({ source, from }) => source === dataset.source && from === dataset.from,
      );
      if (column === undefined || place === undefined || isPersonal(place, column)) continue;
      const target = await readTargetCodes(client, table, suggestion.column);
      if (target === undefined) continue;
      const relation = placeOf(manifest, { ...place, key: dataset.key }, urls);
      const source = await readCodes(relation, column, MOST_CODES, work);
      if (source === undefined) continue;
      const expression = dataset.fields[suggestion.column];
      const list = expression === undefined ? undefined : listOf(expression);
      const values = list === undefined ? undefined : manifest.codeLists[list]?.values;
      lists.push({
        dataset: dataset.id,
        table: suggestion.table,
        column: suggestion.column,
        source: place.source,
        from: place.from,
        sourceColumn: column,
        list: list ?? null,
        codes: matchCodes(source, target).map((code) => judged(code, values, target)),
      });
    }
  });
  return lists;
}

/** The column the manifest maps, where it is one; the suggested one where it maps none. */
function sourceColumnOf({ mapped, state, candidates }: ColumnSuggestions): string | undefined {
  if (mapped !== null) return mapped.length === 1 ? mapped[0] : undefined;
  return state === 'suggested' ? candidates[0]?.column : undefined;
}

/** What was not profiled may be personal. */
function isPersonal({ profile }: SourcePlace, column: string): boolean {
  const found = profile?.columns.find(({ name }) => name === column);
  return found === undefined || found.personal !== undefined;
}

/** The code list an expression looks values up in; undefined when there is none, or more than one. */
function listOf(expression: Expression): string | undefined {
  const lists = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      const list: unknown =
        name === 'lookup' ? (member as { list?: unknown } | undefined)?.list : undefined;
      if (typeof list === 'string') lists.add(list);
      visit(member);
    }
  };
  visit(expression);
  return lists.size === 1 && columnsUsed(expression).length === 1 ? [...lists][0] : undefined;
}

function judged(
  { code, rows, match, candidates }: CodeSuggestion,
  values: Readonly<Record<string, string>> | undefined,
  target: readonly Code[],
): CodeList['codes'][number] {
  // Without a code list a value stands for itself.
  const own = values === undefined ? target.find((each) => each.code === code)?.code : values[code];
  const mapped = own ?? null;
  const scoreOf = (wanted: string): number =>
    candidates.find((each) => each.code === wanted)?.score ?? 0;
  let state: CodeList['codes'][number]['state'] = match === undefined ? 'no-match' : 'suggested';
  if (mapped !== null) {
    const far = match !== undefined && scoreOf(match) - scoreOf(mapped) >= 0.25;
    state = mapped === match ? 'confirmed' : far ? 'contradicted' : 'mapped';
  }
  return { code, rows, mapped, match: match ?? null, state, candidates: [...candidates] };
}
