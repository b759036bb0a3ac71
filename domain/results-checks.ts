import type { ResultsSource } from './manifest-shape.ts';

/** What does not fit together in the description of one side's results. */
interface ResultsProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Results are long or wide, and pay groups are known on both sides of a control record or on neither. */
export function resultsShapeProblems(
  { element, amount, columns, payGroup, control }: ResultsSource,
  path: readonly (string | number)[],
): ResultsProblem[] {
  const isLong = element !== undefined && amount !== undefined && columns === undefined;
  const isWide =
    element === undefined && amount === undefined && Object.keys(columns ?? {}).length > 0;
  const problems: ResultsProblem[] = [];
  if (!isLong && !isWide) {
    const message = 'expected element and amount (long results), or columns (wide results)';
    problems.push({ path: [...path, columns === undefined ? 'element' : 'columns'], message });
  }
  if (control !== undefined && (control.payGroup === undefined) !== (payGroup === undefined)) {
    problems.push({
      path:
        control.payGroup === undefined ? [...path, 'payGroup'] : [...path, 'control', 'payGroup'],
      message: 'a pay group has to be known of the results and of the control record',
    });
  }
  return problems;
}
