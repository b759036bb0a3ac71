import { writeFile } from 'node:fs/promises';
import { PackPage } from '../../client/pack-page/pack-page.ts';
import { inSnapshot, openDatabase } from '../../store/database.ts';
import { packBytes } from '../../store/pack/pack-file.ts';
import { signingKeyOf } from '../../store/pack/signing.ts';
import { packParts } from '../../store/pack/write-pack.ts';

/** Writes the pack of an onboarding in a process of its own: `pack-elsewhere.ts ONBOARDING FILE`, with STORE and KEY. */
const [onboarding = '', file = ''] = process.argv.slice(2);
const database = openDatabase(process.env['STORE'] ?? '');
const key = signingKeyOf(process.env['KEY'] ?? '', 'KEY');
await inSnapshot(database, (client) =>
  writeFile(file, packBytes(packParts(client, { onboarding, key, page: new PackPage() }))),
);
await database.end();
