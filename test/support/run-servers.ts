import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { startTestServers } from './servers.ts';

/**
 * Runs the servers that tests need in a process of their own, which outlives whoever is killed. Forked by the global
 * set-up, it sends their addresses and stops them when the channel closes. As `npm run test:servers` it writes the
 * addresses to a file and stops at Ctrl-C.
 */
const servers = await startTestServers((line) => process.stderr.write(`${line}\n`));
const addresses = { postgresUrl: servers.postgresUrl, temporalAddress: servers.temporalAddress };

if (process.send === undefined) {
  const file = resolve(process.argv[2] ?? 'node_modules/.cache/slipway/test-servers.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(addresses));
  process.stderr.write(
    `Running until Ctrl-C. In another terminal:\n  export SLIPWAY_TEST_SERVERS=${file}\n  npx vitest\n`,
  );
  // Signals alone do not keep a process alive.
  const alive = setInterval(() => undefined, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(alive);
      rmSync(file, { force: true });
      void servers.stop();
    });
  }
} else {
  process.once('disconnect', () => void servers.stop());
  process.send(addresses);
}
