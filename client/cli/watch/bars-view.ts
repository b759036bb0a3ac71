import cliProgress from 'cli-progress';
import type { SingleBar } from 'cli-progress';
import type { OnboardingPage } from '../../views.ts';
import type { Colours } from '../output.ts';
import { progressText } from '../words.ts';
import type { RunningStep, WatchView } from './watch-view.ts';

const WIDTH = 24;
const NO_LABEL = ' '.repeat(13);

interface Payload {
  readonly label: string;
  readonly text: string;
}

/** Bars at the foot of a terminal, one for each stage and running step; what happens scrolls above them. */
export function barsView(colours: Colours): WatchView {
  const bars = new cliProgress.MultiBar({
    format: (_options, { progress }, payload: Payload) => {
      const filled = Math.round(progress * WIDTH);
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
      return `${payload.label} ${progress >= 1 ? colours.green(bar) : bar} ${payload.text}`;
    },
    stream: process.stdout,
    hideCursor: true,
    // A line written above the bars moves all of them: each has to be drawn again.
    forceRedraw: true,
    fps: 5,
    // Whoever watches ends it.
    gracefulExit: false,
  });
  const stages = new Map<string, SingleBar>();
  const steps = new Map<string, SingleBar>();
  const show = (
    all: Map<string, SingleBar>,
    key: string,
    total: number,
    done: number,
    payload: Payload,
  ): void => {
    const bar = all.get(key);
    if (bar === undefined) all.set(key, bars.create(total, done, payload));
    else {
      bar.setTotal(total);
      bar.update(done, payload);
    }
  };
  const keep = (keys: ReadonlySet<string>): void => {
    for (const [key, bar] of steps) {
      if (keys.has(key)) continue;
      bars.remove(bar);
      steps.delete(key);
    }
  };
  return {
    line: (text) => bars.log(`${text}\n`),
    page(page: OnboardingPage) {
      for (const { stage, settled, steps: all } of page.stages) {
        const name = stage.padEnd(13);
        const label = stage === page.stage && page.endedAt === null ? colours.bold(name) : name;
        show(stages, stage, Math.max(1, all), all === 0 ? 1 : settled, {
          label,
          text: `${settled}/${all}`,
        });
      }
      keep(
        new Set(
          page.steps
            .filter((step) => step.progress !== null && step.endedAt === null)
            .map((step) => step.key),
        ),
      );
    },
    progress(running: readonly RunningStep[]) {
      for (const step of running) {
        const text = `${step.key}  ${progressText(step)}`;
        show(steps, step.key, step.total ?? step.done * 2 + 1, step.done, {
          label: NO_LABEL,
          text,
        });
      }
      keep(new Set(running.map((step) => step.key)));
    },
    end() {
      // Lines that are not shown yet.
      bars.update();
      bars.stop();
    },
  };
}
