/** What an explanation was decided on, and what a later period has of the same signature. */
export interface Tested {
  readonly testedLines: number | null;
  readonly testedPence: number | null;
}

/**
 * Does an explanation of a signature still hold for the group of the same signature in the next period? Element, class,
 * direction and band are the signature's; what is left to test is size. What was decided on three people says nothing of
 * thirty, so a group with more lines or a greater sum is open again. Pure.
 * @returns what has grown, in words; undefined when the explanation holds
 */
export function carryOver(
  explained: Tested,
  now: { readonly lines: number; readonly totalPence: number },
): string | undefined {
  const { testedLines, testedPence } = explained;
  if (testedLines === null || testedPence === null)
    return 'it is not known what was explained before';
  if (now.lines > testedLines)
    return `explained for ${testedLines} lines, of which there are ${now.lines} now`;
  if (Math.abs(now.totalPence) > Math.abs(testedPence)) {
    const [before, after] = [testedPence, now.totalPence].map((pence) => (pence / 100).toFixed(2));
    return `explained for £${before} in all, which is £${after} now`;
  }
  return undefined;
}
