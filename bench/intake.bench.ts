import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { takeIn } from '../dataplane/intake.ts';
import { takeInDatabase } from '../dataplane/mariadb/take-in-database.ts';
import type { Work } from '../dataplane/work.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { type MariadbServer, startMariadb } from '../test/support/mariadb-server.ts';
import { type Bench, type BenchOptions, rounded } from './support/bench.ts';
import { peakMemoryMb, resetPeakMemory } from './support/peak-memory.ts';

/** Size of the file in MB; 5000 is the goal's. */
const MEGABYTES = Number(process.env['SLIPWAY_BENCH_INTAKE_MB'] ?? 400);
const SMOKE_MEGABYTES = 10;
const MARIADB_ROWS = 1_000_000;
const SMOKE_MARIADB_ROWS = 20_000;
const MB = 1024 * 1024;

/** What one intake took. */
interface Measured {
  readonly rows: number;
  readonly seconds: number;
  /** The most that JavaScript held at once, and the whole process. */
  readonly heapMb: number;
  readonly rssMb: number | undefined;
}

/**
 * Rows and megabytes a second of taking in a CSV file of 16 columns (quotes, delimiters in quotes, letters beyond ASCII), and
 * the memory it takes: of the file, and of a tenth of it, which shows whether memory grows with the size. The same for a
 * table of MariaDB where its server is installed.
 */
export const bench: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: 'bench',
  });
  try {
    const stagingUrl = await server.ensureDatabase('staging');
    const megabytes = options.smoke ? SMOKE_MEGABYTES : MEGABYTES;
    const small = await measureFile(folder, stagingUrl, megabytes / 10, options);
    const large = await measureFile(folder, stagingUrl, megabytes, options);
    const mariadb = await measureMariadb(stagingUrl, options);
    return {
      figures: {
        megabytes,
        rows: large.rows,
        rowsPerSecond: Math.round(large.rows / large.seconds),
        mbPerSecond: rounded(megabytes / large.seconds),
        heapMb: large.heapMb,
        heapMbOfTenth: small.heapMb,
        ...(large.rssMb === undefined ? {} : { nodeRssMb: large.rssMb }),
        ...(mariadb === undefined ? {} : { mariadb: mariadb.figures }),
      },
      rounds: 1,
      versions: {
        node: process.versions.node,
        ...(mariadb === undefined ? {} : { mariadb: mariadb.version }),
      },
    };
  } finally {
    await server.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

async function measureFile(
  folder: string,
  stagingUrl: string,
  megabytes: number,
  { say }: BenchOptions,
): Promise<Measured> {
  const path = join(folder, 'staff.csv');
  say(`writing a file of ${megabytes} MB`);
  await pipeline(Readable.from(csv(megabytes * MB)), createWriteStream(path));
  const { size } = await stat(path);
  const format = { format: 'csv', encoding: 'utf-8', delimiter: ',' } as const;
  const place = { stagingUrl, department: 'bench', sourceId: 'files', fileId: `of-${megabytes}` };
  const files = [{ path, name: 'staff.csv' }];
  const measured = await measure((work) => takeIn({ ...place, files, format }, work));
  const { rows, seconds, heapMb } = measured;
  const speed = size / MB / seconds;
  say(`${rows} rows in ${seconds.toFixed(1)} s, ${speed.toFixed(0)} MB/s, heap ${heapMb} MB`);
  await rm(path);
  return measured;
}

async function measureMariadb(
  stagingUrl: string,
  { smoke, say }: BenchOptions,
): Promise<{ figures: object; version: string } | undefined> {
  if (!existsSync(process.env['SLIPWAY_MARIADBD'] ?? '/usr/sbin/mariadbd')) {
    say('no MariaDB server is installed: its figures are absent');
    return undefined;
  }
  const server = await startMariadb();
  try {
    const rows = smoke ? SMOKE_MARIADB_ROWS : MARIADB_ROWS;
    await fillMariadb(server, rows);
    const place = { stagingUrl, department: 'bench', sourceId: 'legacy', url: server.url() };
    const tables = [{ from: 'bench.staff' }];
    const measured = await measure(async (work) => {
      const { 'bench.staff': intake } = await takeInDatabase({ ...place, tables }, work);
      if (intake === undefined) throw new Error('nothing was taken in');
      return intake;
    });
    const { seconds, heapMb, rssMb } = measured;
    say(`MariaDB: ${measured.rows} rows in ${seconds.toFixed(1)} s, heap ${heapMb} MB`);
    const [version] = await server.sql('select version() as version');
    const figures = {
      rows: measured.rows,
      rowsPerSecond: Math.round(measured.rows / seconds),
      heapMb,
      ...(rssMb === undefined ? {} : { nodeRssMb: rssMb }),
    };
    return { figures, version: String(version?.['version']) };
  } finally {
    await server.stop();
  }
}

async function fillMariadb(server: MariadbServer, rows: number): Promise<void> {
  await server.sql(
    'create database bench',
    'use bench',
    `create table staff (id int unsigned primary key, name varchar(60), born date, pay decimal(10,2), at datetime,
       grade char(4), note text, unit varchar(20), fte float, flag bit(1))`,
    `insert into staff select seq, concat('Name ', seq), date_add('1960-01-01', interval seq % 15000 day),
       seq % 90000 + 0.25, date_add('2020-01-01', interval seq second), 'SEO', repeat('note ', seq % 9),
       concat('U', seq % 500), 0.5, seq % 2 from seq_1_to_${rows}`,
  );
}

async function measure(run: (work: Work) => Promise<{ rows: number }>): Promise<Measured> {
  globalThis.gc?.();
  resetPeakMemory();
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  const timer = setInterval(look, 50);
  const started = performance.now();
  const work: Work = { signal: new AbortController().signal, progress: look };
  const { rows } = await run(work);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  return { rows, seconds, heapMb: Math.round(peak / MB), rssMb: peakMemoryMb(process.pid) };
}

const COLUMNS =
  'Staff No,Surname,First Name,Date of Birth,NI Number,Grade,Unit,Post,Start,End,Pay,FTE,Address,Postcode,E-mail,Note';
const BLOCK_ROWS = 5000;

/** Lines until there are so many bytes. */
function* csv(bytes: number): Generator<string> {
  yield `${COLUMNS}\n`;
  for (let done = 0, row = 0; done < bytes; ) {
    let block = '';
    for (let end = row + BLOCK_ROWS; row < end; row += 1) block += lineOf(row);
    done += Buffer.byteLength(block);
    yield block;
  }
}

function lineOf(row: number): string {
  const day = String((row % 28) + 1).padStart(2, '0');
  const name = row % 50 === 0 ? '"O""Neill, Zoë"' : `Surname${row % 9973}`;
  const note = row % 200 === 0 ? '"two\nlines"' : '';
  return `${row},${name},Ann,19${60 + (row % 40)}-03-${day},QQ${100000 + (row % 899999)}C,SEO,Unit ${row % 500},P${row % 70000},2010-04-${day},,${20000 + (row % 60000)}.25,1.00,"${row % 300} High Street, Leeds",LS${row % 29} 1AB,a${row}@example.org,${note}\n`;
}
