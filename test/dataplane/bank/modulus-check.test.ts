import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBankTables } from '../../../dataplane/bank/bank-tables.ts';
import { modulusChecker } from '../../../domain/modulus-check.ts';

const check = modulusChecker(await readBankTables());

/** The test cases that Vocalink publishes with the standard, with what each shows. */
const VALID: readonly [string, string, string][] = [
  ['089999', '66374958', 'modulus 10'],
  ['107999', '88837491', 'modulus 11'],
  ['202959', '63748472', 'modulus 11 and double alternate'],
  ['871427', '46238510', 'exceptions 10 and 11, first rule kept'],
  ['872427', '46238510', 'exceptions 10 and 11, both kept'],
  ['871427', '09123496', 'exception 10, ab is 09 and g is 9'],
  ['871427', '99123496', 'exception 10, ab is 99 and g is 9'],
  ['820000', '73688637', 'exception 3, c is 6'],
  ['827999', '73988638', 'exception 3, c is 9'],
  ['827101', '28748352', 'exception 3, c is neither'],
  ['134020', '63849203', 'exception 4'],
  ['118765', '64371389', 'exception 1'],
  ['200915', '41011166', 'exception 6'],
  ['938611', '07806039', 'exception 5'],
  ['938600', '42368003', 'exception 5 with another sort code'],
  ['938063', '55065200', 'exception 5, both digits zero'],
  ['772798', '99345694', 'exception 7'],
  ['086090', '06774744', 'exception 8'],
  ['309070', '02355688', 'exceptions 2 and 9, first rule kept'],
  ['309070', '12345668', 'exceptions 2 and 9, a is not 0 and g is not 9'],
  ['309070', '12345677', 'exceptions 2 and 9 with the other sort code'],
  ['309070', '99345694', 'exceptions 2 and 9, a is not 0 and g is 9'],
  ['074456', '12345112', 'exceptions 12 and 13, modulus 11 kept'],
  ['070116', '34012583', 'exceptions 12 and 13, modulus 10 kept'],
  ['074456', '11104102', 'exceptions 12 and 13, modulus 11 kept alone'],
  ['180002', '00000190', 'exception 14'],
];
const INVALID: readonly [string, string, string][] = [
  ['938063', '15764273', 'exception 5, first rule kept and second not'],
  ['938063', '15764264', 'exception 5, second rule kept and first not'],
  ['938063', '15763217', 'exception 5, remainder 1'],
  ['118765', '64371388', 'exception 1'],
  ['203099', '66831036', 'modulus 11 kept and double alternate not'],
  ['203099', '58716970', 'double alternate kept and modulus 11 not'],
  ['089999', '66374959', 'modulus 10'],
  ['107999', '88837493', 'modulus 11'],
];

describe('the modulus check', () => {
  it.each(VALID)('takes %s %s: %s', (sort, account) => expect(check(sort, account)).toBe('valid'));
  it.each(INVALID)('refuses %s %s: %s', (sort, account) =>
    expect(check(sort, account)).toBe('invalid'),
  );
  it('says nothing of sort codes that the table does not have, and takes no other number of digits', () => {
    expect(check('000000', '12345678')).toBe('unchecked');
    expect(check('89999', '66374958')).toBe('malformed');
    expect(check('089999', '6637495')).toBe('malformed');
  });
  it('reads the two digits of exception 4 as one number: remainder 10 is not 1 + 0', () => {
    const endings = Array.from({ length: 100 }, (_, gh) => String(gh).padStart(2, '0'));
    const taken = Array.from({ length: 200 }, (_, base) => String(638_400 + base)).map((base) =>
      endings.filter((gh) => check('134020', `${base}${gh}`) === 'valid'),
    );
    expect(taken.every((each) => each.length === 1)).toBe(true);
    expect(taken.some((each) => each[0] === '10')).toBe(true);
  });
});

describe('the tables of an installation', () => {
  it('take the place of those that come with Slipway, and a broken line is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bank-'));
    try {
      const rule = '089000 089999 MOD10 0 0 0 0 0 0 0 0 0 0 0 0 0 1';
      await writeFile(join(folder, 'valacdos.txt'), `${rule}\r\n`);
      await writeFile(join(folder, 'scsubtab.txt'), '');
      const newer = modulusChecker(await readBankTables(folder));
      expect([newer('089999', '00000000'), newer('089999', '66374958')]).toEqual([
        'valid',
        'invalid',
      ]);
      await writeFile(join(folder, 'valacdos.txt'), `${rule}\nnonsense\n`);
      await expect(readBankTables(folder)).rejects.toMatchObject({
        code: 'cutover/bank-tables',
        message: expect.stringContaining('valacdos.txt:2'),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
