import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { startTestServers } from './servers.ts';

// `npm run test:servers`: keeps the servers that tests need, so that repeated test runs do not start their own.
const file = resolve(process.argv[2] ?? '.slipway/test-servers.json');
const { postgresUrl, temporalAddress, stop } = await startTestServers((line) =>
  process.stderr.write(`${line}\n`),
);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, JSON.stringify({ postgresUrl, temporalAddress }));
process.stderr.write(
  `Running until Ctrl-C. In another terminal:\n  export SLIPWAY_TEST_SERVERS=${file}\n  npx vitest\n`,
);
// Signals alone do not keep a process alive.
const alive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(alive);
    rmSync(file, { force: true });
    void stop();
  });
}
