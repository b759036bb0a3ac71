import { expect, test } from 'vitest';
import { harmOf, readGrant } from '../../../dataplane/mariadb/grants.ts';

test.each([
  ['GRANT SELECT (`a,b`, `c)`) ON `h``r`.`t` TO `u`@`%`', []],
  ['GRANT SELECT, INSERT (`ON`) ON `hr`.`t` TO `u`@`%`', ['it has INSERT on hr.t']],
  [
    "GRANT PROXY ON ''@'%' TO 'u'@'%' WITH GRANT OPTION",
    ["it has PROXY on ''@'%'", "it may grant its privileges on ''@'%' to others"],
  ],
  ['GRANT ROLE_ADMIN,SYSTEM_USER ON *.* TO `u`@`%`', ['it has ROLE_ADMIN, SYSTEM_USER on *.*']],
  ["GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*7B'", []],
])('the grant %s is read', (line, harms) => {
  const grant = readGrant(line);
  expect(grant !== undefined && 'privileges' in grant ? harmOf(grant) : 'roles').toEqual(harms);
});

test('roles are told from privileges', () => {
  expect(readGrant('GRANT `r`@`%`,`s`@`%` TO `u`@`%`')).toEqual({ roles: ['`r`@`%`', '`s`@`%`'] });
  expect(readGrant('SET DEFAULT ROLE `r` FOR `u`@`%`')).toBeUndefined();
});
