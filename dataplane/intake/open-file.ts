import type { FileFormat } from '../../domain/source-shape.ts';
import { openCsv } from './csv-source.ts';
import { openExcel } from './excel-source.ts';
import { openFixedWidth } from './fixed-width-source.ts';
import type { RowSource } from './row-source.ts';
import type { SourceFile } from './text-file.ts';

/**
 * A file as rows, read as its format says.
 * @param table the staged table, for the findings
 * @throws SlipwayError `intake/malformed`
 */
export function openFile(
  file: SourceFile,
  format: FileFormat,
  table: string,
  signal: AbortSignal,
): Promise<RowSource> {
  switch (format.format) {
    case 'csv':
      return openCsv(file, format, table, signal);
    case 'excel':
      return openExcel(file, format, table);
    case 'fixed-width':
      return openFixedWidth(file, format, table);
  }
}
