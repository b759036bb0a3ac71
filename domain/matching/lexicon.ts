/**
 * General knowledge about how columns are named in English: abbreviations everybody uses, and words that mean the same in any
 * database. Nothing here comes from a particular pair of schemas, and nothing about a trade belongs here: a word that
 * only one department uses is the mapping's business. `bench matching` reports what the matcher reaches without it.
 */

/** Abbreviation to the word, where prefixes and dropped vowels do not tell. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  no: 'number',
  nr: 'number',
  num: 'number',
  nbr: 'number',
  id: 'identifier',
  ident: 'identifier',
  pk: 'identifier',
  dt: 'date',
  ts: 'timestamp',
  cd: 'code',
  nm: 'name',
  qty: 'quantity',
  amt: 'amount',
  addr: 'address',
  desc: 'description',
  descr: 'description',
  tel: 'telephone',
  phone: 'telephone',
  yr: 'year',
  mth: 'month',
  pct: 'percent',
  emp: 'employee',
  dept: 'department',
  mgr: 'manager',
  sal: 'salary',
  min: 'minimum',
  max: 'maximum',
  avg: 'average',
  acct: 'account',
  acc: 'account',
  ccy: 'currency',
  dr: 'debit',
  cr: 'credit',
  lat: 'latitude',
  lng: 'longitude',
  lon: 'longitude',
  eff: 'effective',
  ref: 'reference',
  yn: 'flag',
  ind: 'indicator',
  grd: 'grade',
  org: 'organisation',
  organization: 'organisation',
  center: 'centre',
};

/** Phrases to one way of saying them; longer ones first. */
const PHRASES: readonly (readonly [phrase: string, words: string])[] = [
  ['year to date', 'ytd'],
  ['date of birth', 'birth date'],
  ['first name', 'given name'],
  ['fore name', 'given name'],
  ['last name', 'family name'],
  ['sur name', 'family name'],
  ['post code', 'postal code'],
  ['zip code', 'postal code'],
  ['e mail', 'email'],
  ['web site', 'website'],
  ['dob', 'birth date'],
  ['firstname', 'given name'],
  ['lastname', 'family name'],
  ['forename', 'given name'],
  ['surname', 'family name'],
  ['postcode', 'postal code'],
  ['zip', 'postal code'],
  ['birthday', 'birth date'],
];

/** Words that mean nearly the same, with how near: 0 to 1. */
const GROUPS: readonly (readonly [near: number, words: string])[] = [
  [0.9, 'employee staff worker personnel'],
  [0.9, 'supplier vendor'],
  [0.9, 'customer client'],
  [0.9, 'gender sex'],
  [0.9, 'mobile cell'],
  [0.9, 'picture photo image'],
  [0.9, 'website homepage url'],
  [0.9, 'start begin from'],
  [0.9, 'end finish until to'],
  [0.9, 'modified updated changed'],
  [0.8, 'salary wage pay'],
  [0.8, 'company firm corporation'],
  [0.8, 'country nation'],
  [0.8, 'city town'],
  [0.8, 'street road'],
  [0.8, 'floor minimum low lower'],
  [0.8, 'ceiling maximum high upper'],
  [0.7, 'comment note remark'],
  [0.7, 'price cost charge fee'],
  [0.7, 'person people individual employee staff worker'],
  [0.6, 'hire join start'],
  [0.6, 'leave left end'],
  [0.6, 'effective valid'],
  [0.6, 'type kind category class'],
  [0.6, 'flag indicator'],
  [0.6, 'description note comment text'],
  [0.6, 'unit organisation department division'],
  [0.5, 'identifier number code reference key'],
  [0.5, 'amount value sum total'],
  [0.5, 'quantity count number'],
  [0.5, 'name title label'],
  [0.5, 'description name title'],
  [0.5, 'date day time timestamp'],
  [0.8, 'date on at'],
];

const NEAR = nearness();

function nearness(): ReadonlyMap<string, number> {
  const near = new Map<string, number>();
  for (const [how, text] of GROUPS) {
    const words = text.split(' ');
    for (const a of words)
      for (const b of words) {
        if (a !== b) near.set(`${a} ${b}`, Math.max(how, near.get(`${a} ${b}`) ?? 0));
      }
  }
  return near;
}

/** The word an abbreviation stands for; the word itself where it is none. */
export function spelledOut(word: string): string {
  return Object.hasOwn(ABBREVIATIONS, word) ? (ABBREVIATIONS[word] ?? word) : word;
}

/** Words of a name with phrases put in one way: `last name` and `surname` are both `family name`. */
export function withPhrases(words: readonly string[]): string[] {
  let text = ` ${words.join(' ')} `;
  for (const [phrase, same] of PHRASES) text = text.replaceAll(` ${phrase} `, ` ${same} `);
  return text.trim() === '' ? [] : text.trim().split(' ');
}

/** How near two different words are by their meaning, 0 to 1; 0 for words that are not known. */
export function meaningNearness(a: string, b: string): number {
  return NEAR.get(`${a} ${b}`) ?? 0;
}

/** Words that are no word of a schema but may be part of one that is written together: `staffno`. */
export const PARTS_OF_WORDS: readonly string[] = [
  ...Object.keys(ABBREVIATIONS),
  ...Object.values(ABBREVIATIONS),
  ...GROUPS.flatMap(([, words]) => words.split(' ')),
];
