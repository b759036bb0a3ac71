import { readWorkbook } from '../../../dataplane/sheet/read-workbook.ts';
import { writeWorkbook } from '../../../dataplane/sheet/write-workbook.ts';

/** The exported workbook with cells changed: by the line of the source row, and the column. */
export async function corrected(
  file: Buffer,
  changes: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<Buffer> {
  const [sheet = { name: '', rows: [] }] = await readWorkbook(file);
  const [head, ...rows] = sheet.rows;
  const header = [...(head?.cells.values() ?? [])].map(({ text }) => text);
  return writeWorkbook([
    {
      name: sheet.name,
      header,
      rows: rows.map(({ cells }) => {
        const line = cells.get(1)?.text.split(':').at(-1) ?? '';
        return header.map((name, index) => ({
          text: changes[line]?.[name] ?? cells.get(index)?.text ?? null,
        }));
      }),
    },
  ]);
}
