import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type BackgroundMessage, startInBackground } from './background.ts';
import { loadEmbeddedConfig } from './config.ts';
import { runDemoProgramme, sayDemoFailed } from './demo/demo-programme.ts';
import { runDemo } from './demo/run-demo.ts';
import type { DemoPlace } from './demo/run-demo.ts';
import { examine } from './doctor.ts';
import { stopHome } from './down.ts';
import { homeAt } from './home.ts';
import { ownPrograms } from './programs.ts';
import { POSTGRES_USER } from './postgres-folder.ts';
import type { Progress } from './progress.ts';
import { postgresPassword } from './secrets.ts';
import { asSlipwayError, reportError } from './report-error.ts';
import type { Services } from './services.ts';
import { stopSignal } from './stop-signal.ts';
import { runHome } from './up.ts';

/** Options of every command here. */
interface CommonOptions {
  readonly home: string;
  readonly json?: true;
}

interface UpOptions extends CommonOptions {
  readonly port?: number;
  readonly detach?: true;
  /** Run the demo programme as well. */
  readonly demo?: true;
  /** Set for the process that a start with `detach` leaves behind. */
  readonly background?: true;
  readonly workerProgram: string;
  readonly apiProgram: string;
}

const DEFAULT_HOME = '.slipway';

const say: Progress = (line) => process.stderr.write(`${line}\n`);

async function up(options: UpOptions): Promise<void> {
  if (options.background === true) return upInBackground(options);
  if (options.detach === true) {
    const { services, elsewhere } = await startInBackground(
      homeAt(options.home),
      fileURLToPath(import.meta.url),
      backgroundArguments(options),
      say,
    );
    printRunning(options, services, elsewhere ? 'elsewhere' : 'background');
    return;
  }
  const signal = stopSignal({ withParent: true });
  await run(options, signal, say, async (services, elsewhere) => {
    printRunning(options, services, elsewhere ? 'elsewhere' : 'here');
    if (options.demo === true) await showDemo(options, services, signal);
    if (!elsewhere) await aborted(signal);
  });
}

/** A demo that fails leaves Slipway running: what went wrong is there to be looked at. */
async function showDemo(
  options: UpOptions,
  services: Services,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runDemoProgramme({ ...demoPlace(options, services, signal), homeOption: options.home });
  } catch (error) {
    if (!signal.aborted) sayDemoFailed(say, asSlipwayError(error));
  }
}

function demoPlace({ home }: CommonOptions, services: Services, signal: AbortSignal): DemoPlace {
  const place = homeAt(home);
  const password = encodeURIComponent(postgresPassword(place));
  const server = `postgres://${POSTGRES_USER}:${password}@127.0.0.1:${services.ports.postgres}`;
  return {
    home: place,
    apiUrl: services.apiUrl,
    databases: { admin: `${server}/postgres`, platform: `${server}/platform` },
    say,
    signal,
  };
}

/** One department from its manifest to closed; the home is stopped afterwards unless it ran before. */
async function demo(options: UpOptions): Promise<void> {
  const started = Date.now();
  const signal = stopSignal({ withParent: true });
  await run(options, signal, say, async (services) => {
    const result = await runDemo(demoPlace(options, services, signal));
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    const lines = [
      `\n${result.onboarding} is closed after ${seconds} s.`,
      `  Rows loaded       ${result.rowsLoaded}`,
      `  Rows quarantined  ${result.rowsQuarantined}`,
      `  Rows re-driven    ${result.rowsRedriven}`,
      `  Pay variances     ${result.variances}`,
      `  Evidence pack     ${result.evidencePack}\n`,
    ];
    process.stdout.write(
      options.json === true ? `${JSON.stringify({ ...result, seconds })}\n` : lines.join('\n'),
    );
  });
}

/** The same, telling the command that started us instead of a person. */
async function upInBackground(options: UpOptions): Promise<void> {
  const tell = (message: BackgroundMessage): void => {
    if (process.connected) process.send?.(message);
  };
  const starting = new AbortController();
  const cancel = (): void => starting.abort();
  process.once('disconnect', cancel); // who waits for us was stopped
  const signal = AbortSignal.any([starting.signal, stopSignal({ withParent: false })]);
  try {
    await run(
      options,
      signal,
      (line) => tell({ type: 'progress', line }),
      async (services, elsewhere) => {
        process.off('disconnect', cancel);
        tell({ type: 'ready', services, elsewhere });
        if (!elsewhere) await aborted(signal);
      },
    );
  } catch (error) {
    const { code, message } = asSlipwayError(error);
    tell({ type: 'failed', code, message });
    throw error;
  }
}

function run(
  options: UpOptions,
  signal: AbortSignal,
  progress: Progress,
  whileRunning: (services: Services, elsewhere: boolean) => Promise<void>,
): Promise<void> {
  const programs = { worker: options.workerProgram, api: options.apiProgram };
  const config = loadEmbeddedConfig();
  const home = homeAt(options.home);
  return runHome(
    { home, config, programs, apiPort: options.port, say: progress, signal },
    whileRunning,
  );
}

function backgroundArguments(options: UpOptions): string[] {
  const args = ['up', '--background', '--home', options.home];
  if (options.port !== undefined) args.push('--port', String(options.port));
  args.push('--worker-program', options.workerProgram, '--api-program', options.apiProgram);
  return args;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function printRunning(
  { home, json }: UpOptions,
  services: Services,
  where: 'here' | 'background' | 'elsewhere',
): void {
  const { folder } = homeAt(home);
  if (json === true) {
    const alreadyRunning = where === 'elsewhere';
    process.stdout.write(
      `${JSON.stringify({ running: true, alreadyRunning, home: folder, ...services })}\n`,
    );
    return;
  }
  const title = where === 'elsewhere' ? 'Slipway is already running.' : 'Slipway is running.';
  const option = home === DEFAULT_HOME ? '' : ` --home ${home}`;
  const stop = where === 'here' ? 'Ctrl-C' : `slipway down${option}`;
  process.stdout.write(
    `\n${title}\n  Dashboard  ${services.apiUrl}\n  State      ${folder}\n  Stop with  ${stop}\n\n`,
  );
}

async function down({ home, json }: CommonOptions): Promise<void> {
  const stopped = await stopHome(homeAt(home), say);
  const text = stopped ? 'Stopped.' : 'Not running.';
  process.stdout.write(
    `${json === true ? JSON.stringify({ stopped, home: homeAt(home).folder }) : text}\n`,
  );
}

async function doctor({ home, json }: CommonOptions): Promise<void> {
  const findings = await examine(homeAt(home), loadEmbeddedConfig());
  const ok = findings.every((finding) => finding.ok || !finding.needed);
  if (json === true) process.stdout.write(`${JSON.stringify({ ok, findings })}\n`);
  else {
    for (const { name, found, advice, needed } of findings) {
      const verdict = advice === undefined ? 'ok     ' : needed ? 'MISSING' : 'absent ';
      process.stdout.write(`${verdict}  ${name.padEnd(12)}  ${found}\n`);
      if (advice !== undefined) process.stdout.write(`${' '.repeat(23)}-> ${advice}\n`);
    }
  }
  if (!ok) process.exitCode = 1;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('expected a number from 1 to 65535.');
}

function commandLine(): Command {
  const program = new Command('slipway').exitOverride();
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--home <dir>', 'folder of the state', DEFAULT_HOME)
      .option('--json', 'print one JSON object');
  const programs = ownPrograms();
  command('up', 'start everything on this machine')
    .option('--port <number>', 'port of API and dashboard (default: a free one)', portNumber)
    .option('--detach', 'return once it runs, and leave it running')
    .option('--demo', 'also run a demo programme of three departments')
    .addOption(new Option('--background').hideHelp())
    .addOption(new Option('--worker-program <path>').default(programs.worker).hideHelp())
    .addOption(new Option('--api-program <path>').default(programs.api).hideHelp())
    .action(up);
  command('demo', 'take one fabricated department from its manifest to closed')
    .addOption(new Option('--worker-program <path>').default(programs.worker).hideHelp())
    .addOption(new Option('--api-program <path>').default(programs.api).hideHelp())
    .action(demo);
  command('down', 'stop what runs in a home').action(down);
  command('doctor', 'say what is there, what is missing and how to get it').action(doctor);
  return program;
}

const json = process.argv.includes('--json');
try {
  await commandLine().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const known = asSlipwayError(error);
    reportError(known, json);
    process.exitCode = known.entry.exit;
  }
}
// A pool or a socket that was forgotten must not keep a stopped Slipway alive.
process.exit();
