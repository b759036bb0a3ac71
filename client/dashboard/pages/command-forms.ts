import type { JsonObject } from '../../../domain/json.ts';
import type { Manifest } from '../../../domain/manifest.ts';
import { ROLES } from '../../../domain/roles.ts';
import type { CommandBy, Commands } from '../../commands.ts';
import type { StepDetail } from '../../views.ts';
import { correctionOf, currentInput } from '../current-input.ts';
import { isDecision } from '../words/explanations.ts';
import { stepTitle } from '../words/names.ts';
import type { Problem } from './form-state.ts';

/** What was sent with a form. */
export type Values = Readonly<Record<string, string>>;

/** What a form is judged with. */
interface FormGround {
  readonly manifest: Manifest;
  /** The step the form is about; undefined for the onboarding as a whole. */
  readonly step: StepDetail | undefined;
}

/** A form that is filled in well: what to do, and what to say when it is done. */
interface Filled {
  readonly run: (commands: Commands, by: CommandBy) => Promise<unknown>;
  readonly done: string;
}

type Read = (values: Values, ground: FormGround) => Filled | { readonly problems: Problem[] };

/** Every form of the dashboard by its name in the address: reads what was sent, or says what is wrong with it. */
export const COMMAND_FORMS: Readonly<Record<string, Read>> = {
  retry(values, { manifest, step }) {
    const key = values['step'] ?? '';
    const done = `Asked for a retry: ${stepTitle(key)}`;
    const shown = currentInput(key, manifest, (step?.input ?? null) as JsonObject | null);
    if (shown === undefined)
      return { run: (commands, by) => commands.retry(by, { step: key }), done };
    const given = parseInput(values['input'] ?? '');
    if (typeof given === 'string') return { problems: [{ field: 'input', text: given }] };
    const input = correctionOf(key, manifest, shown, given);
    return { run: (commands, by) => commands.retry(by, { step: key, input }), done };
  },

  skip(values) {
    const step = values['step'] ?? '';
    return {
      run: (commands, by) => commands.skip(by, { step }),
      done: `Skipped: ${stepTitle(step)}`,
    };
  },

  waive(values, { step }) {
    const key = values['step'] ?? '';
    const impact = values['impact'] ?? '';
    const criterion = values['criterion'];
    const expires = dateOf(values);
    const problems: Problem[] = [];
    if (step !== undefined && step.red.length > 0 && (criterion ?? '') === '')
      problems.push({ field: 'criterion', text: 'Choose the criterion to waive' });
    if (impact.trim() === '')
      problems.push({ field: 'impact', text: 'Say what the impact of the waiver is' });
    if (expires === undefined)
      problems.push({
        field: 'expires-day',
        text: 'Enter the day on which the waiver ends, such as 26 3 2027',
      });
    if (problems.length > 0 || expires === undefined) return { problems };
    return {
      run: (commands, by) => commands.waive(by, { step: key, criterion, impact, expires }),
      done: criterion === undefined ? `Waived: ${stepTitle(key)}` : `Waived: ${criterion}`,
    };
  },

  decide(values) {
    const step = values['step'] ?? '';
    const evidence = values['evidence'] ?? '';
    const role = ROLES.find((each) => each === values['role']);
    const decision = values['decision'];
    const acknowledge = (values['acknowledge'] ?? '').split('\n').filter((each) => each !== '');
    if (decision === 'approve') {
      return {
        run: (commands, by) => commands.approve(by, { step, role, evidence, acknowledge }),
        done: `Approved: ${stepTitle(step)}`,
      };
    }
    if (decision !== 'reject') return { problems: [{ text: 'Choose to approve or to reject' }] };
    return {
      run: (commands, by) => commands.reject(by, { step, role, evidence }),
      done: `Rejected: ${stepTitle(step)}`,
    };
  },

  explain(values, { step }) {
    const signatures = (values['signatures'] ?? '').split('\n').filter((each) => each !== '');
    const decision = values['decision'] ?? '';
    const cause = (values['cause'] ?? '').trim();
    const problems: Problem[] = [];
    if (signatures.length === 0)
      problems.push({ field: 'signatures', text: 'Choose the variances that have this cause' });
    if (cause === '') problems.push({ field: 'cause', text: 'Say what the cause is' });
    if (!isDecision(decision)) {
      problems.push({ field: 'decision', text: 'Choose which side is right' });
      return { problems };
    }
    if (problems.length > 0) return { problems };
    const explanations = signatures.map((signature) => ({ signature, decision, cause }));
    return {
      run: (commands, by) => commands.explain(by, { period: step?.item ?? '', explanations }),
      done:
        signatures.length === 1
          ? 'One group of variances explained'
          : `${signatures.length} groups of variances explained`,
    };
  },

  accept(values, { step }) {
    const rows = Number(values['count'] ?? '');
    const rule = values['rule'] === '' ? undefined : values['rule'];
    if (values['confirm'] !== 'yes') {
      const text = `Confirm that you have looked at the ${rows === 1 ? 'row' : `${rows} rows`}`;
      return { problems: [{ field: 'confirm', text }] };
    }
    return {
      run: (commands, by) => commands.accept(by, { dataset: step?.item ?? '', rule, count: rows }),
      done: `${rows === 1 ? 'One row' : `${rows} rows`} of ${step?.item ?? ''} accepted`,
    };
  },

  pause: () => ({ run: (commands, by) => commands.pause(by), done: 'Paused' }),
  resume: () => ({ run: (commands, by) => commands.resume(by), done: 'Resumed' }),
};

/** The JSON object in a text, or what is wrong with it. */
function parseInput(text: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The corrected input is not valid JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : 'The corrected input has to be a JSON object, in { and }';
}

/** The day of the three fields of a date as `2027-03-26`, or undefined where there is no such day. */
function dateOf(values: Values): string | undefined {
  const [year, month, day] = ['year', 'month', 'day'].map((part) =>
    Number((values[`expires-${part}`] ?? '').trim()),
  );
  if (!(Number(year) >= 2000 && Number(year) < 10_000)) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isThatDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === day;
  return isThatDay ? date.toISOString().slice(0, 10) : undefined;
}
