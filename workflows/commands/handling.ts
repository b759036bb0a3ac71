import { condition } from '@temporalio/workflow';
import type { StepKey } from '../../domain/step-catalogue.ts';
import { isStage } from '../../domain/stages.ts';
import type { Engine, Interrupt } from '../engine.ts';
import type { CommandResult, Said } from '../messages.ts';

/** What every handler of a command needs. */
export interface Handling {
  readonly engine: Engine;
  /** Who changed what runs in the stage of a step cannot approve that stage. */
  readonly touch: (key: StepKey, said: Said) => void;
  /** A command has returned when its events are in the store, so that whoever gave it sees them at once. */
  readonly recorded: () => Promise<CommandResult>;
  /** The same for a command that sends the journey elsewhere: the journey has taken it up. */
  readonly followed: (interrupt: Interrupt) => Promise<CommandResult>;
}

/** Who gave a command and why, as its event says it. */
export function by({ actor, reason }: Said): { by: string; reason: string } {
  return { by: actor.id, reason };
}

/** What the handlers of one onboarding share. */
export function handlingOf(engine: Engine): Handling {
  const { state } = engine;
  const recorded = async (): Promise<CommandResult> => {
    const { version } = state;
    await engine.flush();
    return { version };
  };
  return {
    engine,
    recorded,
    touch(key, { actor }) {
      const stage = key.split('/')[0] ?? '';
      if (!isStage(stage)) return;
      const people = state.touched[stage] ?? [];
      if (!people.includes(actor.id)) state.touched[stage] = [...people, actor.id];
    },
    async followed(interrupt) {
      engine.interrupt(interrupt);
      await condition(() => !engine.interrupted);
      return await recorded();
    },
  };
}
