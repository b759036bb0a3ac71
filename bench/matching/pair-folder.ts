import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type LabelledPair, pairName } from './measure.ts';
import { matchTable, readCsv } from './raw-table.ts';

/** The file beside two tables that says which columns belong together. */
const mappingSchema = z.object({
  matches: z.array(z.object({ source_column: z.string(), target_column: z.string() })),
});

/**
 * Reads pairs in the layout that Valentine publishes: somewhere below a folder, `NAME_source.csv`, `NAME_target.csv` and
 * `NAME_mapping.json` with `{ matches: [{ source_column, target_column }] }`.
 */
export function folderPairs(folder: string, withValues: boolean): LabelledPair[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('_mapping.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  return files.map((file) => {
    const stem = file.replace(/_mapping\.json$/, '');
    const name = basename(stem);
    const { matches } = mappingSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const [source, target] = [
      readCsv(`${stem}_source.csv`, name),
      readCsv(`${stem}_target.csv`, name),
    ];
    return {
      name,
      group:
        file
          .slice(folder.length)
          .split('/')
          .find((part) => part !== '') ?? name,
      source: [matchTable(source, withValues)],
      target: [matchTable(target, withValues)],
      right: new Set(
        matches.map((each) =>
          pairName(
            { table: name, column: each.source_column },
            { table: name, column: each.target_column },
          ),
        ),
      ),
      acceptable: new Set<string>(),
      cardinality: 'one-to-one' as const,
    };
  });
}
