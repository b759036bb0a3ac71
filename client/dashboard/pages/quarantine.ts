import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../../domain/errors.ts';
import { UNMASK_ROLES } from '../../../domain/permissions.ts';
import { holdsAny } from '../../../domain/roles.ts';
import { ruleInWords } from '../../../domain/rule-words.ts';
import { stepKey } from '../../../domain/step-catalogue.ts';
import type { Place } from '../../access.ts';
import type { QuarantineView } from '../../quarantine-views.ts';
import type { StepDetail } from '../../views.ts';
import {
  exportAddress,
  loadsAddress,
  quarantineAddress,
  redriveAddress,
  stepAddress,
} from '../addresses.ts';
import { leaveNotice } from '../notice.ts';
import { personOf, sendPage } from '../site.ts';
import type { Site } from '../site.ts';
import { count } from '../words/format.ts';
import { stepTag } from '../words/status-tags.ts';
import { whyNotCommand } from '../words/why-not.ts';
import { formIdOf } from './department.ts';
import { problemOf, summaryLines } from './form-state.ts';
import type { FormView, Problem, RefusedForm } from './form-state.ts';
import { lookAt } from './look.ts';
import { breadcrumbs, DEPARTMENT_ROUTE, placeOf, queryValue } from './places.ts';
import { formOf } from './step-card.ts';
import type { CardGround } from './step-card.ts';

/** Rows of one page. */
const ROWS = 50;

/** Media type of an Excel workbook. */
const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

type DatasetParams = Place & { dataset: string };

/** Rows that could not be loaded: by rule, one by one, to correct or to accept. */
export function quarantineRoutes(app: FastifyInstance, site: Site): void {
  app.get(`${DEPARTMENT_ROUTE}/quarantine`, (request, reply) =>
    showQuarantine(site, request, reply, placeOf(request)),
  );

  app.get(`${DEPARTMENT_ROUTE}/quarantine/export`, async (request, reply) => {
    const place = placeOf(request);
    const file = await site.quarantine.export(personOf(request), place, {
      dataset: queryValue(request, 'dataset'),
      rule: queryValue(request, 'rule'),
    });
    return reply
      .type(WORKBOOK)
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="quarantine-${place.department}.xlsx"`)
      .send(file);
  });

  app.post<{ Params: DatasetParams }>(
    `${DEPARTMENT_ROUTE}/quarantine/:dataset/redrive`,
    async (request, reply) => {
      const place = placeOf(request);
      const { dataset } = request.params;
      const step = stepKey('migration/quarantine', dataset);
      const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
      const text = (name: string): string => {
        const value = body[name];
        return typeof value === 'string' ? value : '';
      };
      const file = Buffer.isBuffer(body['file']) ? body['file'] : Buffer.alloc(0);
      const withFile = text('with') === 'file';
      const form = withFile ? 'redrive' : 'try-again';
      const reason = text('reason').trim();
      const refuse = (problems: readonly Problem[]): Promise<FastifyReply> =>
        showQuarantine(site, request, reply, place, {
          form,
          step,
          values: { reason },
          problems,
        });
      const problems: Problem[] = [
        ...(withFile && file.length === 0
          ? [{ field: 'file', text: 'Choose the corrected workbook' }]
          : []),
        ...(reason === '' ? [{ field: 'reason', text: 'Enter a reason' }] : []),
      ];
      if (problems.length > 0) {
        reply.code(422);
        return await refuse(problems);
      }
      const identity = personOf(request);
      try {
        const imported = withFile
          ? await site.quarantine.import(identity, place, dataset, file)
          : undefined;
        if (imported?.hash === null) {
          reply.code(422);
          return await refuse([{ field: 'file', text: 'No cell of the workbook was changed' }]);
        }
        const { outcome } = await site.commands.redrive(
          { ...place, identity, reason, idempotencyKey: text('key') || undefined },
          { dataset, correction: imported?.hash, rows: imported?.rows },
        );
        leaveNotice(reply, doneText(dataset, imported?.rows, outcome));
        return await reply.redirect(quarantineAddress(place, { dataset }), 303);
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        reply.code(error.entry.http);
        return await refuse(problemsOf(error));
      }
    },
  );
}

function doneText(
  dataset: string,
  corrected: number | undefined,
  outcome: Readonly<Record<string, unknown>> | undefined,
): string {
  if (outcome === undefined) return `Asked for a re-drive of ${dataset}`;
  const rows = corrected === undefined ? '' : `${count(corrected, 'row')} corrected, `;
  return `${dataset}: ${rows}${count(Number(outcome['loaded']), 'row')} loaded, ${count(Number(outcome['open']), 'row')} still open`;
}

/** Every single problem of a workbook at the field for the file. */
function problemsOf(error: SlipwayError): Problem[] {
  const found = error.details?.['problems'];
  if (!Array.isArray(found)) return [problemOf(error)];
  return found.map((problem: { detail?: unknown }) => ({
    field: 'file',
    text: typeof problem.detail === 'string' ? problem.detail : error.message,
  }));
}

/** Answers with the quarantine and what can be done about it; after a refused form, with what was wrong. */
export async function showQuarantine(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  refused?: RefusedForm,
): Promise<FastifyReply> {
  const look = await lookAt(site, request, place, refused, () => false);
  const { onboarding, steps, ground } = look;
  const own = refused?.step.split('/').at(-1);
  const dataset = own ?? queryValue(request, 'dataset');
  const rule = own === undefined ? queryValue(request, 'rule') : undefined;
  const accepted = queryValue(request, 'status') === 'accepted';
  const unmasked = queryValue(request, 'raw') === 'true';
  const view = await site.quarantine.look(personOf(request), place, {
    dataset,
    rule,
    status: accepted ? 'accepted' : 'open',
    after: queryValue(request, 'after'),
    limit: ROWS,
    unmasked,
  });
  const { looks } = await site.quarantine.looks(personOf(request), place);
  const here = { dataset, rule, ...(accepted ? { status: 'accepted' as const } : {}) };
  const mayUnmask = holdsAny(ground.actor, UNMASK_ROLES);
  return sendPage(site, request, reply, 'quarantine.njk', {
    title: `Quarantine – ${onboarding.name}`,
    crumbs: breadcrumbs(place, onboarding.name, 'Quarantine'),
    errors: summaryLines(refused, formIdOf(refused)),
    from: 'quarantine',
    name: onboarding.name,
    dataset,
    rule: rule === undefined ? undefined : ruleTitle(view, rule),
    accepted,
    unmasked,
    all: quarantineAddress(place),
    loads: loadsAddress(place),
    rules: view.rules.map((each) => ({
      ...each,
      href: quarantineAddress(place, { dataset: each.dataset, rule: each.rule }),
      acceptedHref: quarantineAddress(place, {
        dataset: each.dataset,
        rule: each.rule,
        status: 'accepted',
      }),
    })),
    open: view.rules.reduce((sum, each) => sum + each.open, 0),
    rows: view.rows.map((row) => ({
      ...row,
      wrong: row.rules.map((each) => ruleInWords(each, each === row.rule ? row.field : null)),
      values: Object.entries(row.raw).map(([column, value]) => ({
        column,
        value: typeof value === 'string' || value === null ? value : JSON.stringify(value),
      })),
    })),
    more: view.next === null ? undefined : quarantineAddress(place, { ...here, after: view.next }),
    unmask: mayUnmask && !unmasked ? quarantineAddress(place, { ...here, raw: 'true' }) : undefined,
    export: mayUnmask ? exportAddress(place, { dataset, rule }) : undefined,
    looks: looks.map((each) => ({ ...each, name: ground.people.name(each.by) })),
    desk: dataset === undefined ? undefined : deskOf(steps, dataset, rule, view, ground),
  });
}

function ruleTitle({ rules }: QuarantineView, rule: string): string {
  return rules.find((each) => each.rule === rule)?.inWords ?? rule;
}

/** What can be done about the rows of a dataset: its step, and the forms the reader may use. */
function deskOf(
  steps: readonly StepDetail[],
  dataset: string,
  rule: string | undefined,
  view: QuarantineView,
  ground: CardGround,
) {
  const key = stepKey('migration/quarantine', dataset);
  const step = steps.find((each) => each.key === key);
  if (step === undefined)
    throw new SlipwayError('request/not-found', `there is no dataset ${dataset}`);
  const asked = step.status === 'waiting' || step.status === 'parked';
  const shown = view.rules.filter((each) => rule === undefined || each.rule === rule);
  const open = shown.reduce((sum, each) => sum + each.open, 0);
  const refusedBefore = step.output?.['last'] as { refused?: string } | undefined;
  const mayRedrive = step.can.includes('redriveQuarantine');
  const mayAccept = step.can.includes('acceptQuarantine');
  return {
    step: { href: stepAddress(ground.place, key), tag: stepTag(step) },
    open,
    rule,
    refused: refusedBefore?.refused,
    redrive: mayRedrive ? redriveForm('redrive', step, dataset, ground) : undefined,
    tryAgain: mayRedrive ? redriveForm('try-again', step, dataset, ground) : undefined,
    redriveNot: asked && !mayRedrive ? whyNotCommand('redriveQuarantine', ground) : undefined,
    accept: mayAccept && open > 0 ? formOf('accept', step, ground) : undefined,
    acceptNot:
      step.status === 'waiting' && !mayAccept
        ? (whyNotCommand('acceptQuarantine', ground) ??
          'Only a data owner whom the manifest names, and who has not started the onboarding, may accept rows.')
        : undefined,
  };
}

function redriveForm(
  form: string,
  step: StepDetail,
  dataset: string,
  ground: CardGround,
): FormView {
  return {
    ...formOf(form, step, ground),
    action: redriveAddress(ground.place, dataset),
    key: randomUUID(),
  };
}
