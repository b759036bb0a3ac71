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
    default:
      return `the platform refuses the row (${name === '' ? kind : name})`;
  }
}
