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

  async evidence(id: string, hash: string): Promise<unknown> {
    return (
      await this.#call<{ content: unknown }>(
        'demo-assurance',
        'GET',
        `/${place(id)}/evidence/${hash}`,
      )
    ).content;
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

  /** @throws SlipwayError with the code of the API's problem; `service/unreachable` when it does not answer */
  async #call<T>(person: string, method: string, path: string, body?: object): Promise<T> {
    const token = (await readFile(join(this.#secrets, `${person}.token`), 'utf8')).trim();
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SlipwayError('service/unreachable', `the API at ${this.#url} does not answer`, {
        cause,
      });
    });
    const content = (await answer.json()) as T & { code?: string; detail?: string; title?: string };
    if (answer.ok) return content;
    const code = isErrorCode(content.code ?? '')
      ? (content.code as SlipwayError['code'])
      : 'internal/unexpected';
    throw new SlipwayError(
      code,
      content.detail ?? content.title ?? `the API answered ${answer.status}`,
    );
  }
}

/** `onboarding/<programme>/<department>` as the path of the API. */
function place(id: string): string {
  const [, programme, department] = id.split('/');
  return `onboardings/${programme}/${department}`;
}
