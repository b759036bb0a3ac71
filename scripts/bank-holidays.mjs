// Writes domain/bank-holidays.ts from the bank holidays that alphagov/frontend publishes (JSON, by nation and year):
//   node scripts/bank-holidays.mjs bank-holidays.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NATIONS = ['england-and-wales', 'scotland', 'northern-ireland'];
const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: node scripts/bank-holidays.mjs FILE\n');
  process.exit(2);
}
const { divisions } = JSON.parse(readFileSync(file, 'utf8'));
const days = Object.fromEntries(
  NATIONS.map((nation) => {
    const years = divisions[`common.nations.${nation}_slug`];
    const all = Object.entries(years).flatMap(([year, list]) => (/^\d{4}$/.test(year) ? list : []));
    return [
      nation,
      all
        .map(({ date }) => date.split('/').toReversed().join('-'))
        .toSorted((a, b) => a.localeCompare(b)),
    ];
  }),
);
const years = Object.values(days).map((list) => [list[0].slice(0, 4), list.at(-1).slice(0, 4)]);
const from = years
  .map(([first]) => first)
  .toSorted((a, b) => a.localeCompare(b))
  .at(-1);
const until = years.map(([, last]) => last).toSorted((a, b) => a.localeCompare(b))[0];
const lists = NATIONS.map((nation) => {
  const inOrder = [...new Set(days[nation].map((day) => day.slice(0, 4)))];
  const lines = inOrder.map(
    (year) => `    '${days[nation].filter((day) => day.startsWith(year)).join(' ')}',`,
  );
  return `  '${nation}': [\n${lines.join('\n')}\n  ],`;
});
writeFileSync(
  fileURLToPath(new URL('../domain/bank-holidays.ts', import.meta.url)),
  `/** Made by scripts/bank-holidays.mjs; not edited by hand. */

/** Where a department is. */
export type Nation = ${NATIONS.map((nation) => `'${nation}'`).join(' | ')};

/** The years whose bank holidays are known: nobody can say what is closed outside of them. */
export const BANK_HOLIDAYS_KNOWN = { from: '${from}-01-01', to: '${until}-12-31' } as const;

/**
 * Bank holidays, a year in a line. Source: www.gov.uk/bank-holidays, as kept in alphagov/frontend (MIT); the dates are
 * public sector information under the Open Government Licence v3.0.
 */
const DAYS: Readonly<Record<Nation, readonly string[]>> = {
${lists.join('\n')}
};

/** The bank holidays of a nation, as \`2027-03-26\`, in order. */
export function bankHolidays(nation: Nation): readonly string[] {
  return DAYS[nation].flatMap((year) => year.split(' '));
}
`,
);
