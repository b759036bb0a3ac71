import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf, ROOT, runQuietly } from './run.mjs';

const DIST = join(ROOT, 'dist');
const CONFIG = 'tsconfig.build.json';
const FOLDERS = JSON.parse(readFileSync(join(ROOT, CONFIG), 'utf8')).include;
const BUNDLE = 'workflow-bundle.js';
/** What the workflow bundle is made of, apart from packages. */
const BUNDLED_FOLDERS = ['workflows', 'domain'];

/**
 * Builds `dist/`: compiled sources, everything else in the source folders copied beside them, and the workflow bundle.
 * Does nothing when `dist/` is up to date. The new `dist/` takes the place of the old one when it is complete, so
 * that two builds at once, or one that is killed, leave a whole one.
 */
export async function build({ force = false } = {}) {
  const stamp = { all: fingerprint(FOLDERS), bundle: fingerprint(BUNDLED_FOLDERS) };
  const before = readStamp();
  if (!force && before?.all === stamp.all) return;
  const draft = join(ROOT, `dist.new-${randomBytes(4).toString('hex')}`);
  try {
    await compile(draft);
    copyAssets(draft);
    if (!force && before?.bundle === stamp.bundle) reuseBundle(draft);
    else await bundleWorkflows(draft);
    writeFileSync(join(draft, 'stamp.json'), JSON.stringify(stamp));
    replaceDist(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Types are the business of `npm run check`: leaving them out makes this ten times faster. */
async function compile(draft) {
  const args = [programOf('typescript', 'tsc'), '-p', CONFIG, '--noCheck', '--outDir', draft];
  await runQuietly('Compiling', process.execPath, args);
}

function copyAssets(draft) {
  for (const path of filesOf(FOLDERS).filter((file) => !file.endsWith('.ts'))) {
    mkdirSync(dirname(join(draft, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(draft, path));
  }
}

/** The worker starts several seconds sooner with the bundle than when it has to make it. */
async function bundleWorkflows(draft) {
  if (!existsSync(join(draft, 'workflows', 'index.js'))) return;
  const bundler = fileURLToPath(new URL('bundle-workflows.mjs', import.meta.url));
  await runQuietly('Bundling the workflows', process.execPath, [
    bundler,
    draft,
    join(draft, BUNDLE),
  ]);
}

function reuseBundle(draft) {
  const bundle = join(DIST, BUNDLE);
  if (existsSync(bundle)) copyFileSync(bundle, join(draft, BUNDLE));
}

function replaceDist(draft) {
  const old = join(ROOT, `dist.old-${randomBytes(4).toString('hex')}`);
  if (existsSync(DIST)) renameSync(DIST, old);
  try {
    renameSync(draft, DIST);
  } catch (error) {
    // Another build was faster by a moment; its result is as new as ours.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(join(DIST, 'stamp.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Changes with the path, size or time of any file in the folders, and with what compiles them. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const others = [
    CONFIG,
    'tsconfig.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/bundle-workflows.mjs',
  ];
  for (const path of [...others, ...filesOf(folders)]) {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Every file below the folders, as sorted paths from the root with forward slashes. */
function filesOf(folders) {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name).slice(ROOT.length).replaceAll('\\', '/'),
        ),
    )
    .toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ force: process.argv.includes('--force') });
}
