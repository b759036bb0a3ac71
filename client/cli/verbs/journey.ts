import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import { confirmed } from '../confirm.ts';
import { findRef, findStep } from '../onboarding-ref.ts';
import { addVerb, reasonOf } from '../verb.ts';
import type { Context } from '../verb.ts';

interface Reason {
  readonly reason?: string;
}

interface Answer {
  readonly onboarding: string;
  readonly version: number;
}

/** `retry`, `skip`, `waive`, `pause`, `resume`, `rewind`, `reschedule`, `rollback`, `abort`. */
export function journeyVerbs(program: Command): void {
  addVerb<Reason & { input?: string }>(
    program,
    'retry <onboarding> [step]',
    'run a parked or waiting step again (the parked one, where there is only one)',
    async (context, [given, named], options) => {
      const reason = reasonOf(options, 'retry');
      const input = options.input === undefined ? {} : { input: readInput(options.input) };
      const ref = await findRef(context.api(), given);
      const step = await findStep(context.api(), ref, named, 'is parked', isParked);
      await give(context, `${ref.path}/retry`, { step, reason, ...input }, `${step} runs again`);
    },
  )
    .option('--input <json>', 'corrected input, as JSON or as @FILE')
    .option('--reason <text>', 'why');

  addVerb<Reason>(
    program,
    'skip <onboarding> [step]',
    'go on without an optional step that is parked',
    async (context, [given, named], options) => {
      const reason = reasonOf(options, 'skip');
      const ref = await findRef(context.api(), given);
      const step = await findStep(context.api(), ref, named, 'is parked', isParked);
      await give(context, `${ref.path}/skip`, { step, reason }, `${step} is skipped`);
    },
  ).option('--reason <text>', 'why');

  addVerb<Reason & { criterion?: string; impact?: string; expires?: string }>(
    program,
    'waive <onboarding> <step>',
    'accept a parked mandatory step, or an unmet criterion of a gate',
    async (context, [given, step = ''], options) => {
      const reason = reasonOf(options, 'waive');
      const { criterion, impact, expires } = options;
      if (impact === undefined || expires === undefined) {
        throw new SlipwayError(
          'request/invalid',
          'a waiver says what its impact is (--impact) and until when it holds (--expires)',
        );
      }
      const ref = await findRef(context.api(), given);
      const body = { step, criterion, impact, expires, reason };
      await give(context, `${ref.path}/waive`, body, `${criterion ?? step} is waived`);
    },
  )
    .option('--criterion <id>', 'which criterion of a gate')
    .option('--impact <text>', 'what it means')
    .option('--expires <date>', 'until when it holds, as in 2026-12-31')
    .option('--reason <text>', 'why');

  const simple = (verb: string, path: string, description: string, done: string): Command =>
    addVerb<Reason>(
      program,
      `${verb} <onboarding>`,
      description,
      async (context, [given], options) => {
        const reason = reasonOf(options, verb);
        const ref = await findRef(context.api(), given);
        await give(context, `${ref.path}/${path}`, { reason }, `${ref.name} ${done}`);
      },
    ).option('--reason <text>', 'why');
  simple('pause', 'pause', 'let no further step begin', 'is paused');
  simple('resume', 'resume', 'go on after a pause', 'goes on');
  simple('rollback', 'roll-back', 'take the cutover back, in reverse order', 'is rolled back');

  addVerb<Reason>(
    program,
    'rewind <onboarding> <step>',
    'go back to a step: it and all behind it are done again',
    async (context, [given, to = ''], options) => {
      const reason = reasonOf(options, 'rewind');
      const ref = await findRef(context.api(), given);
      await give(context, `${ref.path}/rewind`, { to, reason }, `${ref.name} goes on from ${to}`);
    },
  ).option('--reason <text>', 'why');

  addVerb<Reason & { from: string; to: string }>(
    program,
    'reschedule <onboarding>',
    'move the cutover window',
    async (context, [given], { from, to, ...options }) => {
      const reason = reasonOf(options, 'reschedule');
      const ref = await findRef(context.api(), given);
      const done = `the window of ${ref.name} is ${from} to ${to}`;
      await give(context, `${ref.path}/reschedule`, { from, to, reason }, done);
    },
  )
    .requiredOption('--from <time>', 'as in 2026-03-31T18:00:00+01:00')
    .requiredOption('--to <time>', 'as in 2026-04-01T06:00:00+01:00')
    .option('--reason <text>', 'why');

  addVerb<Reason & { yes?: true }>(
    program,
    'abort <onboarding>',
    'end an onboarding; its department may be started anew',
    async (context, [given], options) => {
      const reason = reasonOf(options, 'abort');
      const ref = await findRef(context.api(), given);
      if (!(await confirmed(context.out, `Abort ${ref.name}?`, options.yes))) return 1;
      await give(context, `${ref.path}/abort`, { reason }, `${ref.name} is aborted`);
      return 0;
    },
  )
    .option('--yes', 'do not ask')
    .option('--reason <text>', 'why');
}

const isParked = (step: { readonly status: string }): boolean => step.status === 'parked';

async function give(
  { out, api }: Context,
  path: string,
  body: object,
  done: string,
): Promise<void> {
  const answer = await api().post<Answer>(path, body);
  out.result(answer, () => done);
}

/** JSON, or `@FILE` with it. */
function readInput(given: string): unknown {
  let text = given;
  if (given.startsWith('@')) {
    try {
      text = readFileSync(given.slice(1), 'utf8');
    } catch (cause) {
      throw new SlipwayError('request/invalid', `--input: ${given.slice(1)} cannot be read`, {
        cause,
      });
    }
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('request/invalid', `--input is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
