import { describe, expect, test } from 'vitest';
import { nameLikeness } from '../../domain/person-names.ts';
import {
  isBankAccount,
  isEmail,
  isIban,
  isNationalInsuranceNumber,
  isUkPhone,
  isUkPostcode,
  looksPersonal,
} from '../../domain/personal-values.ts';

describe.each<[string, (text: string) => boolean, string[], string[]]>([
  [
    'National Insurance numbers',
    isNationalInsuranceNumber,
    ['AB123456C', 'AB 12 34 56 C', 'ab123456d', 'JG 103759 A'],
    // Prefixes that were never issued, wrong suffixes, parts missing.
    [
      'QQ123456A',
      'DA123456A',
      'AO123456A',
      'GB123456A',
      'ZZ123456B',
      'AB123456E',
      'AB123456',
      'AB12345C',
    ],
  ],
  [
    'IBANs',
    isIban,
    ['GB29 NWBK 6016 1331 9268 19', 'GB82WEST12345698765432', 'DE89370400440532013000'],
    ['GB28NWBK60161331926819', 'GB29NWBK6016133192681', 'ORDER12345678901234', 'GB29'],
  ],
  [
    'sort codes with account numbers',
    isBankAccount,
    ['20-32-06 12345678', '203206/12345678', '20-32-0612345678'],
    ['20320612345678', '203206', '12345678'],
  ],
  [
    'e-mail addresses',
    isEmail,
    ["mary.o'neill@justice.gov.uk", 'a@b.co'],
    ['a@b', '@justice.gov.uk', 'a b@c.uk', 'http://x.uk/@y'],
  ],
  [
    'telephone numbers',
    isUkPhone,
    [
      '020 7946 0958',
      '07700 900123',
      '+44 7700 900123',
      '+44 (0)20 7946 0958',
      '(0121) 496 0000',
      '01632960001',
    ],
    ['20 7946 0958', '00000000042', '0123456', '12345678901', '04012345678', '2024-01-31'],
  ],
  [
    'postcodes',
    isUkPostcode,
    ['SW1A 1AA', 'M1 1AE', 'CR26XH', 'DN55 1PT', 'w1a 0ax', 'GIR 0AA'],
    ['QA1 1AA', 'SW1A 1CA', 'G12', 'A1', 'GRADE 7'],
  ],
])('%s', (_sign, holds, good, bad) => {
  test.each(good)('%s is one', (text) => expect(holds(text)).toBe(true));
  test.each(bad)('%s is none', (text) => expect(holds(text)).toBe(false));
});

test('only values that give themselves away count as personal', () => {
  expect(looksPersonal(' AB123456C ')).toBe(true);
  expect(
    ['Band 5', '000123', '2024-01-31', 'Smith', 'x'.repeat(500)].filter(looksPersonal),
  ).toEqual([]);
});

test.each([
  ['Smith', true, true],
  ["O'Neill-Jones", true, false],
  ['SMITH, A.', true, true],
  ['Mr Ali Khan', true, true],
  ['Zoë Brontë', true, false],
  ['Head of Estates', false, false],
  ['Probation Service North East', false, false],
  ['Unit 7', false, false],
  ['grade', false, false],
])('%s: has the form of a name %s, bears a known one %s', (text, shaped, known) => {
  expect(nameLikeness(text)).toEqual({ shaped, known });
});
