import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseManifest, problemLine, readManifestText } from '../../client/manifest-file.ts';
import { manifestText } from './support/manifest.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}.yaml`, import.meta.url));

/** What is written instead of what, and every line that is then wrong. */
const BROKEN: readonly {
  title: string;
  replace: readonly (readonly [string, string])[];
  problems: readonly string[];
}[] = [
  {
    title:
      'an unknown key is named with the key that was probably meant, and the missing one is not named again',
    replace: [['  headcount: 12', '  headcont: 12']],
    problems: [
      'm.yaml:6:3: department.headcont: unknown key "headcont"; did you mean "headcount"?',
    ],
  },
  {
    title: 'an unknown key that looks like nothing is shown with what may still stand there',
    replace: [['  headcount: 12', '  headcount: 12\n  colour: red']],
    problems: ['m.yaml:7:3: department.colour: unknown key "colour"; expected one of wave, nation'],
  },
  {
    title: 'a missing part is named where it should be',
    replace: [['  headcount: 12\n', '']],
    problems: ['m.yaml:3:1: department.headcount: missing; expected a number'],
  },
  {
    title: 'a number where a text belongs is shown as it was written',
    replace: [['"01": A', 'x: 01']],
    problems: [
      'm.yaml:22:17: codeLists.grades.values.x: expected text, found the number 01; put it in quotes',
    ],
  },
  {
    title: 'a misspelt word of a closed set is corrected',
    replace: [['roles: [data-owner]', 'roles: [data-ower]']],
    problems: [
      'm.yaml:9:36: people[0].roles[0]: expected one of programme-lead, migration-engineer, data-owner, payroll-lead, finance-lead, sro, assurance, viewer, found the text "data-ower"; did you mean "data-owner"?',
    ],
  },
  {
    title: 'a name that nothing has is corrected, however else the dataset is broken',
    replace: [
      ['source: files', 'source: file'],
      ['target: hr.unit', 'target: unit'],
    ],
    problems: [
      'm.yaml:25:13: datasets[0].target: expected schema.table of the platform, found the text "unit"',
      'm.yaml:26:13: datasets[0].source: there is no source file; expected files; did you mean "files"?',
    ],
  },
  {
    title: 'an expression is judged by the branch that was meant',
    replace: [
      ['name: {trim: Name}', 'name: {trimm: Name}'],
      ['grade: {lookup: {of: Grade, list: grades}}', 'grade: {lookup: {of: Grade, list: grade}}'],
    ],
    problems: [
      'm.yaml:29:14: datasets[0].fields.name.trimm: unknown key "trimm"; did you mean "trim"?',
      'm.yaml:30:41: datasets[0].fields.grade.lookup.list: there is no code list grade; expected grades; did you mean "grades"?',
    ],
  },
  {
    title: 'two operators in one expression are refused',
    replace: [['name: {trim: Name}', 'name: {trim: Name, upper: Name}']],
    problems: ['m.yaml:29:7: datasets[0].fields.name: expected exactly one operator, found 2'],
  },
  {
    title: 'a password where its name belongs is not shown',
    replace: [
      [
        '  files: {kind: files, files: {staff: {paths: [staff.csv]}}}',
        '  files: {kind: postgres, connection: postgres://u:secret@host/db}',
      ],
      ['source: files', 'key: [Code]\n    source: files'],
    ],
    problems: [
      'm.yaml:19:39: sources.files.connection: expected a mapping of keys to values, found a text (not shown: it may be a secret)',
    ],
  },
  {
    title: 'keys of a source are judged by its kind, and those of a file by its format',
    replace: [
      [
        '  files: {kind: files, files: {staff: {paths: [staff.csv]}}}',
        `  files:
    kind: files
    files:
      staff: {paths: [staff.csv], delimeter: ";"}
      book: {format: excel, paths: [a.xlsx], delimiter: ";"}
      flat: {format: fixed-width, paths: [a.txt], columns: [{name: a, start: 1}, {name: b, start: 5, end: 3}]}
      odd: {format: exel, paths: [a.xlsx]}
  legacy: {kind: mariadb, connexion: {env: LEGACY_URL}}`,
      ],
      ['source: files', 'key: [Code]\n    source: files'],
    ],
    problems: [
      'm.yaml:22:35: sources.files.files.staff.delimeter: unknown key "delimeter"; did you mean "delimiter"?',
      'm.yaml:23:46: sources.files.files.book.delimiter: unknown key "delimiter"; expected one of sheet, headerRow',
      'm.yaml:24:51: sources.files.files.flat.columns[0]: give either length or end',
      'm.yaml:24:107: sources.files.files.flat.columns[1].end: end is before start',
      'm.yaml:25:21: sources.files.files.odd.format: expected one of csv, excel, fixed-width, found the text "exel"; did you mean "excel"?',
      'm.yaml:26:27: sources.legacy.connexion: unknown key "connexion"; did you mean "connection"?',
    ],
  },
  {
    title: 'a table of MariaDB has a database, and its rows a key',
    replace: [
      [
        '  files: {kind: files, files: {staff: {paths: [staff.csv]}}}',
        '  files: {kind: mariadb, connection: {env: LEGACY_URL}}',
      ],
    ],
    problems: [
      'm.yaml:24:5: datasets[0].key: a dataset of a database source needs its key columns',
      'm.yaml:27:11: datasets[0].from: staff names no table: expected database.table',
    ],
  },
  {
    title: 'keys that fit no branch of a choice are named with those that would',
    replace: [
      [
        '  files: {kind: files, files: {staff: {paths: [staff.csv]}}}',
        '  files: {kind: postgres, connection: {variable: URL}}',
      ],
      ['source: files', 'key: [Code]\n    source: files'],
    ],
    problems: [
      'm.yaml:19:40: sources.files.connection.variable: unknown key "variable"; expected one of env, file',
    ],
  },
  {
    title: 'a role that nobody holds is named where the policy asks for it, or else at the people',
    replace: [
      ['  - {id: olga, name: Olga, roles: [sro]}\n', ''],
      ['policy: {}', 'policy: {approvals: {cutover: {sro: 2}}}'],
    ],
    problems: [
      'm.yaml:8:1: people: cutover/no-return asks for 1 sro, and nobody holds that role among the people',
      'm.yaml:35:37: policy.approvals.cutover.sro: cutover/gate asks for 2 sro, and nobody holds that role among the people',
    ],
  },
  {
    title: 'a line of the runbook has an owner there is and comes after lines there are',
    replace: [
      [
        'to: 2026-03-02T06:00:00Z}',
        `to: 2026-03-02T06:00:00Z}
  readiness: {notApplicable: {union: nobody is organised}}
  runbook:
    - {id: call, title: Tell the banks, owner: bob, minutes: 5}
    - {id: open, title: Open the desk, owner: olga, minutes: 5, after: [smok]}`,
      ],
    ],
    problems: [
      'm.yaml:36:31: cutover.readiness.notApplicable.union: there is no criterion union; did you mean "unions"?',
      'm.yaml:38:48: cutover.runbook[0].owner: bob is neither a role nor a person of this manifest',
      'm.yaml:39:73: cutover.runbook[1].after[0]: smok is not in the runbook; expected one of go-no-go, freeze, delta, reconcile, totals, switch, smoke, no-return, call, open; did you mean "smoke"?',
    ],
  },
  {
    title: 'a runbook that goes in a circle cannot be planned',
    replace: [
      [
        'to: 2026-03-02T06:00:00Z}',
        `to: 2026-03-02T06:00:00Z}
  runbook:
    - {id: call, title: Tell the banks, owner: sro, minutes: 5, after: [open]}
    - {id: open, title: Open the desk, owner: olga, minutes: 5, after: [call]}`,
      ],
    ],
    problems: ['m.yaml:36:3: cutover.runbook: the runbook goes in a circle: open, call'],
  },
  {
    title: 'a key that stands twice is a problem of the file, and nothing else is guessed',
    replace: [['  name: Ministry', '  name: Ministry\n  id: other']],
    problems: ['m.yaml:6:3: not valid YAML: the key id is there twice'],
  },
  {
    title: 'broken YAML is named where it breaks',
    replace: [['values: {"01": A}', 'values: {"01": A']],
    problems: [
      'm.yaml:23:1: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    title: 'an alias inside what it names is refused',
    replace: [['  name: Ministry', '  name: &n [*n]']],
    problems: ['m.yaml:5:13: not valid YAML: an alias must not stand inside what it names'],
  },
  {
    title: 'parts that do not fit together are named at the later one',
    replace: [
      [
        'window: {from: 2026-03-01T18:00:00Z, to: 2026-03-02T06:00:00Z}',
        'window: {from: 2026-03-02T18:00:00Z, to: 2026-03-02T06:00:00Z}',
      ],
      [
        'baseline: {annualServiceCost: 1000}',
        'baseline: {annualServiceCost: 10.005, controlTotals: {unit: {rows: 3}}}',
      ],
    ],
    problems: [
      'm.yaml:35:44: cutover.window.to: the window must end after it starts',
      'm.yaml:37:31: baseline.annualServiceCost: expected a multiple of 0.01, found the number 10.005',
    ],
  },
];

test.each(BROKEN)('$title', ({ replace, problems }) => {
  const text = replace.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replace(from, to);
  }, manifestText());
  expect(parseManifest(text, 'm.yaml').problems?.map(problemLine)).toEqual(problems);
});

test('a valid manifest has its defaults filled in', () => {
  const { manifest } = parseManifest(manifestText(), 'm.yaml');
  expect(manifest?.department).toMatchObject({ id: 'ministry', wave: 1 });
  expect(manifest?.codeLists['grades']?.values).toEqual({ '01': 'A' });
});

test('codes are taken as they are written, also where YAML would read a number or a truth', () => {
  const text = manifestText().replace('{"01": A}', '{01: A, 1: B, true: C, null: D, 1.0: E}');
  expect(parseManifest(text, 'm.yaml').manifest?.codeLists['grades']?.values).toEqual({
    '01': 'A',
    '1': 'B',
    true: 'C',
    null: 'D',
    '1.0': 'E',
  });
});

test('every problem of a file is told at once, in the order of the lines', () => {
  const text = manifestText()
    .replace('programme: shared', 'programme: Shared Services')
    .replace('  headcount: 12', '  headcont: 12')
    .replace('source: files', 'source: file')
    .replace('policy: {}', 'policy: {maxRejectRate: 5}');
  const problems = parseManifest(text, 'm.yaml').problems ?? [];
  expect(problems.map((problem) => problem.path)).toEqual([
    'programme',
    'department.headcont',
    'datasets[0].source',
    'policy.maxRejectRate',
  ]);
  expect(problems[3]).toMatchObject({ found: 'the number 5', expected: 'at most 1' });
});

test('an empty file and a list are no manifests', () => {
  expect(parseManifest('', 'm.yaml').problems?.map(problemLine)).toEqual([
    'm.yaml:1:1: expected a mapping of keys to values, found nothing',
  ]);
  expect(parseManifest('- 1', 'm.yaml').problems?.map(problemLine)).toEqual([
    'm.yaml:1:1: expected a mapping of keys to values, found a list',
  ]);
});

test.each(['employees', 'ministry-of-justice'])('the example %s is valid', async (name) => {
  const file = example(name);
  expect(parseManifest(await readManifestText(file), file).problems).toBeUndefined();
});

test('a file that is not there, a folder and a file that is no text are told apart', async () => {
  const nowhere = readManifestText(example('nothing'));
  await expect(nowhere).rejects.toMatchObject({ code: 'manifest/unreadable' });
  await expect(nowhere).rejects.toThrow('there is no such file');
  await expect(readManifestText(fileURLToPath(new URL('.', import.meta.url)))).rejects.toThrow(
    'it is a folder',
  );
});
