import type { Suggestions } from '../../../domain/matching/suggestions.ts';

type Column = Suggestions['columns'][number];

const candidate = (column: string, score: number, words: string): Column['candidates'][number] => ({
  source: 'papers',
  from: 'staff',
  column,
  score,
  why: [
    { what: 'name', words, weight: score },
    { what: 'type', words: 'both hold text', weight: 0 },
  ],
});

const column = (
  name: string,
  state: Column['state'],
  mapped: string[] | null,
  ...candidates: Column['candidates']
): Column => ({
  dataset: 'people',
  table: 'hr.person',
  column: name,
  type: 'text',
  mandatory: name !== 'ni_number',
  mapped,
  state,
  candidates,
});

/** What `mapping/suggest` finds, with one of everything: confirmed, worth a look, not mapped, and without a match. */
export function suggestionsOf(manifest: string): Suggestions {
  return {
    manifest,
    threshold: 0.45,
    tables: [
      { table: 'hr.person', datasets: ['people'], state: 'mapped', candidates: [] },
      {
        table: 'hr.salary',
        datasets: [],
        state: 'suggested',
        candidates: [
          {
            source: 'papers',
            from: 'pay',
            score: 0.71,
            why: [{ what: 'name', words: '“pay” is like “salary”', weight: 0.24 }],
          },
        ],
      },
      { table: 'finance.balance', datasets: [], state: 'no-match', candidates: [] },
    ],
    columns: [
      column(
        'person_number',
        'confirmed',
        ['staff_no'],
        candidate('staff_no', 0.74, '“staff” is like “person”'),
      ),
      column(
        'surname',
        'contradicted',
        ['ni_no'],
        candidate('last_name', 0.93, 'both say “family name”'),
        candidate('first_name', 0.52, 'both say “name”'),
      ),
      column('birth_date', 'suggested', null, candidate('dob', 0.9, 'both say “birth date”')),
      column(
        'legacy_payroll_id',
        'no-match',
        null,
        candidate('staff_no', 0.31, '“number” is like “identifier”'),
      ),
      column('ni_number', 'mapped', []),
      {
        ...column('amount', 'suggested', null, {
          ...candidate('annual_sal', 0.66, '“sal” is short for “salary”'),
          from: 'pay',
        }),
        dataset: null,
        table: 'hr.salary',
      },
    ],
    unused: [
      {
        source: 'papers',
        from: 'staff',
        column: 'shoe_size',
        dropped: null,
        state: 'no-match',
        candidates: [],
      },
      {
        source: 'papers',
        from: 'staff',
        column: 'left_dt',
        dropped: 'thought to be technical',
        state: 'suggested',
        candidates: [
          {
            table: 'hr.person',
            column: 'left_on',
            score: 0.68,
            why: [{ what: 'name', words: 'both say “left”', weight: 0.6 }],
          },
        ],
      },
    ],
    codes: [
      {
        dataset: 'people',
        table: 'hr.person',
        column: 'grade_code',
        source: 'papers',
        from: 'staff',
        sourceColumn: 'grd',
        list: 'grades',
        codes: [
          {
            code: 'Band A',
            rows: 1204,
            mapped: 'BAND-A',
            match: 'BAND-A',
            state: 'confirmed',
            candidates: [{ code: 'BAND-A', score: 1, words: 'the same as the code BAND-A' }],
          },
          {
            code: 'Grade 7',
            rows: 41,
            mapped: null,
            match: 'G7',
            state: 'suggested',
            candidates: [{ code: 'G7', score: 0.97, words: 'the same as “Grade 7”' }],
          },
          {
            code: 'Farm & Gardens',
            rows: 9,
            mapped: null,
            match: null,
            state: 'no-match',
            candidates: [],
          },
        ],
      },
    ],
  };
}
