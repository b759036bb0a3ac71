import type { SlipwayError } from '../../../domain/errors.ts';

/** A form that was sent and refused: what was written is shown again, with what is wrong. */
export interface RefusedForm {
  /** Which form: the name of the command in the address. */
  readonly form: string;
  /** The step it was about; empty for the onboarding as a whole. */
  readonly step: string;
  /** Everything that was sent. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

/** Something wrong with a form. `field` is the name of the field it is about; the whole form where it is left out. */
export interface Problem {
  readonly field?: string;
  readonly text: string;
  /** What to do, from the error catalogue. */
  readonly advice?: string;
}

/** The fields of one form as the page shows them. */
export interface FormView {
  /** Address it is sent to. */
  readonly action: string;
  /** Starts the ids of its fields. */
  readonly id: string;
  readonly step: string;
  /** Was it just refused? Then it is shown open. */
  readonly refused: boolean;
  /** What was written, by field. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong, by field. */
  readonly errors: Readonly<Record<string, string>>;
  /** The same command is carried out once, however often the form is sent. */
  readonly key: string;
}

/** A line of the error summary. */
export interface SummaryLine {
  readonly text: string;
  readonly href: string;
}

/** The id of a field in its form. */
function fieldId(form: string, field: string): string {
  return `${form}-${field}`;
}

/** The problem of a refused command, at the field it is about where that can be told. */
export function problemOf(error: SlipwayError): Problem {
  const { title, advice } = error.entry;
  if (error.code === 'command/reason-required') return { field: 'reason', text: 'Enter a reason' };
  if (error.code === 'step/input-invalid') return { field: 'input', text: sentence(error.message) };
  return { text: `${title}: ${error.message}`, advice };
}

/** The lines of the error summary of a page. */
export function summaryLines(refused: RefusedForm | undefined, id: string): SummaryLine[] {
  return (refused?.problems ?? []).map(({ field, text, advice }) => ({
    text: advice === undefined ? text : `${text}. ${advice}`,
    href: `#${field === undefined ? id : fieldId(id, field)}`,
  }));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
