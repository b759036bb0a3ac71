import { examplesOf, type OperatorExample } from './example.ts';

/** Examples of the operators on texts. */
export const TEXT_EXAMPLES: readonly OperatorExample[] = [
  ...examplesOf(
    'column',
    ['surname', { surname: 'Ali' }, 'Ali'],
    [{ column: 'Cost centre (£)' }, { 'Cost centre (£)': 'C1' }, 'C1'],
  ),
  ...examplesOf('value', [{ value: 'GB' }, {}, 'GB'], [{ value: null }, {}, null]),
  ...examplesOf(
    'trim',
    [{ trim: 'name' }, { name: '  Ali ' }, 'Ali'],
    [{ trim: 'name' }, { name: ' ' }, null],
  ),
  ...examplesOf('squeeze', [{ squeeze: 'name' }, { name: ' Jo   Ann  Ali' }, 'Jo Ann Ali']),
  ...examplesOf('upper', [{ upper: 'code' }, { code: 'ab1' }, 'AB1']),
  ...examplesOf('lower', [{ lower: 'email' }, { email: 'Jo@GOV.UK' }, 'jo@gov.uk']),
  ...examplesOf(
    'proper',
    [{ proper: 'name' }, { name: "SIOBHÁN O'NEIL-SMITH" }, "Siobhán O'Neil-Smith"],
    [{ proper: 'street' }, { street: "ST JOHN'S ROAD" }, "St John's Road"],
  ),
  ...examplesOf(
    'digits',
    [{ digits: 'sort_code' }, { sort_code: '20-30-40' }, '203040'],
    [{ digits: 'sort_code' }, { sort_code: 'none' }, null],
  ),
  ...examplesOf(
    'concat',
    [{ concat: ['first', { value: ' ' }, 'last'] }, { first: 'Jo', last: 'Ali' }, 'Jo Ali'],
    [{ concat: ['first', 'last'] }, { first: 'Jo', last: null }, null],
  ),
  ...examplesOf(
    'split',
    [{ split: { of: 'name', by: ', ', part: 2 } }, { name: 'Ali, Jo' }, 'Jo'],
    [{ split: { of: 'name', by: ', ', part: 2 } }, { name: 'Ali' }, null],
  ),
  ...examplesOf(
    'slice',
    [{ slice: { of: 'code', from: 3, length: 2 } }, { code: 'ABCDEF' }, 'CD'],
    [{ slice: { of: 'code', from: 3 } }, { code: 'AB' }, null],
  ),
  ...examplesOf('replace', [
    { replace: { of: 'phone', find: '+44', by: '0' } },
    { phone: '+44207' },
    '0207',
  ]),
  ...examplesOf(
    'padLeft',
    [{ padLeft: { of: 'number', width: 6, fill: '0' } }, { number: '42' }, '000042'],
    [{ padLeft: { of: 'number', width: 2, fill: '0' } }, { number: '12345' }, '12345'],
  ),
  ...examplesOf(
    'text',
    [
      { text: { of: 'born', format: 'DD/MM/YYYY' } },
      { born: { value: '1980-02-01', type: 'date' } },
      '01/02/1980',
    ],
    [{ text: { of: 'rate' } }, { rate: { value: '1.50', type: 'numeric(5,2)' } }, '1.50'],
  ),
  ...examplesOf(
    'lookup',
    [{ lookup: { of: 'grade', list: 'grades' } }, { grade: 'EO' }, 'G1'],
    [{ lookup: { of: 'grade', list: 'grades' } }, { grade: 'SEO' }, { rule: 'unmapped:grades' }],
    [
      { lookup: { of: 'grade', list: 'grades', otherwise: { value: 'G0' } } },
      { grade: 'SEO' },
      'G0',
    ],
    [{ lookup: { of: 'grade', list: 'grades' } }, { grade: null }, null],
  ),
];
