import { expect, it } from 'vitest';
import { ruleInWords } from '../../domain/rule-words.ts';

it.each([
  ['not-null:name', 'name', 'name is empty, and the platform needs it'],
  ['unique:person_ni', 'ni', 'ni is there already: another row has the same value (person_ni)'],
  ['foreign-key:unit_fk', 'unit', 'unit refers to what is not on the platform (unit_fk)'],
  ['check:pay_check', 'pay', 'pay is not allowed by the platform (pay_check)'],
  ['exclusion:periods', null, 'periods overlaps with another row (periods)'],
  ['cast:born', 'born', 'born cannot be made of what the source has'],
  ['unmapped:grades', 'grade', 'the code is not in the list grades'],
  ['rejected:P0001', null, 'the platform refuses the row (P0001)'],
])('%s is said in words', (rule, field, words) => {
  expect(ruleInWords(rule, field)).toBe(words);
});
