import { ERRORS } from '../errors.ts';
import { CONTROLS } from './catalogue.ts';
import type { Control } from './control.ts';

/** The text of `docs/controls.md`. */
export function controlsDocument(): string {
  const rows = CONTROLS.map(
    ({ id, title, usedBy }) => `| [${id}](#${anchorOf(id, title)}) | ${title} | ${list(usedBy)} |`,
  );
  return `${[
    '# The controls',
    'What failed programmes teach, as rules that the engine enforces. Written by `node scripts/generate.mjs` from `domain/controls/`.',
    ['| control | rule | asked by |', '| --- | --- | --- |', ...rows].join('\n'),
    ...CONTROLS.map(chapter),
  ].join('\n\n')}\n`;
}

function chapter({
  id,
  title,
  wentWrong,
  rule,
  refuses,
  codes,
  usedBy,
  evidence,
}: Control): string {
  return [
    `## ${id}: ${title}`,
    `**What went wrong.** ${wentWrong}`,
    `**The rule.** ${rule}`,
    ['**Refused**', '', ...refuses.map((each) => `- ${each}`)].join('\n'),
    ['**Codes**', '', ...codes.map((code) => `- \`${code}\`: ${ERRORS[code].title}`)].join('\n'),
    `**Asked by** ${list(usedBy)}.`,
    `**Decided on** ${list(evidence)}.`,
  ].join('\n\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `\`${item}\``).join(', ');
}

/** As GitHub makes anchors of headings. */
function anchorOf(id: string, title: string): string {
  return `${id}: ${title}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
