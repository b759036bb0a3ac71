import { Option } from 'commander';
import type { Command } from 'commander';
import type { OnboardingPage } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb } from '../verb.ts';
import { barsView } from '../watch/bars-view.ts';
import { eventLine } from '../watch/event-line.ts';
import { follow } from '../watch/follow.ts';
import { linesView } from '../watch/lines-view.ts';
import type { WatchView } from '../watch/watch-view.ts';
import { attention, statusText } from '../words.ts';

/** What watching may end with. */
const ENDS = ['parked', 'waiting', 'closed'] as const;
type End = (typeof ENDS)[number];

/** `watch`. */
export function watchVerb(program: Command): void {
  addVerb<{ until: End }>(
    program,
    'watch [onboarding]',
    'show stages, steps and their pace, live, until it has closed or was aborted',
    async ({ out, api }, [given], { until }) => {
      const ref = await findRef(api(), given);
      const read = (): Promise<OnboardingPage> => api().get<OnboardingPage>(ref.path);
      const client = api();
      let page = await read();
      let seen = page.position;
      const view = viewFor(out);
      const stop = new AbortController();
      let interrupted = false;
      const interrupt = (): void => {
        interrupted = true;
        stop.abort();
      };
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
      try {
        view.page(page);
        if (!hasCome(until, page)) {
          for await (const happening of follow(client, ref, page.position, stop.signal)) {
            if (happening.kind === 'progress') {
              view.progress(happening.steps);
              continue;
            }
            if (happening.kind === 'event') {
              const line = eventLine(happening.event, out.colours);
              if (line !== undefined) view.line(line);
              // Events come in bursts; those that were in the page already say nothing new of it.
              seen = happening.position;
            }
            if (happening.kind === 'back' || seen > page.position) {
              page = await read();
              view.page(page);
            }
            if (hasCome(until, page) && seen >= page.position) break;
          }
        }
      } finally {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
        stop.abort();
        view.end();
      }
      out.result(page, () => endText(page, out));
      return interrupted || hasReached(until, page) ? 0 : 1;
    },
  ).addOption(
    new Option('--until <end>', 'end as soon as a step is parked or waits for people')
      .choices(ENDS)
      .default('closed'),
  );
}

function viewFor(out: Output): WatchView {
  if (out.json) return linesView(() => undefined);
  return out.terminal
    ? barsView(out.colours)
    : linesView((line) => process.stdout.write(`${line}\n`));
}

/** Has the end come, or can it no longer come? */
function hasCome(until: End, page: OnboardingPage): boolean {
  return page.status === 'closed' || page.status === 'aborted' || hasReached(until, page);
}

function hasReached(until: End, page: OnboardingPage): boolean {
  switch (until) {
    case 'closed':
      return page.status === 'closed';
    case 'parked':
      return page.steps.some((step) => step.status === 'parked');
    case 'waiting':
      return page.steps.some((step) => step.status === 'waiting' && step.until === null);
  }
}

function endText(page: OnboardingPage, out: Output): string {
  const place = `${page.programme}/${page.department}`;
  const reason = page.reason === null ? '' : `: ${page.reason}`;
  return [
    `${place} is ${statusText(page.status, out.colours)}, stage ${page.stage}${reason}`,
    ...attention(page, out),
  ].join('\n');
}
