/** What a rule of the quarantine says, for people: `foreign-key:person_unit_fk` and the column at fault. */
export function ruleInWords(rule: string, field: string | null): string {
  const separator = rule.indexOf(':');
  const kind = separator < 0 ? rule : rule.slice(0, separator);
  const name = separator < 0 ? '' : rule.slice(separator + 1);
  const about = field ?? name;
  switch (kind) {
    case 'not-null':
      return `${about} is empty, and the platform needs it`;
    case 'unique':
      return `${about} is there already: another row has the same value (${name})`;
    case 'foreign-key':
      return `${about} refers to what is not on the platform (${name})`;
    case 'check':
      return `${about} is not allowed by the platform (${name})`;
    case 'exclusion':
      return `${about} overlaps with another row (${name})`;
    case 'cast':
      return `${about} cannot be made of what the source has`;
    case 'unmapped':
      return `the code is not in the list ${name}`;
    case 'overflow':
      return `${about} is larger than a whole number can be`;
    case 'division-by-zero':
      return `${about} would be divided by zero`;
    case 'not-found':
      return `no row of ${name} fits`;
    case 'ambiguous':
      return `several rows of ${name} fit, and only one may`;
    case 'unreadable':
      return name === 'history'
        ? 'the row has no day on which it starts or ends'
        : `a value of ${name} cannot be read`;
    case 'overlap':
      return 'another row is in force on the same day';
    case 'reversed':
      return 'the row ends before it starts';
    case 'gap':
      return 'there are days between this row and the one before';
    default:
      return `the platform refuses the row (${name === '' ? kind : name})`;
  }
}
