import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Progress goes to standard error: standard output belongs to the command that is being prepared. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a program quietly, saying `what` when it takes more than two seconds and every ten seconds from then on. Its
 * output is shown only when it fails.
 * @returns what it wrote to standard output
 * @throws Error with the exit code in its message
 */
export async function runQuietly(what, command, args, options = {}) {
  const heartbeat = startHeartbeat(what);
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const chunks = { stdout: [], all: [] };
  child.stdout.on('data', (chunk) => chunks.stdout.push(chunk) && chunks.all.push(chunk));
  child.stderr.on('data', (chunk) => chunks.all.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(heartbeat.stop);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(chunks.all));
    throw new Error(`${what}: failed with exit code ${code}`);
  }
  return Buffer.concat(chunks.stdout).toString('utf8');
}

/** Runs a program on our own terminal; resolves to its exit code. */
export async function runInFront(command, args, options = {}) {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The JavaScript file behind the command of an installed package. */
export function programOf(name, command = name) {
  const folder = join(ROOT, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

function startHeartbeat(what) {
  const started = Date.now();
  let repeat;
  const first = setTimeout(() => {
    say(`${what} ...`);
    repeat = setInterval(() => {
      say(`${what} ... ${Math.round((Date.now() - started) / 1000)} s`);
    }, 10_000);
  }, 2000);
  return {
    stop: () => {
      clearTimeout(first);
      clearInterval(repeat);
    },
  };
}
