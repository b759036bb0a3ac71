import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { SlipwayError } from '../../domain/errors.ts';
import { createProgram } from './program.ts';
import { asSlipwayError, reportError } from './report-error.ts';

/** The version of the package this file is part of: beside `client/` in a checkout, above `dist/` in the package. */
function ownVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        version: string;
      };
      return version;
    } catch {
      // It is the other place.
    }
  }
  return 'unknown';
}

// A pipe that nobody reads any more (`slipway status | head -1`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const args = process.argv.slice(2);
try {
  await createProgram(ownVersion()).parseAsync(args.length === 0 ? ['--help'] : args, {
    from: 'user',
  });
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version end this way as well. What was wrong has been said.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (error.exitCode !== 0 && args.includes('--json'))
      reportError(new SlipwayError('request/invalid', error.message.replace(/^error: /, '')), true);
  } else {
    const known = asSlipwayError(error);
    reportError(known, args.includes('--json'));
    process.exitCode = known.entry.exit;
  }
}
