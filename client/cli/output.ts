import Table from 'cli-table3';
import pc from 'picocolors';
import type { CliConfig } from './config.ts';

/** Colours, or the plain text. */
export type Colours = ReturnType<typeof pc.createColors>;

/** Where the results of a verb go. */
export class Output {
  readonly json: boolean;
  readonly colours: Colours;
  /** A person watches. */
  readonly terminal: boolean;

  readonly #home: string;

  /** @param home what has to be said to find the home again; empty for the usual one */
  constructor(json: boolean, home: string, config: CliConfig) {
    this.json = json;
    this.#home = home;
    this.terminal = process.stdout.isTTY && !json;
    this.colours = pc.createColors(this.terminal && !config.plain);
  }

  /** The result of a verb: one JSON object, or what a person reads. */
  result(data: object, text: () => string): void {
    process.stdout.write(`${this.json ? JSON.stringify(data) : text()}\n`);
  }

  /** A command to type next. */
  hint(command: string): string {
    return `slipway ${command}${this.#home}`;
  }

  /** Something to know beside the result. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** Columns side by side. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const table = new Table({
      head: head.map((cell) => this.colours.bold(cell)),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      chars: NO_LINES,
    });
    table.push(...rows.map((row) => [...row]));
    return table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n');
  }
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
