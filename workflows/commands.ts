import { setHandler } from '@temporalio/workflow';
import { answerDecisions } from './commands/decision-commands.ts';
import { handlingOf } from './commands/handling.ts';
import { answerJourneyCommands } from './commands/journey-commands.ts';
import { answerStepCommands } from './commands/step-commands.ts';
import { answerReadinessCommands } from './commands/readiness-commands.ts';
import type { Engine } from './engine.ts';
import * as messages from './messages.ts';
import { refusal } from './refusal.ts';

/** Answers the commands of people. Registered before anything else runs, so that none is missed. */
export function answerCommands(engine: Engine): void {
  const { state } = engine;
  const handling = handlingOf(engine);

  setHandler(messages.beginUpdate, handling.recorded, {
    validator: ({ manifest }) => {
      if (manifest !== state.manifest) {
        throw refusal(
          'manifest/conflict',
          `${state.onboarding} runs from manifest ${state.manifest.slice(0, 12)}`,
        );
      }
    },
  });

  answerStepCommands(handling);
  answerDecisions(handling);
  answerJourneyCommands(handling);
  answerReadinessCommands(handling);
}
