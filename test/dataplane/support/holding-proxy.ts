import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** Where a connection is stopped. */
export interface StopPoint {
  /** Text of the request that is waited for, once `after` has been seen. */
  readonly request: string;
  readonly after?: string;
  /** How many such requests pass first. Default 0. */
  readonly skip?: number;
  /** So many bytes more pass after the request: into the middle of a copy. */
  readonly bytes?: number;
  /** `request`: the server never sees it; `answer`: it has done what was asked, and nobody hears of it. */
  readonly hold: 'request' | 'answer';
}

/** A way to a PostgreSQL server that stops where it is told to. */
export interface HoldingProxy {
  readonly url: string;
  /** Settles when the point is reached: from then on nothing passes on that connection. */
  readonly reached: Promise<void>;
  close(): Promise<void>;
}

/** Listens in front of a server. Everything passes until the point is reached. */
export async function holdingProxy(url: string, point: StopPoint): Promise<HoldingProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  let left = point.skip ?? 0;
  let isReached = false;
  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
    let isArmed = point.after === undefined;
    let bytes: number | undefined;
    let isHeld = false;
    let waitsForAnswer = false;
    client.on('data', (data: Buffer) => {
      if (isHeld) return;
      const text = data.toString('latin1');
      if (!isReached && !waitsForAnswer) {
        if (bytes !== undefined) {
          bytes -= data.length;
        } else {
          if (point.after !== undefined && text.includes(point.after)) isArmed = true;
          else if (isArmed && text.includes(point.request)) {
            if (left > 0) left -= 1;
            else bytes = point.bytes ?? 0;
          }
        }
        if (bytes !== undefined && bytes <= 0) {
          if (point.hold === 'request') {
            isHeld = true;
            isReached = true;
            reach();
            return;
          }
          waitsForAnswer = true;
        }
      }
      upstream.write(data);
    });
    upstream.on('data', (data: Buffer) => {
      if (waitsForAnswer && !isReached) {
        isHeld = true;
        isReached = true;
        reach();
      }
      if (!isHeld) client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    reached,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
