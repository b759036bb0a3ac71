import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../../domain/errors.ts';
import { parseStepKey } from '../../../domain/step-catalogue.ts';
import type { Place } from '../../access.ts';
import type { CommandBy } from '../../commands.ts';
import {
  departmentAddress,
  quarantineAddress,
  stepAddress,
  variancesAddress,
} from '../addresses.ts';
import { leaveNotice } from '../notice.ts';
import { personOf } from '../site.ts';
import type { Site } from '../site.ts';
import { COMMAND_FORMS } from './command-forms.ts';
import type { Values } from './command-forms.ts';
import { showDepartment } from './department.ts';
import { problemOf } from './form-state.ts';
import type { Problem, RefusedForm } from './form-state.ts';
import { DEPARTMENT_ROUTE, placeOf } from './places.ts';
import { showQuarantine } from './quarantine.ts';
import { showStep } from './step.ts';
import { showVariances } from './variances.ts';

/**
 * Takes the forms of all pages. A command that is carried out leads back to the page with a word about it; one that is
 * refused shows the page again, with what was written and what was wrong.
 */
export function commandRoutes(app: FastifyInstance, site: Site): void {
  app.post<{ Params: Place & { form: string } }>(
    `${DEPARTMENT_ROUTE}/commands/:form`,
    async (request, reply) => {
      const place = placeOf(request);
      const { form } = request.params;
      const read = Object.hasOwn(COMMAND_FORMS, form) ? COMMAND_FORMS[form] : undefined;
      if (read === undefined)
        throw new SlipwayError('request/not-found', `There is no form ${form}.`);
      const values = valuesOf(request.body);
      const step = values['step'] ?? '';
      const identity = personOf(request);
      const [{ manifest }, detail] = await Promise.all([
        site.reads.manifest(identity, place),
        step === '' ? undefined : site.reads.step(identity, place, step),
      ]);
      const reason = (values['reason'] ?? '').trim();
      const filled = read(values, { manifest, step: detail });
      const problems: Problem[] = [
        ...('problems' in filled ? filled.problems : []),
        ...(reason === '' ? [{ field: 'reason', text: 'Enter a reason' }] : []),
      ];
      const refuse = (what: readonly Problem[]): Promise<FastifyReply> =>
        showAgain(site, request, reply, place, { form, step, values, problems: what });
      if ('problems' in filled || problems.length > 0) {
        reply.code(422);
        return await refuse(problems);
      }
      const by: CommandBy = { ...place, identity, reason, idempotencyKey: values['key'] };
      try {
        await filled.run(site.commands, by);
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        reply.code(error.entry.http);
        return await refuse([problemOf(error)]);
      }
      leaveNotice(reply, filled.done);
      return reply.redirect(pageOf(place, values), 303);
    },
  );
}

/** What was sent: texts only; of a field that was sent several times, each in a line. */
function valuesOf(body: unknown): Values {
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
      if (typeof value === 'string') return [[name, value]];
      return Array.isArray(value) ? [[name, value.map(String).join('\n')]] : [];
    }),
  );
}

/** The page that the form was on. */
function pageOf(place: Place, values: Values): string {
  const step = values['step'] ?? '';
  if (values['page'] === 'step' && step !== '') return stepAddress(place, step);
  if (values['page'] === 'variances') return variancesAddress(place, itemOf(step));
  if (values['page'] === 'quarantine') return quarantineAddress(place, { dataset: itemOf(step) });
  return departmentAddress(place);
}

async function showAgain(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  refused: RefusedForm,
): Promise<FastifyReply> {
  const page = refused.values['page'];
  if (page === 'step' && refused.step !== '')
    return await showStep(site, request, reply, place, refused.step, refused);
  if (page === 'variances')
    return await showVariances(site, request, reply, place, itemOf(refused.step), refused);
  if (page === 'quarantine') return await showQuarantine(site, request, reply, place, refused);
  return await showDepartment(site, request, reply, place, refused);
}

function itemOf(step: string): string {
  return parseStepKey(step)?.item ?? '';
}
