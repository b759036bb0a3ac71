import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { SuggestionsView } from '../../suggestions.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { suggestedYaml } from '../suggested-yaml.ts';
import { addVerb } from '../verb.ts';
import { count } from '../words.ts';

type Column = SuggestionsView['columns'][number];

/** `suggest`. */
export function suggestVerb(program: Command): void {
  addVerb<{ yaml?: true; all?: true }>(
    program,
    'suggest <onboarding> [dataset]',
    'which source columns and codes may mean which of the platform, and why',
    async ({ out, api }, [given, dataset], { yaml, all }) => {
      const ref = await findRef(api(), given);
      const view = await api().get<SuggestionsView>(`${ref.path}/suggestions`);
      if (dataset !== undefined && !view.columns.some((each) => each.dataset === dataset)) {
        throw new SlipwayError('request/invalid', `${ref.name} has no dataset ${dataset}`);
      }
      if (!view.current)
        out.note('The manifest was amended since: rewind to mapping/suggest to compare it again.');
      const shown = dataset === undefined ? view : ofDataset(view, dataset);
      if (yaml === true) {
        const fragment = suggestedYaml(view, dataset);
        out.result({ onboarding: ref.name, yaml: fragment }, () => fragment.trimEnd());
        return;
      }
      out.result({ onboarding: ref.name, ...shown }, () =>
        text(shown, all === true || dataset !== undefined, out),
      );
    },
  )
    .option('--yaml', 'print what the suggestions would add to the manifest')
    .option('--all', 'also columns that are mapped as suggested, and tables nothing fits');
}

function ofDataset(view: SuggestionsView, dataset: string): SuggestionsView {
  const columns = view.columns.filter((each) => each.dataset === dataset);
  const tables = new Set(columns.map(({ table }) => table));
  return {
    ...view,
    columns,
    tables: view.tables.filter(({ table }) => tables.has(table)),
    unused: [],
    codes: view.codes.filter((each) => each.dataset === dataset),
  };
}

function text(view: SuggestionsView, all: boolean, out: Output): string {
  const worth = view.columns.filter(
    ({ dataset, state }) =>
      all ||
      state === 'contradicted' ||
      state === 'suggested' ||
      (dataset !== null && state === 'no-match'),
  );
  const parts = [columnsText(worth, out)];
  const free = view.unused.filter(({ state }) => all || state === 'suggested');
  if (free.length > 0) parts.push(unusedText(free, out));
  const codes = view.codes
    .map((list) => ({
      ...list,
      codes: list.codes.filter(
        ({ state }) =>
          all || state === 'suggested' || state === 'contradicted' || state === 'no-match',
      ),
    }))
    .filter(({ codes: left }) => left.length > 0);
  parts.push(...codes.map((list) => codesText(list, out)));
  const confirmed = view.columns.filter(({ state }) => state === 'confirmed').length;
  parts.push(`${count(confirmed)} of the mapped columns are as suggested.`);
  return parts.join('\n\n');
}

function columnsText(columns: readonly Column[], out: Output): string {
  if (columns.length === 0) return 'There is nothing to suggest.';
  return out.table(
    ['TARGET', 'SOURCE', 'SCORE', '', 'WHY'],
    columns.map((each) => {
      const best = each.state === 'no-match' ? undefined : each.candidates[0];
      return [
        `${each.table}.${each.column}`,
        best === undefined ? out.colours.dim('no match') : placeText(each, best),
        best === undefined ? '' : best.score.toFixed(2),
        stateText(each, out),
        best === undefined ? '' : whyText(best.why),
      ];
    }),
  );
}

function placeText({ dataset }: Column, { from, column }: Column['candidates'][number]): string {
  return dataset === null ? `${from}.${column}` : column;
}

function stateText({ state, mapped, mandatory }: Column, { colours }: Output): string {
  if (state === 'contradicted') return colours.yellow(`mapped from ${(mapped ?? []).join(', ')}`);
  if (state === 'no-match') return mandatory ? colours.yellow('mandatory') : '';
  return state === 'suggested' ? '' : colours.dim(state);
}

/** The two reasons that weigh most. */
function whyText(why: readonly { words: string; weight: number }[]): string {
  return why
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 2)
    .map(({ words }) => words)
    .join('; ');
}

function unusedText(unused: SuggestionsView['unused'], out: Output): string {
  return out.table(
    ['SOURCE THAT GOES NOWHERE', 'MAY BE', 'SCORE', 'DROPPED BECAUSE'],
    unused.map(({ from, column, dropped, state, candidates: [best] }) => {
      const match = state === 'suggested' ? best : undefined;
      return [
        `${from}.${column}`,
        match === undefined ? out.colours.dim('no match') : `${match.table}.${match.column}`,
        match === undefined ? '' : match.score.toFixed(2),
        dropped ?? '',
      ];
    }),
  );
}

function codesText(
  { table, column, codes }: SuggestionsView['codes'][number],
  out: Output,
): string {
  const rows = codes.map(({ code, rows: n, mapped, match, state, candidates }) => {
    const score = candidates.find((each) => each.code === match)?.score;
    return [
      code,
      count(n),
      match ?? out.colours.dim('no match'),
      score === undefined ? '' : score.toFixed(2),
      mapped === null || state === 'confirmed' ? '' : `mapped to ${mapped}`,
    ];
  });
  return out.table(
    [`CODE FOR ${table}.${column}`.toUpperCase(), 'ROWS', 'MEANS', 'SCORE', ''],
    rows,
  );
}
