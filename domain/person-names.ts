/**
 * Forenames that were often given in the United Kingdom since the 1950s (statistical offices' yearly lists). A sample of
 * the language of names, not a directory: about half of a workforce bears one of them, and hardly a unit, post or place.
 */
const FORENAMES =
  'david john michael peter robert stephen paul andrew alan james william richard anthony kevin christopher ' +
  'brian thomas ian graham keith philip steven simon martin neil gary matthew daniel stuart colin nicholas ' +
  'jonathan adam benjamin joseph ryan luke joshua samuel jack oliver harry george charlie jacob alfie noah ' +
  'muhammad mohammed ahmed arthur leo oscar henry archie ethan callum liam sean patrick edward susan margaret ' +
  'christine patricia linda elizabeth jean mary ann anne maureen carol barbara janet sheila julie karen deborah ' +
  'helen alison jacqueline amanda tracey sharon joanne nicola sarah claire emma lisa michelle rebecca laura ' +
  'victoria rachel jennifer samantha gemma louise hannah amy jessica charlotte lauren sophie emily chloe megan ' +
  'olivia amelia isla ava lily ella freya poppy fatima aisha priya angela catherine kathleen diane';

/** Surnames that one in eight people in the United Kingdom bears. Those that are words of offices are left out. */
const SURNAMES =
  'smith jones williams taylor brown davies evans wilson thomas roberts johnson lewis walker robinson wood ' +
  'thompson wright watson jackson harris clarke patel hughes khan allen jenkins morris murphy kelly ' +
  'edwards davis anderson campbell ahmed begum hussain ali singh kaur shah macdonald stewart morgan ellis ' +
  'bennett griffiths phillips simpson marshall collins shaw richardson murray mitchell';

const KNOWN_NAMES = new Set(`${FORENAMES} ${SURNAMES}`.split(' '));

/** Words of posts, units and places: a text with one of them names no person. */
const NOT_PERSONS = new Set(
  (
    'unit office officer department directorate division branch section team group service services agency board ' +
    'council court prison ministry centre center head director deputy manager assistant senior junior chief ' +
    'executive administrator analyst engineer grade band level north south east west road street house the of ' +
    'and for to none other unknown vacant yes no total staff'
  ).split(' '),
);
const TITLES = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'dr',
  'sir',
  'dame',
  'prof',
  'professor',
  'rev',
]);

/** What one text says: has it the form of a person's name, and is a part of it a name that many bear? */
export interface NameLikeness {
  readonly shaped: boolean;
  readonly known: boolean;
}

/**
 * Compares a text with the ways people write names: `Ann`, `Smith`, `Smith, A.`, `Mr Ali Khan`, `O'Neill-Jones`, `SMITH`. One to
 * four words of letters, the first with a capital, none of them a word of offices or posts.
 */
export function nameLikeness(text: string): NameLikeness {
  const no = { shaped: false, known: false };
  if (text.length < 2 || text.length > 50 || !/^\p{Lu}/u.test(text)) return no;
  const words = text
    .split(/[\s,]+/)
    .filter((word) => word !== '' && !TITLES.has(word.replace('.', '').toLowerCase()));
  if (words.length === 0 || words.length > 4) return no;
  if (!words.every((word) => /^\p{L}[\p{L}'’-]*\.?$/u.test(word))) return no;
  const lower = words.map((word) => word.toLowerCase());
  if (lower.some((word) => NOT_PERSONS.has(word))) return no;
  return { shaped: true, known: lower.some((word) => KNOWN_NAMES.has(word)) };
}
