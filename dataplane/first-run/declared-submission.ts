import type { TaxStanding } from '../../domain/controls/c14-first-live-run.ts';
import { SlipwayError } from '../../domain/errors.ts';
import type { LastSubmission, Manifest } from '../../domain/manifest-shape.ts';
import type { Expression } from '../../domain/mapping/expression.ts';
import { withConnection } from '../connections.ts';
import { longQuery } from '../long-query.ts';
import { compileExpression } from '../mapping/compile-expression.ts';
import { columnTypes } from '../profile/table-columns.ts';
import { placeOf } from '../relation.ts';
import type { DataPlaneUrls } from '../urls.ts';
import type { Work } from '../work.ts';

/**
 * The last submission to the tax authority as the manifest declares it, by payroll id.
 * @throws SlipwayError `mapping/invalid` naming every member that does not compile, or when it holds a payroll id twice;
 *   errors of connections
 */
export async function readDeclaredSubmission(
  manifest: Manifest,
  declared: LastSubmission,
  urls: DataPlaneUrls,
  work: Work,
): Promise<Map<string, TaxStanding>> {
  const place = placeOf(manifest, declared, urls);
  return withConnection(place.url, place.side, work.signal, async (client) => {
    const columns = await columnTypes(client, place);
    const problems: string[] = [];
    const text = (name: string, expression: Expression): string => {
      const path = ['cutover', 'lastSubmission', name];
      const { codeLists } = manifest;
      const compiled = compileExpression(expression, { columns, codeLists, alias: 'r', path });
      problems.push(...compiled.problems.map((each) => `${each.path.join('.')}: ${each.message}`));
      return `(${compiled.sql})`;
    };
    const pounds = (name: string, expression: Expression): string =>
      `round(${text(name, expression)}::numeric, 2)::text`;
    const select = [
      `btrim(${text('person', declared.person)}::text) as id`,
      `${text('taxCode', declared.taxCode)}::text as "taxCode"`,
      `${text('basis', declared.basis)}::text as basis`,
      `${text('niCategory', declared.niCategory)}::text as "niCategory"`,
      `${pounds('taxable', declared.taxable)} as taxable`,
      `${pounds('tax', declared.tax)} as tax`,
      `${pounds('ni', declared.ni)} as ni`,
    ];
    if (problems.length > 0) throw new SlipwayError('mapping/invalid', problems.join('; '));
    const { rows } = await longQuery(client, place, work, { done: 0, unit: 'rows' }, () =>
      client.query<TaxStanding & { id: string }>(`select ${select.join(', ')} from ${place.sql} r`),
    );
    const found = new Map(rows.map(({ id, ...standing }) => [id, standing]));
    if (found.size < rows.length) {
      throw new SlipwayError(
        'mapping/invalid',
        `cutover.lastSubmission: ${rows.length - found.size} payroll ids occur more than once`,
      );
    }
    return found;
  });
}
