import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuietly, say } from './run.mjs';

const PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

/** The path of a Chromium: `SLIPWAY_CHROMIUM`, or one on the PATH. Only the browser tests need it. */
export function findChromium() {
  const given = process.env['SLIPWAY_CHROMIUM'];
  if (given) return isProgram(given) ? given : undefined;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))
    .find(isProgram);
}

/** Installs Debian's Chromium where there is none and we may; otherwise the browser tests say what they need. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  const mayInstall = process.getuid?.() === 0 && isProgram('/usr/bin/apt-get');
  if (!mayInstall) {
    say(
      'No Chromium was found: the browser tests will fail. Install it, or name it in SLIPWAY_CHROMIUM.',
    );
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('Refreshing the package lists', 'apt-get', ['update', '-q'], { env });
  const args = ['install', '-q', '-y', '--no-install-recommends', 'chromium'];
  await runQuietly('Installing Chromium for the browser tests', 'apt-get', args, { env });
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureChromium();
