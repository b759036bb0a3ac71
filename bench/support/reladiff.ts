import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '0.6.0';

/** A reladiff that can be run. */
export interface Reladiff {
  readonly version: string;
  readonly python: string;
}

/** What reladiff said of two tables. */
export interface ReladiffOutcome {
  /** From the first connection to the last difference; the start of Python and its imports are not counted. */
  readonly seconds: number;
  /** The keys it named, in order. */
  readonly keys: readonly string[];
  readonly rssMb: number;
}

/**
 * Finds reladiff in Slipway's cache, or installs it there, in an environment of Python of its own.
 * @returns undefined where there is no Python with `venv`, or no package index can be reached
 */
export async function findReladiff(say: (line: string) => void): Promise<Reladiff | undefined> {
  const folder = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'slipway',
    `reladiff-${VERSION}`,
  );
  const python = join(folder, 'bin', 'python');
  try {
    if (!existsSync(join(folder, 'installed'))) {
      say(`installing reladiff ${VERSION} in ${folder}`);
      await mkdir(folder, { recursive: true });
      const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
      execFileSync('python3', ['-m', 'venv', folder], quiet);
      execFileSync(
        python,
        ['-m', 'pip', 'install', '--quiet', `reladiff[postgresql]==${VERSION}`],
        quiet,
      );
      await writeFile(join(folder, 'installed'), VERSION);
    }
    execFileSync(python, ['-c', 'import reladiff, psycopg2'], { stdio: 'ignore' });
    return { version: VERSION, python };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    say(`reladiff is not compared with: it cannot be installed (${reason})`);
    return undefined;
  }
}

/**
 * What its command does for `--threads 4 --skip-sort-results`, without the second it takes to start. Sorting what it
 * found fails where a value is null, and costs.
 */
const SCRIPT = `
import json, resource, sys, time
from reladiff import connect_to_table, diff_tables
legacy, platform, key, columns = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(',')
start = time.perf_counter()
one = connect_to_table(legacy, 'public.emp', key, thread_count=4)
other = connect_to_table(platform, 'public.emp', key, thread_count=4)
found = list(diff_tables(one, other, extra_columns=tuple(columns), threaded=True, max_threadpool_size=8, skip_sort_results=True))
seconds = time.perf_counter() - start
keys = sorted({row[0] for _, row in found}, key=int)
print(json.dumps({'seconds': seconds, 'keys': keys, 'rssMb': round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}))
`;

/** Compares `public.emp` of two databases, all columns, on four threads for each. */
export async function runReladiff(
  { python }: Reladiff,
  legacy: string,
  platform: string,
  columns: readonly string[],
): Promise<ReladiffOutcome> {
  const urls = [legacy, platform].map((url) => url.replace('postgres://', 'postgresql://'));
  const child = spawn(python, ['-c', SCRIPT, ...urls, 'id', columns.join(',')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString('utf8');
  });
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString('utf8')).slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`reladiff ended with ${code}: ${errors}`);
  return JSON.parse(output) as ReladiffOutcome;
}
