import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { ReadinessView } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import { addVerb, reasonOf } from '../verb.ts';

interface Assess {
  readonly health?: string;
  readonly due?: string;
  readonly evidence?: string;
  readonly reason?: string;
}

interface Finding {
  readonly close?: string;
  readonly accept?: string;
  readonly reason?: string;
}

/** `readiness`, `assess` and `finding`. */
export function readinessVerbs(program: Command): void {
  addVerb(
    program,
    'readiness <onboarding>',
    'say how ready it is: every line, the red ones first',
    async ({ out, api }, [given]) => {
      const ref = await findRef(api(), given);
      const readiness = await api().get<ReadinessView>(`${ref.path}/readiness`);
      const colour = { red: out.colours.red, amber: out.colours.yellow, green: out.colours.green };
      const text = (value: unknown): string =>
        typeof value === 'string' ? value : JSON.stringify(value);
      out.result(readiness, () =>
        [
          `${readiness.red.length} red, ${readiness.open.length} to acknowledge, of ${readiness.lines.length}`,
          out.table(
            ['LINE', 'VERDICT', 'HEALTH', 'WEIGHT', 'OWNER', 'VALUE', 'THRESHOLD', 'EVIDENCE'],
            readiness.lines.map((line) => [
              line.line,
              line.expired ? 'expired' : line.verdict,
              colour[line.health](line.health),
              line.criticality,
              line.owner ?? '',
              text(line.value),
              text(line.threshold),
              line.evidence
                .map(({ hash }) => hash.slice(0, 8))
                .slice(0, 3)
                .join(' '),
            ]),
          ),
        ].join('\n'),
      );
    },
  );

  addVerb<Assess>(
    program,
    'assess <onboarding> <criterion...>',
    'say how criteria of the readiness list are',
    async ({ out, api }, [given, ...criteria], options) => {
      const reason = reasonOf(options, 'assess');
      const { health, due, evidence } = options;
      if (health === undefined)
        throw new SlipwayError('request/invalid', 'say how it is: --health green, amber or red');
      const ref = await findRef(api(), given);
      const assessments = criteria.map((criterion) => ({
        criterion,
        health,
        ...(due === undefined ? {} : { due }),
        ...(evidence === undefined ? {} : { evidence }),
      }));
      const answer = await api().post<object>(`${ref.path}/assess`, { assessments, reason });
      out.result(answer, () => `assessed as ${health}: ${criteria.join(', ')}`);
    },
  )
    .option('--health <health>', 'green, amber or red; as-computed takes back what you said')
    .option('--due <date>', 'until when the action plan is done, as in 2026-12-31')
    .option('--evidence <reference>', 'hash or reference of what it rests on')
    .option('--reason <text>', 'why');

  addVerb<Finding>(
    program,
    'finding <onboarding>',
    'record what independent assurance found, close it, or accept it',
    async ({ out, api }, [given], options) => {
      const reason = reasonOf(options, 'finding');
      const ref = await findRef(api(), given);
      const finding = options.close ?? options.accept;
      const verb =
        options.close !== undefined
          ? 'close-finding'
          : options.accept !== undefined
            ? 'accept-finding'
            : 'finding';
      const body = { reason, ...(finding === undefined ? {} : { finding }) };
      const answer = await api().post<object>(`${ref.path}/${verb}`, body);
      out.result(answer, () => 'it stands in the record');
    },
  )
    .option('--close <number>', 'say, as assurance, that it is dealt with')
    .option('--accept <number>', 'accept it, as the senior owner')
    .option('--reason <text>', 'what was found, or why');
}
