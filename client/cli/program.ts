import { Command } from 'commander';
import { afterCutoverVerbs } from './verbs/after-cutover.ts';
import { amendmentVerbs } from './verbs/amendments.ts';
import { cutoverVerbs } from './verbs/cutover.ts';
import { decideVerbs } from './verbs/decide.ts';
import { differencesVerb } from './verbs/differences.ts';
import { evidenceVerbs } from './verbs/evidence.ts';
import { journeyVerbs } from './verbs/journey.ts';
import { lookVerbs } from './verbs/look.ts';
import { manifestVerbs } from './verbs/manifests.ts';
import { mappingVerb } from './verbs/mapping.ts';
import { suggestVerb } from './verbs/suggest.ts';
import { programmeVerbs } from './verbs/programme.ts';
import { profileVerb } from './verbs/profile.ts';
import { quarantineVerbs } from './verbs/quarantine.ts';
import { readinessVerbs } from './verbs/readiness.ts';
import { tokenVerbs } from './verbs/tokens.ts';
import { varianceVerbs } from './verbs/variances.ts';
import { watchVerb } from './verbs/watch.ts';
import { EMBEDDED_VERBS, passThrough } from './pass-through.ts';
import { withCommonOptions } from './verb.ts';

const EMBEDDED: Readonly<Record<(typeof EMBEDDED_VERBS)[number], string>> = {
  up: 'start everything on this machine',
  down: 'stop what runs in a home',
  doctor: 'say what is there, what is missing and how to get it',
  demo: 'take a demo department through all five stages',
};

/** The command line. */
export function createProgram(version: string): Command {
  const program = withCommonOptions(new Command('slipway'))
    .description(
      'Brings departments onto a shared-services platform, step by durable step.\nOnboardings are named programme/department, or by the department alone where that is clear.',
    )
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  for (const verb of EMBEDDED_VERBS) {
    program
      .command(verb)
      .description(EMBEDDED[verb])
      .argument('[options...]')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (_options, _parsed, command: Command) => {
        process.exitCode = await passThrough([verb, ...before(program), ...command.args]);
      });
  }
  manifestVerbs(program);
  lookVerbs(program);
  profileVerb(program);
  watchVerb(program);
  journeyVerbs(program);
  amendmentVerbs(program);
  decideVerbs(program);
  suggestVerb(program);
  quarantineVerbs(program);
  differencesVerb(program);
  cutoverVerbs(program);
  afterCutoverVerbs(program);
  programmeVerbs(program);
  varianceVerbs(program);
  mappingVerb(program);
  readinessVerbs(program);
  evidenceVerbs(program);
  tokenVerbs(program);
  return program;
}

/** Options that stood before the verb and concern the embedded runtime as well. */
function before(program: Command): string[] {
  const { home, json } = program.opts<{ home?: string; json?: true }>();
  return [...(home === undefined ? [] : ['--home', home]), ...(json === true ? ['--json'] : [])];
}
