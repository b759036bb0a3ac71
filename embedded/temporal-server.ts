import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { SlipwayError } from '../domain/errors.ts';
import { freePort } from './ports.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** Workflow search attributes of Slipway, all of type Keyword. */
export const SEARCH_ATTRIBUTES = [
  'SlipwayProgramme',
  'SlipwayDepartment',
  'SlipwayStage',
  'SlipwayStatus',
  'SlipwayParkedStep',
  'SlipwayErrorCode',
] as const;

/** The namespace of a Temporal dev server. */
export const NAMESPACE = 'default';
const STOP_GRACE_MS = 15_000;
const READY_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 3;

export interface TemporalServerOptions {
  /** Path of the Temporal CLI: see `obtainTemporalBinary`. */
  readonly binary: string;
  /** File of its database, made when it does not exist. In memory when left out. */
  readonly databaseFile?: string;
  readonly logFile: string;
  /** Tried first; another free port is taken when it is busy. */
  readonly preferredPort?: number | undefined;
  /** No other port will do: clients know this one. */
  readonly fixedPort?: number | undefined;
  /** Serve the Temporal web UI as well. */
  readonly ui?: { readonly preferredPort?: number | undefined };
}

/** A running Temporal dev server on the loopback interface, with Slipway's search attributes. */
export interface TemporalServer {
  /** `host:port` of its gRPC service. */
  readonly address: string;
  readonly port: number;
  readonly uiPort: number | undefined;
  readonly process: ServerProcess;
}

/**
 * Starts the Temporal dev server; resolves when its gRPC port answers for the namespace `default`.
 * @throws SlipwayError `temporal/failed`, `home/no-space`
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  if (options.databaseFile !== undefined)
    mkdirSync(dirname(options.databaseFile), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.fixedPort ?? (await freePort(options.preferredPort));
    const uiPort = options.ui === undefined ? undefined : await freePort(options.ui.preferredPort);
    const server = await startServerProcess({
      command: options.binary,
      args: serverArguments(options, port, uiPort),
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      stopGraceMs: STOP_GRACE_MS,
    });
    const address = `127.0.0.1:${port}`;
    if (await isReady(address, server)) {
      return { address, port, uiPort, process: server };
    }
    await server.stop();
    if (attempt < PORT_ATTEMPTS && /address already in use/i.test(server.output())) continue;
    throw failure(server.output(), options.logFile);
  }
}

function serverArguments(
  options: TemporalServerOptions,
  port: number,
  uiPort: number | undefined,
): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)];
  args.push('--log-level', 'warn', '--log-format', 'json');
  if (uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(uiPort));
  // A stage of quick steps is over within a second; the server would let the next history wait until it has passed.
  args.push('--dynamic-config-value', 'history.workflowIdReuseMinimalInterval="0s"');
  for (const name of SEARCH_ATTRIBUTES) args.push('--search-attribute', `${name}=Keyword`);
  if (options.databaseFile !== undefined) {
    args.push('--db-filename', options.databaseFile);
    // 217 activities a second with these pragmas, 69 without. What was acknowledged survives kill -9.
    args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  }
  return args;
}

async function isReady(address: string, server: ServerProcess): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !server.hasExited()) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      try {
        await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
        return !server.hasExited();
      } finally {
        await connection.close();
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return false;
}

function failure(output: string, logFile: string): SlipwayError {
  if (/no space left on device|database or disk is full/i.test(output)) {
    return new SlipwayError(
      'home/no-space',
      'Temporal did not start: there is no space left on the disk',
    );
  }
  const reason = output.split('\n').findLast((line) => line.trim() !== '') ?? 'it printed nothing';
  return new SlipwayError('temporal/failed', `Temporal did not start: ${reason} (log: ${logFile})`);
}
