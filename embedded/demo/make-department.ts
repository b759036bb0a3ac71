import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { parseDocument } from 'yaml';
import { SlipwayError } from '../../domain/errors.ts';

/** A fabricated department of the demo. */
export interface DemoDepartment {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly programme: string;
  readonly staff: number;
  readonly seed: number;
  readonly wave: number;
  /** Which of its two legacy systems is taken over. */
  readonly shape: 'postgres' | 'files';
  /** Says that a file is UTF-8 although it is not, so that taking it in fails as it does in life. */
  readonly wrongEncoding?: boolean;
}

/** The databases a department is made in. */
export interface DemoDatabases {
  /** The server's database `postgres`, as its superuser. */
  readonly admin: string;
  readonly platform: string;
}

/** The program that makes departments: an example, so it is started by its path and not imported. */
const GENERATOR = fileURLToPath(
  new URL(
    `../../examples/generate.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
    import.meta.url,
  ),
);

/** The people of the demo, each by the id of a demo person. */
const PEOPLE = [
  ['demo-programme-lead', 'Demo programme lead', 'programme-lead'],
  ['demo-migration-engineer', 'Demo migration engineer', 'migration-engineer'],
  ['demo-data-owner', 'Demo data owner', 'data-owner'],
  ['demo-data-owner-2', 'Second demo data owner', 'data-owner'],
  ['demo-payroll-lead', 'Demo payroll lead', 'payroll-lead'],
  ['demo-payroll-lead-2', 'Second demo payroll lead', 'payroll-lead'],
  ['demo-finance-lead', 'Demo finance lead', 'finance-lead'],
  ['demo-sro', 'Demo senior responsible owner', 'sro'],
  ['demo-assurance', 'Demo independent assurance', 'assurance'],
].map(([id, name, role]) => ({ id, name, roles: [role] }));

/**
 * Makes a legacy department in `folder`: its system or files, the platform's pay results, and a manifest that names the
 * demo people and a cutover window that is open now.
 * @returns the path of the manifest
 * @throws SlipwayError `internal/unexpected` with what the generator said
 */
export async function makeDepartment(
  department: DemoDepartment,
  folder: string,
  databases: DemoDatabases,
): Promise<string> {
  const { id, staff, seed, shape } = department;
  const args = [
    '--staff',
    String(staff),
    '--seed',
    String(seed),
    '--department',
    id,
    '--out',
    folder,
  ];
  args.push('--platform', databases.platform);
  if (shape === 'postgres')
    args.push(
      '--postgres',
      await createDatabase(databases.admin, `legacy_${id.replaceAll('-', '_')}`),
    );
  const loader = GENERATOR.endsWith('.ts') ? ['--import', 'tsx'] : [];
  await promisify(execFile)(process.execPath, [...loader, GENERATOR, ...args]).catch(
    (cause: unknown) => {
      const said = (cause as { stderr?: string }).stderr?.trim();
      throw new SlipwayError(
        'internal/unexpected',
        `the department ${id} could not be made: ${said ?? String(cause)}`,
        { cause },
      );
    },
  );
  const manifest = join(folder, 'manifest.yaml');
  await writeFile(
    manifest,
    adapted(await readFile(join(folder, `manifest-${shape}.yaml`), 'utf8'), department),
  );
  return manifest;
}

/** The generated manifest as the demo needs it; everything else stays as it is, comments included. */
function adapted(text: string, department: DemoDepartment): string {
  const document = parseDocument(text);
  const now = Date.now();
  const day = 86_400_000;
  document.set('programme', department.programme);
  document.setIn(['department', 'name'], department.name);
  document.setIn(['department', 'wave'], department.wave);
  document.set('people', document.createNode(PEOPLE));
  document.setIn(
    ['cutover', 'window'],
    document.createNode({
      from: new Date(now - day).toISOString(),
      to: new Date(now + 30 * day).toISOString(),
    }),
  );
  // Long enough to be seen, short enough to be waited for.
  document.setIn(['policy', 'hypercareHours'], 2 / 3600);
  document.setIn(['policy', 'hypercare'], document.createNode({ lookAgainHours: 1 / 3600 }));
  if (department.wrongEncoding === true)
    document.setIn(['sources', 'exports', 'files', 'staff', 'encoding'], 'utf-8');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** An empty database, also when an earlier attempt left one behind. @returns its URL */
async function createDatabase(admin: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}
