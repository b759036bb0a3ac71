import type { Command } from 'commander';
import { SlipwayError } from '../../domain/errors.ts';
import { ApiClient } from './api-client.ts';
import { loadCliConfig } from './config.ts';
import { findApi } from './connection.ts';
import type { CommonOptions } from './connection.ts';
import { Output } from './output.ts';

/** What a verb works with. */
export interface Context {
  readonly out: Output;
  /** The API; found when it is needed first. @throws SlipwayError */
  readonly api: () => ApiClient;
}

/** Carries a verb out. Returns the exit code where it is not 0. */
export type VerbAction<O> = (
  context: Context,
  args: readonly string[],
  options: O,
) => Promise<number | void>;

/** Where a home is unless `--home` says otherwise. */
const HOME = '.slipway';

/** Adds a verb with the options that all of them have. @param usage as in `retry <onboarding> [step]` */
export function addVerb<O extends object>(
  program: Command,
  usage: string,
  description: string,
  action: VerbAction<O>,
): Command {
  return withCommonOptions(program.command(usage).description(description)).action(
    async (...parameters: unknown[]) => {
      const command = parameters.at(-1) as Command;
      const given = command.optsWithGlobals<Partial<CommonOptions> & O>();
      const options = { ...given, home: given.home ?? HOME };
      const config = loadCliConfig();
      const context = {
        out: new Output(
          options.json === true,
          options.home === HOME ? '' : ` --home ${options.home}`,
          config,
        ),
        api: () => new ApiClient(findApi(options, config)),
      };
      process.exitCode = (await action(context, command.args, options)) ?? 0;
    },
  );
}

/** Options that may stand before the verb and after it. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--home <dir>', `folder of the state (default: ${HOME})`)
    .option('--url <url>', 'address of the API (default: what runs in the home)')
    .option('--token <token>', 'token to sign in with')
    .option('--as <person>', 'speak as this person of the home')
    .option('--json', 'print one JSON object');
}

/** The reason of a command. @throws SlipwayError `command/reason-required` */
export function reasonOf(options: { readonly reason?: string | undefined }, verb: string): string {
  const reason = options.reason?.trim() ?? '';
  if (reason !== '') return reason;
  throw new SlipwayError('command/reason-required', `${verb} needs a reason`);
}
