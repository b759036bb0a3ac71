import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, writeWhole } from './home.ts';

/** Ports of a home's services; kept for the next start, so that addresses people noted down stay true. */
export interface Ports {
  readonly postgres?: number;
  readonly temporal?: number;
  readonly temporalUi?: number;
  readonly api?: number;
}

/** What runs in a home: the content of `run/services.json`, which exists while it runs. */
export interface Services {
  /** Address of API and dashboard. */
  readonly apiUrl: string;
  readonly temporalAddress: string;
  /** Temporal's own web pages; absent where an own cluster is used. */
  readonly temporalUiUrl?: string;
  readonly ports: Ports;
  /** Process ids; a service that is being restarted is absent. */
  readonly pids: Readonly<Record<string, number>>;
  /** ISO 8601. */
  readonly startedAt: string;
}

export function readServices(home: Home): Services | undefined {
  return readJson(servicesFile(home)) as Services | undefined;
}

export function writeServices(home: Home, services: Services): void {
  writeWhole(servicesFile(home), `${JSON.stringify(services, null, 2)}\n`);
}

export function removeServices(home: Home): void {
  rmSync(servicesFile(home), { force: true });
}

/** The ports of the last start; none when they are not known. */
export function readPorts(home: Home): Ports {
  return readJson(portsFile(home)) ?? {};
}

export function writePorts(home: Home, ports: Ports): void {
  writeWhole(portsFile(home), JSON.stringify(ports));
}

function servicesFile(home: Home): string {
  return join(home.run, 'services.json');
}

function portsFile(home: Home): string {
  return join(home.run, 'ports.json');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
