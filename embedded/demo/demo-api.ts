import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.ts';
import { isErrorCode } from '../../domain/errors.ts';

/** An onboarding as the API shows it; only what the demo looks at. */
export interface DemoOnboarding {
  readonly id: string;
  readonly status: string;
  readonly stage: string;
  readonly steps: readonly DemoStep[];
}

/** A step as the API shows it; only what the demo looks at. */
export interface DemoStep {
  readonly key: string;
  readonly stage: string;
  readonly status: string;
  readonly until: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly red: readonly string[];
  readonly evidence: readonly { readonly kind: string; readonly hash: string }[];
  readonly quorum:
    | readonly { readonly role: string; readonly wanted: number; readonly given: number }[]
    | null;
  readonly decisions: readonly { readonly by: string; readonly role: string }[];
  readonly failure: {
    readonly code: string;
    readonly message: string;
    readonly advice: string;
  } | null;
}

/** The variances of one signature as the API shows them. */
export interface DemoVariances {
  readonly signature: string;
  readonly element: string;
  readonly class: string;
  readonly lines: number;
  readonly overTolerance: boolean;
  readonly decision: string | null;
}

/** A row in quarantine as the API shows it; only what the demo looks at. */
export interface DemoRejects {
  readonly id: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The API as the demo people use it: each with their own token from the home. */
export class DemoApi {
  readonly #url: string;
  readonly #secrets: string;

  constructor(apiUrl: string, secretsFolder: string) {
    this.#url = `${apiUrl.replace(/\/$/, '')}/api/v1`;
    this.#secrets = secretsFolder;
  }

  onboarding(id: string): Promise<DemoOnboarding> {
    return this.#call<DemoOnboarding>('demo-viewer', 'GET', `/${place(id)}`);
  }

  /** What a step found. */
  async output(id: string, step: string): Promise<Readonly<Record<string, unknown>>> {
    const path = `/${place(id)}/steps/${encodeURIComponent(step)}`;
    return (
      (await this.#call<{ output: Record<string, unknown> | null }>('demo-viewer', 'GET', path))
        .output ?? {}
    );
  }

  async onboardings(programme: string): Promise<{ id: string }[]> {
    const path = `/onboardings?programme=${encodeURIComponent(programme)}`;
    return (await this.#call<{ onboardings: { id: string }[] }>('demo-viewer', 'GET', path))
      .onboardings;
  }

  async variances(id: string, period: string): Promise<DemoVariances[]> {
    const path = `/${place(id)}/variances/${encodeURIComponent(period)}`;
    return (await this.#call<{ groups: DemoVariances[] }>('demo-payroll-lead', 'GET', path)).groups;
  }

  /** The open rows of a dataset that broke a rule, their values masked. */
  async quarantine(id: string, dataset: string, rule: string): Promise<DemoRejects[]> {
    const query = new URLSearchParams({ dataset, rule });
    const path = `/${place(id)}/quarantine?${query.toString()}`;
    return (await this.#call<{ rows: DemoRejects[] }>('demo-migration-engineer', 'GET', path)).rows;
  }

  /** Sends corrections of a dataset as CSV. */
  importCorrections(
    person: string,
    id: string,
    dataset: string,
    csv: string,
  ): Promise<{ hash: string | null; rows: number }> {
    const path = `/${place(id)}/quarantine/${encodeURIComponent(dataset)}/corrections`;
    return this.#call(person, 'POST', path, csv);
  }

  /** The evidence pack of an onboarding: the bytes of a ZIP file. */
  async evidencePack(id: string): Promise<Buffer> {
    const answer = await this.#send('demo-assurance', 'GET', `/${place(id)}/evidence/pack`);
    return Buffer.from(await answer.arrayBuffer());
  }

  start(
    person: string,
    manifest: string,
    fileName: string,
    baseFolder: string,
  ): Promise<{ onboarding: string }> {
    return this.#call(person, 'POST', '/onboardings', { manifest, fileName, baseFolder });
  }

  command(person: string, id: string, name: string, body: object): Promise<unknown> {
    return this.#call(person, 'POST', `/${place(id)}/${name}`, body);
  }

  async #call<T>(person: string, method: string, path: string, body?: object | string): Promise<T> {
    return (await (await this.#send(person, method, path, body)).json()) as T;
  }

  /** @throws SlipwayError with the code of the API's problem; `service/unreachable` when it does not answer */
  async #send(
    person: string,
    method: string,
    path: string,
    body?: object | string,
  ): Promise<Response> {
    const token = (await readFile(join(this.#secrets, `${person}.token`), 'utf8')).trim();
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': typeOf(body) }),
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SlipwayError('service/unreachable', `the API at ${this.#url} does not answer`, {
        cause,
      });
    });
    if (answer.ok) return answer;
    const content = (await answer.json()) as { code?: string; detail?: string; title?: string };
    const code = isErrorCode(content.code ?? '')
      ? (content.code as SlipwayError['code'])
      : 'internal/unexpected';
    throw new SlipwayError(
      code,
      content.detail ?? content.title ?? `the API answered ${answer.status}`,
    );
  }
}

function typeOf(body: object | string): string {
  return typeof body === 'string' ? 'text/csv' : 'application/json';
}

/** `onboarding/<programme>/<department>` as the path of the API. */
function place(id: string): string {
  const [, programme, department] = id.split('/');
  return `onboardings/${programme}/${department}`;
}
