import type { Manifest, Policy } from './manifest-shape.ts';

/** What people live on and what the state is owed: pay that may not differ by a penny. */
export type ProtectedKind = 'net' | 'tax' | 'nationalInsurance' | 'pension';

/** The kinds in words. */
export const PROTECTED_WORDS: Readonly<Record<ProtectedKind, string>> = {
  net: 'net pay',
  tax: 'tax',
  nationalInsurance: 'National Insurance',
  pension: 'pension',
};

/** A protected element whose differences the policy would let pass. */
export interface ProtectedTolerance {
  readonly element: string;
  readonly kind: ProtectedKind;
  readonly pence: number;
}

type Paid = Pick<Manifest, 'parallelRun' | 'policy'>;

/** The protected elements of a manifest, with their kind. None where no pay is compared. */
export function protectedElements({
  parallelRun,
}: Pick<Manifest, 'parallelRun'>): ReadonlyMap<string, ProtectedKind> {
  if ('notApplicable' in parallelRun) return new Map();
  const kinds = Object.keys(PROTECTED_WORDS) as ProtectedKind[];
  return new Map(
    kinds.flatMap((kind) => parallelRun.protected[kind].map((element) => [element, kind] as const)),
  );
}

/**
 * The tolerances that a senior person has to sign: those above zero of protected elements, named or by default. Practice
 * of UK payroll parallel runs: zero for net pay, tax, National Insurance and pension.
 */
export function protectedTolerances(manifest: Paid): ProtectedTolerance[] {
  const { defaultPence, elements } = manifest.policy.tolerances;
  return [...protectedElements(manifest)].flatMap(([element, kind]) => {
    const pence = Object.hasOwn(elements, element)
      ? (elements[element] ?? defaultPence)
      : defaultPence;
    return pence > 0 ? [{ element, kind, pence }] : [];
  });
}

/**
 * The tolerances that count: without the signature those of protected elements are zero, whatever the manifest says.
 * @param signed has a senior person approved the tolerances of this manifest?
 */
export function effectiveTolerances(manifest: Paid, signed: boolean): Policy['tolerances'] {
  const { tolerances } = manifest.policy;
  if (signed) return tolerances;
  const zero = protectedTolerances(manifest).map(({ element }) => [element, 0] as const);
  return { ...tolerances, elements: { ...tolerances.elements, ...Object.fromEntries(zero) } };
}

/** An element that both sides must have, and a side that does not. */
export interface AbsentElement {
  readonly element: string;
  readonly kind: ProtectedKind;
  readonly side: 'legacy' | 'platform';
}

/**
 * Protected elements that do not occur in the results of a side. They would be compared to nothing: an element that goes
 * by another name there escapes its tolerance.
 * @param totals lines of a side per element
 */
export function absentElements(
  manifest: Pick<Manifest, 'parallelRun'>,
  totals: readonly {
    readonly element: string;
    readonly legacyLines: number;
    readonly platformLines: number;
  }[],
): AbsentElement[] {
  const found = new Map(totals.map((total) => [total.element, total]));
  return [...protectedElements(manifest)].flatMap(([element, kind]): AbsentElement[] => {
    const { legacyLines = 0, platformLines = 0 } = found.get(element) ?? {};
    const sides: AbsentElement[] = [];
    if (legacyLines === 0) sides.push({ element, kind, side: 'legacy' });
    if (platformLines === 0) sides.push({ element, kind, side: 'platform' });
    return sides;
  });
}
