/** A number with its noun: `1 day`, `3 days`. @param many where an `s` is not enough */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}
