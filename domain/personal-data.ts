/** What kind of personal data a column holds. `special` needs particular care by law (health, ethnicity, religion ...). */
export type PersonalKind =
  | 'name'
  | 'national-insurance'
  | 'bank'
  | 'email'
  | 'phone'
  | 'birth-date'
  | 'address'
  | 'special';

/** Words of a column's name that tell, in order of precedence. Names are compared as `word_word_word`. */
const BY_NAME: readonly (readonly [PersonalKind, RegExp])[] = [
  [
    'national-insurance',
    /(^|_)(nino|ni_(no|num|number)|national_insurance(_(no|num|number))?)(_|$)/,
  ],
  [
    'bank',
    /(^|_)(iban|bic|sort_?code|(bank_)?account_?(no|num|number|name|holder)|bank_account|roll_number)(_|$)/,
  ],
  ['email', /(^|_)(e_?mail|email_address)(_|$)/],
  ['phone', /(^|_)(phone|telephone|tel|mobile|fax)(_|$)/],
  ['birth-date', /(^|_)(birth|dob|born|birth_?date|birthday)(_|$)/],
  ['address', /(^|_)(address|post_?code|zip|street|town)(_|$)/],
  [
    'special',
    /(^|_)(ethnic(ity)?|disab(led|ility)|religion|belief|sexual|orientation|gender|sex|trade_union|union_member|health|pregnan\w*)(_|$)/,
  ],
  [
    'name',
    /(^|_)(first|last|given|family|middle|maiden|preferred|full|known|person|employee|staff|contact|holder|payee|manager|line_manager|officer)_?names?(_|$)|(^|_)(surname|forenames?|firstname|lastname|initials|known_as)(_|$)/,
  ],
];

/** A bare `name` is a person's only in a table of people. */
const TABLE_OF_PEOPLE =
  /(^|_)(people|persons?|employees?|staff|workers?|payees?|contacts?|dependants?)(_|$)/;

/** Share of the values that must give themselves away before the column counts as personal. */
export const PERSONAL_CONTENT_SHARE = 0.5;

/** What a column's name says about it; undefined when it says nothing. `table` is the table's name without schema. */
export function personalByName(table: string, column: string): PersonalKind | undefined {
  const name = words(column);
  for (const [kind, pattern] of BY_NAME) if (pattern.test(name)) return kind;
  return name === 'name' && TABLE_OF_PEOPLE.test(words(table)) ? 'name' : undefined;
}

/** `NiNumber`, `NI number` and `ni-number` are all `ni_number`. */
function words(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
    .replaceAll(/^_+|_+$/g, '');
}
