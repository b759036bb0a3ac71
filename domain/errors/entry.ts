/**
 * The error catalogue. Every refusal and failure Slipway raises has a code here, with what it means and what
 * to do. The first split is `retryable`: an outage that passes (the engine keeps trying) or a fact that a
 * person has to change (the engine stops trying and parks the step). `exit` is the CLI's exit code, `http` the
 * API's status.
 */
export interface ErrorEntry {
  readonly title: string;
  readonly advice: string;
  readonly retryable: boolean;
  readonly exit: 1 | 2 | 3 | 4 | 5;
  readonly http: number;
}

/** Bad input: whoever gave it corrects it. */
export function input(title: string, advice: string, http = 422): ErrorEntry {
  return { title, advice, retryable: false, exit: 2, http };
}
/** A rule refuses it. */
export function refusal(title: string, advice: string, http = 409): ErrorEntry {
  return { title, advice, retryable: false, exit: 3, http };
}
/** It passes. */
export function outage(title: string, advice: string): ErrorEntry {
  return { title, advice, retryable: true, exit: 4, http: 503 };
}
/** A person has to change something. */
export function failure(title: string, advice: string): ErrorEntry {
  return { title, advice, retryable: false, exit: 1, http: 500 };
}
/** Not this person. */
export function access(title: string, advice: string, http: number): ErrorEntry {
  return { title, advice, retryable: false, exit: 5, http };
}
