import type { ExcelFormat } from '../../domain/source-shape.ts';
import type { RowSource } from './row-source.ts';
import type { SourceFile } from './text-file.ts';

export function openExcel(
  _file: SourceFile,
  _format: ExcelFormat,
  _table: string,
  _signal: AbortSignal,
): Promise<RowSource> {
  return Promise.reject(new Error('not yet'));
}
