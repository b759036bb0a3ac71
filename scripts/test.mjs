// `npm test`: runs every test (or those named) and ends with `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureMariadb } from './mariadb.mjs';
import { programOf, runInFront } from './run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'slipway-report-'));
const report = join(folder, 'report.json');
try {
  await ensureChromium();
  await ensureMariadb();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runInFront(process.execPath, [
    programOf('vitest'),
    'run',
    ...reporters,
    ...process.argv.slice(2),
  ]);
  const { passed, failed, skipped } = count();
  // A run can fail without a failed test: nothing ran, or something went wrong outside of all tests.
  const failures = code !== 0 && failed === 0 ? 1 : failed;
  process.exitCode = failures === 0 ? 0 : 1;
  process.stdout.write(`${passed} passed, ${failures} failed, ${skipped} skipped\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A file that cannot be loaded has no tests in the report: it counts as one that failed. */
function count() {
  const { testResults } = readReport();
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      totals.failed += 1;
    for (const test of assertionResults) {
      if (test.status === 'passed') totals.passed += 1;
      else if (test.status === 'failed') totals.failed += 1;
      else totals.skipped += 1;
    }
  }
  return totals;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}
