import { quoteTable } from './quote.ts';

/**
 * Where a load writes, as SQL names. A simulation writes to temporary tables of the same shape, so that both run
 * the same code.
 */
export interface TargetPlaces {
  readonly plan: string;
  readonly ledger: string;
  readonly quarantine: string;
  readonly loadedElsewhere: string;
  /** A table of the platform. */
  table(table: { readonly schema: string; readonly table: string }): string;
}

/** The platform itself. */
export const PLATFORM: TargetPlaces = {
  plan: 'slipway.load_plan',
  ledger: 'slipway.load_ledger',
  quarantine: 'slipway.quarantine',
  loadedElsewhere: 'slipway.row_loaded_elsewhere',
  table: ({ schema, table }) => quoteTable(schema, table),
};
