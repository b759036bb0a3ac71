import type { Condition, Expression } from '../../../domain/mapping/expression.ts';
import { columnsUsedIn } from '../../../domain/mapping/columns-used.ts';
import type { History } from '../../../domain/row-shape.ts';
import { quoteColumns, quoteIdentifier } from '../../quote.ts';
import {
  compileCondition,
  type CompiledExpression,
  compileExpression,
} from '../compile-expression.ts';
import type { Exclusion } from '../compiled-dataset.ts';
import { either } from '../failing.ts';
import type { Rule } from '../operators.ts';
import type { DerivedColumn } from '../scope.ts';
import { BOOLEAN, DATE, type SqlType, TEXT, typeInWords } from '../sql-type.ts';
import { didYouMean } from '../suggest.ts';
import { contextOf, harmless, type Making, type RowShape } from './row-shape.ts';

/** The column that says what is wrong with a row's place in its history: `fine` when nothing is. */
export const STATE = 'history.state';

/** Rows with their place in time, and what follows from it. */
export interface Placed {
  readonly shape: RowShape;
  /** States that break a rule. */
  readonly rules: readonly (readonly [state: string, rule: Rule])[];
  /** Rows that others take the place of. */
  readonly exclusions: readonly Exclusion[];
}

const EXCLUSION = 'history.superseded';
const LATEST = 'history.latest';
const ADDED: readonly (readonly [string, SqlType])[] = [
  ['history.start', DATE],
  ['history.end', DATE],
  [LATEST, BOOLEAN],
  ['history.overlaps', TEXT],
  [STATE, TEXT],
];

/** Does a condition ask for what only the history says? Such rows take part in it all the same. */
export function isOfHistory(condition: Condition): boolean {
  return columnsUsedIn(condition).some((name) => name.startsWith('history.'));
}

/**
 * Puts rows in their places: `history.start`, `history.end` (the declared last day, or the day before the next row),
 * `history.latest`, and `history.overlaps`, the key of another row that is in force on the same day. Rows that are out of scope
 * take no part; rows that go to quarantine for another reason do.
 * @param scope the conditions of rows that are out of scope
 * @param keyText SQL of a row's key as people see it, over alias `s`
 */
export function addHistory(
  shape: RowShape,
  history: History,
  scope: readonly Condition[],
  keyText: string,
  making: Making,
): Placed {
  const days = {
    start: dayOf(history.start, 'start', shape, making),
    end: history.end === undefined ? undefined : dayOf(history.end, 'end', shape, making),
  };
  const sequence =
    history.sequence === undefined ? undefined : sequenceOf(history.sequence, shape, making);
  perProblems(history, shape, making);
  const outside = scope.map((condition) =>
    harmless(compileCondition(condition, contextOf(shape, making)), 'true'),
  );
  const parts = [days.start, days.end, sequence].filter((each) => each !== undefined);
  const bad = `((${either(parts)}) is true or ${harmless(days.start)} is null)`;
  const per = quoteColumns(history.per, 's');
  const first = `(select s.*, ${outside.join(' or ') || 'false'} as "_h_out", ${bad} as "_h_bad", ${harmless(days.start)} as "_h_start",
    ${days.end === undefined ? 'null::date' : harmless(days.end)} as "_h_end", ${sequence === undefined ? '0' : harmless(sequence)} as "_h_sequence", ${keyText} as "_h_key" from ${shape.sql} s)`;
  const isIn = 'not s."_h_out" and not s."_h_bad"';
  const turn = `row_number() over (partition by ${per}, ${isIn}, s."_h_start" order by s."_h_sequence" desc nulls last, s."_h_key" collate "C")`;
  const second = `(select s.*, ${isIn} and ${sequence === undefined ? 'true' : `${turn} = 1`} as "_h_counts" from ${first} s)`;
  const over = `(partition by ${per}, s."_h_counts" order by s."_h_start", s."_h_key" collate "C"`;
  const third = `(select s.*, lead(s."_h_start") over ${over}) as "_h_next", lead(s."_h_key") over ${over}) as "_h_next_key" from ${second} s)`;
  // The day on which the rows before end at the latest, and which of them that is: a long row may reach over several.
  const until = `to_char(greatest(coalesce(s."_h_end", s."_h_next" - 1, s."_h_start"), s."_h_start"), 'YYYY-MM-DD')`;
  const before = `max((${until} || '|' || s."_h_key") collate "C") over ${over} rows between unbounded preceding and 1 preceding)`;
  const fourth = `(select s.*, ${before} as "_h_before" from ${third} s)`;
  return {
    shape: {
      sql: `(select s.*, ${placedColumns()} from ${fourth} s)`,
      columns: new Map([
        ...shape.columns,
        ...ADDED.map(([name, { kind }]) => [name, kind] as const),
        [EXCLUSION, 'boolean'],
      ]),
      derived: new Map([...shape.derived, ...ADDED.map(([name, type]) => readable(name, type))]),
    },
    rules: [
      ['unreadable', 'unreadable:history'],
      ['reversed', 'reversed:history'],
      ['overlap', 'overlap:history'],
      ...(history.gaps === 'quarantine' ? ([['gap', 'gap:history']] as const) : []),
    ],
    exclusions: exclusionsOf(history),
  };
}

function readable(name: string, type: SqlType): readonly [string, DerivedColumn] {
  return [name, { sql: `s.${quoteIdentifier(name)}`, type, fails: 'false' }];
}

/** The columns of ADDED, and which rows another one of the same day takes the place of. */
function placedColumns(): string {
  const counts = 's."_h_counts"';
  const overlapsBefore = `left(s."_h_before", 10)::date >= s."_h_start"`;
  const overlapsNext = `s."_h_next" <= coalesce(s."_h_end", s."_h_start")`;
  const other = `case when ${overlapsBefore} then substr(s."_h_before", 12) when ${overlapsNext} then s."_h_next_key" end`;
  const gap = `left(s."_h_before", 10)::date < s."_h_start" - 1`;
  const state = `case when s."_h_bad" then 'unreadable' when not ${counts} then 'fine' when s."_h_end" < s."_h_start" then 'reversed' when (${other}) is not null then 'overlap' when ${gap} then 'gap' else 'fine' end`;
  const columns: readonly (readonly [string, string])[] = [
    ['history.start', 's."_h_start"'],
    ['history.end', `case when ${counts} then coalesce(s."_h_end", s."_h_next" - 1) end`],
    [LATEST, `case when ${counts} then s."_h_next" is null end`],
    ['history.overlaps', `case when ${counts} then ${other} end`],
    [STATE, state],
    [EXCLUSION, `not s."_h_out" and not s."_h_bad" and not ${counts}`],
  ];
  return columns.map(([name, sql]) => `${sql} as ${quoteIdentifier(name)}`).join(', ');
}

function exclusionsOf(history: History): Exclusion[] {
  const names = history.per.join(', ');
  const exclude = (reason: string, sql: string): Exclusion => ({ reason, sql, fails: 'false' });
  return [
    ...(history.sequence === undefined
      ? []
      : [exclude('superseded on the same day', `(s.${quoteIdentifier(EXCLUSION)} is true)`)]),
    ...(history.take === 'latest'
      ? [exclude(`not the latest of its ${names}`, `(s.${quoteIdentifier(LATEST)} is false)`)]
      : []),
  ];
}

function dayOf(
  expression: Expression,
  name: 'start' | 'end',
  shape: RowShape,
  making: Making,
): CompiledExpression {
  const context = contextOf(shape, making, 'history', name);
  const compiled = compileExpression(expression, context);
  making.problems.push(...compiled.problems);
  if (compiled.type.kind !== 'date' && compiled.problems.length === 0) {
    making.problems.push({
      path: context.path ?? [],
      message: `expected a date, found ${typeInWords(compiled.type)}`,
    });
  }
  return compiled;
}

function sequenceOf(expression: Expression, shape: RowShape, making: Making): CompiledExpression {
  const context = contextOf(shape, making, 'history', 'sequence');
  const compiled = compileExpression(expression, context);
  making.problems.push(...compiled.problems);
  if (['text', 'boolean'].includes(compiled.type.kind)) {
    const message = `expected a number, a date or a time, found ${typeInWords(compiled.type)}`;
    making.problems.push({ path: context.path ?? [], message });
  }
  return compiled;
}

function perProblems(history: History, shape: RowShape, making: Making): void {
  for (const [index, name] of history.per.entries()) {
    if (shape.columns.has(name)) continue;
    const message = `there is no source column "${name}"${didYouMean(name, shape.columns.keys())}`;
    making.problems.push({ path: [...making.path, 'history', 'per', index], message });
  }
}
