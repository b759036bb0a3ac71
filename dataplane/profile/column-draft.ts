import type { Inference } from '../../domain/infer-type.ts';
import type { Personal } from '../../domain/personal-content.ts';
import type { ColumnScan } from './scan.ts';
import type { TableColumn } from './table-columns.ts';

/** What is known of a column after the scan. */
export interface ColumnDraft {
  readonly column: TableColumn;
  readonly scan: ColumnScan;
  readonly inference: Inference;
  readonly personal: Personal | undefined;
}
