import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { GOVUK, MOJ } from './packages.ts';
import * as format from './words/format.ts';

const TEMPLATES = fileURLToPath(new URL('templates/', import.meta.url));

/** Makes HTML of a template. Everything that is not HTML of a macro is escaped. */
export type Render = (template: string, model: object) => string;

/** The templates: ours, GOV.UK Frontend's under `govuk/` and MoJ Frontend's under `moj/`. */
export function createRenderer(): Render {
  const loader = new nunjucks.FileSystemLoader([TEMPLATES, GOVUK, MOJ]);
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, filter] of Object.entries(FILTERS)) environment.addFilter(name, filter);
  return (template, model) => environment.render(template, model);
}

/** What templates write values with. Names of `date` and its second argument are those of MoJ's timeline. */
const FILTERS = {
  date: (time: string) => format.dateTime(time),
  day: format.date,
  dateTime: format.dateTime,
  clock: format.clock,
  clockWithSeconds: format.clockWithSeconds,
  since: (time: string, now: Date) => format.between(time, now),
  number: format.number,
  pence: format.pence,
  count: format.count,
  times: format.times,
  when: format.when,
  shortHash: format.shortHash,
  spaced: format.spaced,
  capital: format.capital,
  sentence: format.sentence,
} as const;
