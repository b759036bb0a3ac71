import type { ReconcilingStage } from './reconciliation.ts';

/**
 * A look at the platform, asked by the API and answered by a worker of the data plane: the API holds no key of the
 * platform or of the sources.
 */
export type InspectionRequest =
  | {
      readonly kind: 'quarantine';
      readonly dataset?: string | undefined;
      readonly rule?: string | undefined;
      /** `open` or `accepted` rows. */
      readonly status: 'open' | 'accepted';
      /** Id of the last row of the page before. */
      readonly after?: string | undefined;
      readonly limit: number;
      /** Raw values of the legacy system instead of what they look like. */
      readonly unmasked: boolean;
    }
  | {
      readonly kind: 'quarantine-export';
      readonly dataset?: string | undefined;
      readonly rule?: string | undefined;
    }
  /** The workbook is the inspection's document. */
  | { readonly kind: 'corrections'; readonly dataset: string }
  | { readonly kind: 'provenance'; readonly table: string; readonly key: string }
  | { readonly kind: 'load-history' }
  /** What both sides hold in the rows that a reconciliation has named. What it looks like is told without a look. */
  | {
      readonly kind: 'differences';
      readonly dataset: string;
      readonly stage: ReconcilingStage;
    };

/** Does the answer hold values of the legacy system or the platform as they are? */
export function isUnmasked(request: InspectionRequest): boolean {
  return (
    request.kind === 'quarantine-export' ||
    request.kind === 'differences' ||
    (request.kind === 'quarantine' && request.unmasked)
  );
}
