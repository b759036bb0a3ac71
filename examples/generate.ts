import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createReader } from './legacy/create-reader.ts';
import { generateDepartment, type LegacyDepartment } from './legacy/generate-department.ts';
import { loadLegacyPostgres } from './legacy/load-legacy-postgres.ts';
import { loadPlatformResults } from './legacy/load-platform-results.ts';
import { platformResults } from './legacy/platform-results.ts';
import { writeLegacyFiles } from './legacy/write-legacy-files.ts';
import { legacyManifest, type ManifestSecret } from './manifests/legacy-manifest.ts';

interface Options {
  readonly staff: number;
  readonly seed: number;
  readonly out: string;
  readonly department: string;
  readonly periods: number;
  readonly cleanPeriods: number;
  readonly defects: boolean;
  readonly postgres?: string;
  readonly platform?: string;
}

/** The door to the generator: a department as files, manifests and the list of what was planted; optionally in databases. */
const command = new Command('generate')
  .description(
    'Makes a fabricated legacy department, the same for the same seed, with listed defects.',
  )
  .requiredOption('--staff <n>', 'people in its HR system', wholeNumber)
  .requiredOption('--seed <n>', 'the same seed makes the same department', wholeNumber)
  .requiredOption('--out <dir>', 'folder for the files, manifests and lists')
  .option('--department <id>', 'id of the department', 'example')
  .option('--periods <n>', 'monthly pay periods', wholeNumber, 3)
  .option('--clean-periods <n>', 'periods at the end without pay variances', wholeNumber, 2)
  .option('--no-defects', 'plant no defects')
  .option(
    '--postgres <url>',
    'also make the legacy PostgreSQL system in this empty database, with an account that only reads',
  )
  .option('--platform <url>', "also load the platform's pay results into its database")
  // Commander says what is wrong by itself; wrong usage is 2, as everywhere in Slipway.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(generate);

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('expected a whole number.');
  return Number(value);
}

async function generate(options: Options): Promise<void> {
  const department = generateDepartment({
    department: options.department,
    staff: options.staff,
    seed: options.seed,
    payPeriods: options.periods,
    ...(options.defects ? {} : { defects: 'none' }),
  });
  const platform = platformResults(department, { cleanPeriods: options.cleanPeriods });
  await mkdir(options.out, { recursive: true });
  const files = await writeLegacyFiles(join(options.out, 'files'), department);
  const manifests = {
    files: legacyManifest(department, { shape: 'files' }),
    postgres: legacyManifest(department, {
      shape: 'postgres',
      ...(options.postgres === undefined
        ? {}
        : await legacySystem(options.postgres, options.out, department)),
    }),
  };
  for (const [shape, manifest] of Object.entries(manifests)) {
    await writeFile(join(options.out, `manifest-${shape}.yaml`), manifest);
  }
  const planted = {
    expected: department.expected,
    defects: department.plantedDefects,
    variances: platform.plantedVariances,
  };
  await writeFile(join(options.out, 'planted.json'), `${JSON.stringify(planted, null, 2)}\n`);
  if (options.platform !== undefined) {
    const { periods } = department.spec;
    await loadPlatformResults(options.platform, options.department, platform, periods);
  }
  console.log(
    `${options.out}: ${files.length} files of ${options.department} with ${options.staff} staff, ` +
      `${department.plantedDefects.length} rows to be quarantined, ${platform.plantedVariances.length} pay variances (planted.json)`,
  );
}

/**
 * Makes the legacy PostgreSQL system and writes the URLs of two accounts into secret files beside the manifest: one that
 * only reads, and the one that was given, which may freeze the database.
 */
async function legacySystem(
  url: string,
  out: string,
  department: LegacyDepartment,
): Promise<{ connection: ManifestSecret; freeze: ManifestSecret }> {
  await loadLegacyPostgres(url, department);
  const role = `${department.spec.department.replaceAll('-', '_')}_reader`;
  const reader = await createReader(url, { role, password: randomBytes(16).toString('hex') });
  await mkdir(join(out, 'secrets'), { recursive: true, mode: 0o700 });
  await writeFile(join(out, 'secrets', 'legacy-url'), reader, { mode: 0o600 });
  await writeFile(join(out, 'secrets', 'legacy-freeze-url'), url, { mode: 0o600 });
  return {
    connection: { file: 'secrets/legacy-url' },
    freeze: { file: 'secrets/legacy-freeze-url' },
  };
}

try {
  await command.parseAsync();
} catch (error) {
  console.error(`generate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof RangeError ? 2 : 1;
}
