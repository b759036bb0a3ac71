import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

function folderOf(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Where the installed design systems keep their templates, styles and scripts. */
export const GOVUK = join(folderOf('govuk-frontend'), 'dist');
export const MOJ = folderOf('@ministryofjustice/frontend');
/** The script that changes a page into a newer one without disturbing whoever reads or types in it. */
export const IDIOMORPH = dirname(require.resolve('idiomorph/dist/idiomorph.min.js'));
