import type { FastifyInstance } from 'fastify';
import type { Place } from '../../access.ts';
import { readSuggestions, type SuggestionsView } from '../../suggestions.ts';
import { evidenceAddress, stepAddress } from '../addresses.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { reasonText, SUGGESTION_TAGS, suggestionHeadline } from '../words/suggestion-words.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf } from './places.ts';

type Column = SuggestionsView['columns'][number];

/** What is suggested for the mapping, source and platform side by side, with the reasons. */
export function suggestionRoutes(app: FastifyInstance, site: Site): void {
  app.get<{ Params: Place }>(`${DEPARTMENT_ROUTE}/suggestions`, async (request, reply) => {
    const place = placeOf(request);
    const identity = personOf(request);
    const view = await readSuggestions(site.reads, identity, place);
    const { name } = await site.reads.onboarding(identity, place);
    return sendPage(site, request, reply, 'suggestions.njk', {
      title: `Mapping suggestions – ${name}`,
      crumbs: breadcrumbs(place, name, 'Mapping suggestions'),
      name,
      headline: suggestionHeadline(view),
      current: view.current,
      step: stepAddress(place, 'mapping/suggest'),
      file: `${evidenceAddress(place, view.hash)}?as=file`,
      threshold: view.threshold,
      ...sectionsOf(view),
    });
  });
}

/** The parts of the page: datasets, code lists, source columns that go nowhere, tables that nothing fills. */
function sectionsOf(view: SuggestionsView) {
  const datasets = [...new Set(view.columns.flatMap(({ dataset }) => dataset ?? []))];
  return {
    datasets: datasets.map((id) => {
      const columns = view.columns.filter(({ dataset }) => dataset === id);
      const rows = columns.map(columnRow);
      return {
        id,
        anchor: `dataset-${id}`,
        table: columns[0]?.table,
        rows,
        look: columns.filter(({ state }) => state === 'contradicted').length,
        free: columns.filter(({ state }) => state === 'suggested').length,
      };
    }),
    codes: view.codes.map(({ codes, ...list }, index) => ({
      ...list,
      anchor: `codes-${index + 1}`,
      rows: codes.map(({ code, rows, mapped, match, state, candidates }) => ({
        code,
        rows,
        mapped: mapped !== null && mapped !== match ? mapped : undefined,
        match: match ?? undefined,
        score: candidates.find((each) => each.code === match)?.score,
        why: candidates.find((each) => each.code === match)?.words,
        near: match === null ? candidates.map((each) => each.code).join(', ') : '',
        tag: SUGGESTION_TAGS[state],
        red: state === 'contradicted',
      })),
    })),
    unused: view.unused.map(({ candidates: [best], state, ...each }) => ({
      ...each,
      match:
        state === 'suggested' && best !== undefined ? `${best.table}.${best.column}` : undefined,
      score: best?.score,
      why: best === undefined ? '' : reasonText(best.why),
    })),
    tables: view.tables
      .filter(({ state }) => state !== 'mapped')
      .map(({ table, state, candidates: [best] }) => ({
        table,
        match: state === 'suggested' && best !== undefined ? best : undefined,
        why: best === undefined ? '' : reasonText(best.why),
        columns:
          state === 'suggested'
            ? view.columns
                .filter((each) => each.table === table && each.dataset === null)
                .map(columnRow)
            : [],
      })),
  };
}

function columnRow({ column, type, mandatory, mapped, state, candidates }: Column) {
  const [best, ...others] = candidates;
  const shown = state === 'no-match' ? undefined : best;
  return {
    column,
    type,
    mandatory,
    mapped: mapped === null ? undefined : mapped.length === 0 ? 'a constant' : mapped.join(', '),
    tag: SUGGESTION_TAGS[state],
    red: state === 'contradicted',
    match:
      shown === undefined
        ? undefined
        : { name: shown.column, from: shown.from, score: shown.score },
    why: shown === undefined ? '' : reasonText(shown.why),
    weak: shown === undefined ? best : undefined,
    others: others.map((each) => ({
      name: each.column,
      score: each.score,
      why: reasonText(each.why, 2),
    })),
  };
}
