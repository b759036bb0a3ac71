import type { SuggestionState } from '../../../domain/matching/suggestions.ts';
import type { SuggestionsView } from '../../suggestions.ts';
import type { StatusTag } from './status-tags.ts';

/** How a suggestion stands to the manifest, as a tag. */
export const SUGGESTION_TAGS: Readonly<Record<SuggestionState, StatusTag>> = {
  confirmed: { text: 'Mapped as suggested', classes: 'govuk-tag--green' },
  contradicted: { text: 'Worth a look', classes: 'govuk-tag--orange' },
  mapped: { text: 'Mapped', classes: 'govuk-tag--grey' },
  suggested: { text: 'Not mapped', classes: '' },
  'no-match': { text: 'No match', classes: 'govuk-tag--grey' },
};

type Reason = SuggestionsView['columns'][number]['candidates'][number]['why'][number];

/** Reasons that matter, those that weigh most first: `Both say “name”; both hold text`. */
export function reasonText(why: readonly Reason[], most = 3): string {
  const text = why
    .filter(({ what, weight }) => Math.abs(weight) >= 0.02 || what === 'name')
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, most)
    .map(({ words, weight, what }) => (weight < 0 && what !== 'name' ? `but ${words}` : words))
    .join('; ');
  return text === '' ? 'nothing speaks for it' : text;
}

/** Everything in one sentence for the top of the page. */
export function suggestionHeadline(view: SuggestionsView): string {
  const all = [...view.columns, ...view.codes.flatMap(({ codes }) => codes)];
  const of = (state: SuggestionState): number => all.filter((each) => each.state === state).length;
  const look = of('contradicted');
  const free = of('suggested');
  if (look === 0 && free === 0) return 'Nothing is suggested beyond what the manifest has.';
  const parts = [
    look === 0
      ? ''
      : `${look} of the mapped columns and codes ${look === 1 ? 'is' : 'are'} worth a look`,
    free === 0
      ? ''
      : `${free} that ${free === 1 ? 'is' : 'are'} not mapped ${free === 1 ? 'has' : 'have'} a likely counterpart`,
  ].filter((part) => part !== '');
  return `${parts.join(', and ')}.`.replace(/^./, (letter) => letter.toUpperCase());
}
