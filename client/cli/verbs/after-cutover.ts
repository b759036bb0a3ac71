import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { HeldView, SavingsView } from '../../programme-views.ts';
import { findRef } from '../onboarding-ref.ts';
import type { Output } from '../output.ts';
import { addVerb, reasonOf, withCommonOptions } from '../verb.ts';
import { moment } from '../words.ts';

interface Claim {
  readonly from?: string;
  readonly to?: string;
  readonly cost?: string;
  readonly kpi?: string[];
  readonly actuals?: string;
  readonly reason?: string;
}

/** `release` and `savings`. */
export function afterCutoverVerbs(program: Command): void {
  addVerb<{ reason?: string }>(
    program,
    'release <onboarding> [item]',
    'what is held of the legacy side until hypercare has ended, or let one of it go',
    async ({ out, api }, [given, item], options) => {
      if (item === undefined) {
        const ref = await findRef(api(), given);
        const view = await api().get<HeldView>(`${ref.path}/release-hold`);
        out.result(view, () => heldText(view, out));
        return;
      }
      const reason = reasonOf(options, 'release');
      const ref = await findRef(api(), given);
      const view = await api().post<HeldView>(`${ref.path}/release`, { item, reason });
      out.result(view, () => heldText(view, out));
    },
  ).option('--reason <text>', 'why');

  const savings = withCommonOptions(
    program
      .command('savings')
      .description('what a department costs now, held against its baseline'),
  );

  addVerb(
    savings,
    'list <onboarding>',
    'savings that were claimed',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const view = await api().get<{ claims: SavingsView[] }>(`${ref.path}/savings`);
      out.result(view, () =>
        view.claims.length === 0
          ? 'Nothing was claimed.'
          : view.claims.map((claim) => claimText(claim)).join('\n'),
      );
    },
  );

  addVerb<Claim>(
    savings,
    'claim <onboarding>',
    'claim savings after hypercare, with the actuals attached',
    async ({ out, api }, [given], options) => {
      const reason = reasonOf(options, 'savings claim');
      const { from, to, cost, actuals, kpi = [] } = options;
      if (from === undefined || to === undefined || cost === undefined || actuals === undefined)
        throw new SlipwayError(
          'savings/no-actuals',
          'say from when to when, what was spent, and attach it: --from, --to, --cost, --actuals FILE',
        );
      const ref = await findRef(api(), given);
      const body = {
        from,
        to,
        serviceCost: figure('--cost', cost),
        kpis: Object.fromEntries(kpi.map(measure)),
        attached: await attachment(actuals),
        reason,
      };
      const claim = await api().post<SavingsView>(`${ref.path}/savings`, body);
      out.result(claim, () => claimText(claim));
    },
  )
    .option('--from <date>', 'first day of the actuals')
    .option('--to <date>', 'last day of the actuals')
    .option('--cost <pounds>', 'what the service cost in that time')
    .option('--kpi <name=figure...>', 'each measure of the baseline, as it is now')
    .option('--actuals <file>', 'where the figures are from: a text file that is attached')
    .option('--reason <text>', 'why');

  addVerb<{ reason?: string }>(
    savings,
    'confirm <onboarding> <claim>',
    'confirm a claim that another person has made',
    async ({ out, api }, [given, number = ''], options) => {
      const reason = reasonOf(options, 'savings confirm');
      const ref = await findRef(api(), given);
      const address = `${ref.path}/savings/${encodeURIComponent(number)}/confirm`;
      const claim = await api().post<SavingsView>(address, { reason });
      out.result(claim, () => claimText(claim));
    },
  ).option('--reason <text>', 'why');
}

function heldText({ exited, items }: HeldView, out: Output): string {
  const state = exited
    ? 'The exit of hypercare is approved: the legacy side may be let go.'
    : 'Everything on the legacy side is held until the exit of hypercare is approved.';
  if (items.length === 0) return state;
  return [
    state,
    out.table(
      ['ITEM', 'KIND', 'WHAT', 'RELEASED', 'BY'],
      items.map(({ id, kind, title, released }) => [
        id,
        kind,
        title,
        released === null ? 'held' : moment(released.at),
        released?.by ?? '',
      ]),
    ),
  ].join('\n\n');
}

function claimText({ number, savings, actuals, claimedBy, confirmedBy }: SavingsView): string {
  const { annual, baselineCost, actualAnnualCost, kpis } = savings;
  const measures = Object.entries(kpis).map(
    ([name, { before, after }]) => `  ${name}: ${before} before, ${after} now`,
  );
  return [
    `Claim ${number}: £${annual.toFixed(2)} a year (£${baselineCost.toFixed(2)} before, £${actualAnnualCost.toFixed(2)} from ${actuals.from} to ${actuals.to})`,
    ...measures,
    `  claimed by ${claimedBy}, ${confirmedBy === null ? 'not confirmed yet' : `confirmed by ${confirmedBy}`}`,
  ].join('\n');
}

async function attachment(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SlipwayError('savings/no-actuals', `${file} cannot be read`, { cause });
  }
}

function measure(given: string): [string, number] {
  const [name = '', value = ''] = given.split('=');
  return [name, figure(`--kpi ${given}`, value)];
}

function figure(option: string, given: string): number {
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value))
    throw new SlipwayError('request/invalid', `${option} is not a number: ${given}`);
  return value;
}
