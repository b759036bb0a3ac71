import { availableParallelism } from 'node:os';
import type { Bench } from './support/bench.ts';

/** Every bench, by the name of the command `npm run bench -- NAME`. */
const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  orchestration: () => import('./orchestration.bench.ts'),
  profile: () => import('./profile.bench.ts'),
  reconcile: () => import('./reconcile.bench.ts'),
  matching: () => import('./matching.bench.ts'),
  transfer: () => import('./transfer.bench.ts'),
  intake: () => import('./intake.bench.ts'),
  variance: () => import('./variance.bench.ts'),
};

/** Runs one bench. The last line on standard output is one JSON object. `--list` prints the names. */
async function main(words: readonly string[]): Promise<void> {
  const names = words.filter((word) => !word.startsWith('--'));
  const options = words.filter((word) => word.startsWith('--'));
  const unknown = options.find((option) => !['--json', '--smoke', '--list'].includes(option));
  if (options.includes('--list')) {
    for (const name of Object.keys(BENCHES)) console.log(name);
    return;
  }
  const [name] = names;
  const load = name === undefined ? undefined : BENCHES[name];
  if (name === undefined || load === undefined || names.length > 1 || unknown !== undefined) {
    console.error(
      `usage: npm run bench -- NAME [--smoke] [--json]; NAME is one of ${Object.keys(BENCHES).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const { bench } = await load();
  const { figures, rounds, versions } = await bench({
    smoke: options.includes('--smoke'),
    say: (line) => console.error(line),
  });
  console.log(
    JSON.stringify({ bench: name, ...figures, rounds, cores: availableParallelism(), versions }),
  );
}

// A bench may keep servers: what it left is ended when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await main(process.argv.slice(2));
