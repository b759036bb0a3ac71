import type { Dataset } from '../../../domain/manifest.ts';
import { quoteIdentifier } from '../../quote.ts';
import type { CompiledExpression } from '../compile-expression.ts';
import { after } from '../failing.ts';
import { refuse, type Rule } from '../operators.ts';
import { typeName } from '../sql-type.ts';
import { STATE } from './add-history.ts';

/**
 * The field that a broken history is held against, so that the row fails whatever else is mapped: the one that is the row's
 * first day, or else the first one.
 * @returns undefined for a dataset without a history
 */
export function heldTo({ history, fields }: Dataset):
  | {
      readonly field: string | undefined;
      hold(
        compiled: CompiledExpression,
        rules: readonly (readonly [state: string, rule: Rule])[],
      ): CompiledExpression;
    }
  | undefined {
  if (history === undefined) return undefined;
  const start = JSON.stringify(history.start);
  const field = Object.entries(fields).find(
    ([, expression]) => expression === 'history.start' || JSON.stringify(expression) === start,
  )?.[0];
  return {
    field: field ?? Object.keys(fields)[0],
    hold(compiled, rules) {
      const state = `s.${quoteIdentifier(STATE)}`;
      const type = typeName(compiled.type);
      const cases = rules.map(
        ([bad, rule]) => `when '${bad}' then ${refuse(state, rule)}::text::${type}`,
      );
      return {
        ...compiled,
        sql: `(case ${state} ${cases.join(' ')} else ${compiled.sql} end)`,
        fails: after(
          `${state} in (${rules.map(([bad]) => `'${bad}'`).join(', ')})`,
          compiled.fails,
        ),
      };
    },
  };
}
