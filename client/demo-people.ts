import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '../domain/roles.ts';
import type { Database } from '../store/database.ts';
import { createToken, findTokenHolder, savePerson } from '../store/identities.ts';

/** The people to try Slipway as on one machine: somebody for each role, two where two may have to approve. */
export const DEMO_PEOPLE: readonly {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}[] = [
  { id: 'demo-programme-lead', name: 'Demo programme lead', role: 'programme-lead' },
  { id: 'demo-migration-engineer', name: 'Demo migration engineer', role: 'migration-engineer' },
  { id: 'demo-data-owner', name: 'Demo data owner', role: 'data-owner' },
  { id: 'demo-data-owner-2', name: 'Second demo data owner', role: 'data-owner' },
  { id: 'demo-payroll-lead', name: 'Demo payroll lead', role: 'payroll-lead' },
  { id: 'demo-payroll-lead-2', name: 'Second demo payroll lead', role: 'payroll-lead' },
  { id: 'demo-finance-lead', name: 'Demo finance lead', role: 'finance-lead' },
  { id: 'demo-sro', name: 'Demo senior responsible owner', role: 'sro' },
  { id: 'demo-assurance', name: 'Demo independent assurance', role: 'assurance' },
  { id: 'demo-viewer', name: 'Demo viewer', role: 'viewer' },
];

/** Makes the demo people known, with their role everywhere. Doing it again changes nothing. */
export async function seedDemoPeople(database: Database): Promise<void> {
  for (const { id, name, role } of DEMO_PEOPLE)
    await savePerson(database, { id, name }, [{ role, programme: '*', department: '*' }]);
}

/**
 * Gives every demo person a token in `<home>/secrets/<id>.token`, which only the owner of the home can read. A token
 * that is there and valid stays.
 */
export async function writeDemoTokens(database: Database, home: string): Promise<void> {
  const folder = join(home, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { id } of DEMO_PEOPLE) {
    const file = join(folder, `${id}.token`);
    const there = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (there !== '' && (await findTokenHolder(database, there))?.id === id) continue;
    const { secret } = await createToken(database, id, 'demo');
    const draft = `${file}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, `${secret}\n`, { mode: 0o600 });
    await rename(draft, file);
  }
}
