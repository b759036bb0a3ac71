import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrorCode, SlipwayError } from '../../domain/errors.ts';
import type { ApiConnection } from './connection.ts';
import { readEvents } from './sse.ts';
import type { SseMessage } from './sse.ts';

/** How often a command is sent when the connection breaks: it has an idempotency key, so that it counts once. */
const ATTEMPTS = 3;
/** Milliseconds between them. */
const PAUSE = 300;

/** Talks to the API. Every failure is a SlipwayError: what the API refused, or `service/unreachable`. */
export class ApiClient {
  readonly url: string;
  readonly #token: string;

  constructor({ url, token }: ApiConnection) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new SlipwayError('request/invalid', `--url is not an address: ${url}`);
    this.url = url;
    this.#token = token;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#fetch(path)).json()) as T;
  }

  async delete<T>(path: string): Promise<T> {
    return (await (await this.#fetch(path, { method: 'DELETE' })).json()) as T;
  }

  /** Sends a command. Repeated by itself when the connection breaks; it is carried out once. */
  async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await (await this.#fetch(path, init)).json()) as T;
      } catch (error) {
        if (!(error instanceof Broken) || attempt === ATTEMPTS) throw error;
        await delay(PAUSE);
      }
    }
  }

  /** Sends a file as it is. */
  async upload<T>(path: string, content: Buffer<ArrayBuffer>, type: string): Promise<T> {
    const init = { method: 'POST', headers: { 'content-type': type }, body: content };
    return (await (await this.#fetch(path, init)).json()) as T;
  }

  /** Fetches a file. */
  async download(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.#fetch(path)).arrayBuffer());
  }

  /** Fetches a large file piece by piece. @param received told how many bytes came, and of how many */
  async *pieces(
    path: string,
    received: (bytes: number, total: number) => void,
  ): AsyncGenerator<Uint8Array> {
    const { body, headers } = await this.#fetch(path);
    const total = Number(headers.get('content-length') ?? 0);
    let bytes = 0;
    try {
      for await (const piece of body ?? []) {
        bytes += piece.length;
        received(bytes, total);
        yield piece;
      }
    } catch (cause) {
      throw new Broken(this.url, cause);
    }
  }

  /** A live stream. Ends when the server or the signal ends it. */
  async *stream(path: string, signal: AbortSignal): AsyncGenerator<SseMessage> {
    const { body } = await this.#fetch(path, { signal, headers: { accept: 'text/event-stream' } });
    if (body === null) return;
    try {
      yield* readEvents(body);
    } catch (cause) {
      if (!signal.aborted) throw new Broken(this.url, cause);
    }
  }

  async #fetch(
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}`, ...init.headers };
    let response: Response;
    try {
      response = await fetch(`${this.url}/api/v1${path}`, { ...init, headers });
    } catch (cause) {
      throw new Broken(this.url, cause);
    }
    if (!response.ok) throw await problemIn(response, this.url);
    return response;
  }
}

/** The connection could not be made, or it broke. */
class Broken extends SlipwayError {
  constructor(url: string, cause: unknown) {
    super('service/unreachable', `the API at ${url} does not answer`, { cause });
  }
}

async function problemIn(response: Response, url: string): Promise<SlipwayError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    const code = String(body.code);
    const problems = 'problems' in body ? { problems: body.problems } : {};
    if (isErrorCode(code))
      return new SlipwayError(code, String(body.detail), { details: problems });
  }
  return new SlipwayError(
    'service/unreachable',
    `what answers at ${url} is not Slipway (HTTP ${response.status})`,
  );
}
