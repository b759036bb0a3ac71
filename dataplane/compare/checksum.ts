import type pg from 'pg';

/**
 * How rows are told apart without fetching them. `fast` is PostgreSQL's own 64-bit hash of a record, at the speed of the
 * scan; `sha256` is 60 bits of SHA-256 over the text of the row, several times slower, which anybody can compute again
 * without PostgreSQL's internals.
 */
export type ChecksumKind = 'fast' | 'sha256';

/** As the value itself, by PostgreSQL's hash of its type; or as its text. */
export type Form = 'value' | 'text';

export interface Checksum {
  readonly kind: ChecksumKind;
  /** In which form values are hashed (see `hashed`): for the checksum, and for the bucket. */
  readonly rowForm: Form;
  readonly bucketForm: Form;
  /** SQL of the checksum of a row, a bigint, from the SQL of its values. */
  row(values: readonly string[]): string;
  /** SQL of the bucket of a row, from its key alone: a row whose values differ is in the same bucket on both sides. */
  bucket(key: readonly string[], buckets: number): string;
}

/**
 * The checksum for a comparison of several servers.
 * @param wanted `fast` where it may be used: both ends have to be PostgreSQL 14 or newer and to agree on the hash of a
 *   probe (another encoding, byte order or hash function of a major version shows there); otherwise it is `sha256`
 */
export async function chooseChecksum(
  clients: readonly pg.Client[],
  wanted: ChecksumKind,
): Promise<Checksum> {
  const probes: (string | undefined)[] = [];
  for (const client of clients) probes.push(await probe(client));
  const [first] = probes;
  const isAlike = first !== undefined && probes.every((each) => each === first);
  const bucketing: Pick<Checksum, 'bucket' | 'bucketForm'> = isAlike
    ? { bucket: recordBucket, bucketForm: 'value' }
    : { bucket: textBucket, bucketForm: 'text' };
  return wanted === 'fast' && isAlike
    ? { kind: 'fast', row: recordHash, rowForm: 'value', ...bucketing }
    : { kind: 'sha256', row: textHash, rowForm: 'text', ...bucketing };
}

/** The encoding, and the hash of a row with a value of every kind; undefined when the server has no such hash. */
async function probe(client: pg.Client): Promise<string | undefined> {
  // Asked first: a statement that fails would end the transaction of a delta.
  const { rowCount } = await client.query(
    "select where to_regprocedure('pg_catalog.hash_record_extended(record, bigint)') is not null",
  );
  if (rowCount === 0) return undefined;
  const { rows } = await client.query<{ probe: string }>(
    `select current_setting('server_encoding') || hash_record_extended(row('Zoe'::text collate "C", 7::smallint, 70000, 5000000000::bigint, numeric_send(-12.50), true,
       date '2026-03-31', timestamp '2026-03-31 12:00', timestamptz '2026-03-31 12:00Z',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, null::text), 0)::text as probe`,
  );
  return rows[0]?.probe;
}

function recordHash(values: readonly string[]): string {
  return `hash_record_extended(row(${values.join(', ')}), 0)`;
}

/**
 * PostgreSQL's own text of a row quotes and escapes its values and tells null from an empty text, so different rows
 * have different texts.
 */
function textHash(values: readonly string[]): string {
  const digest = `sha256(convert_to(row(${values.join(', ')})::text, 'UTF8'))`;
  return `('x' || substr(encode(substring(${digest} for 8), 'hex'), 1, 15))::bit(60)::bigint`;
}

function recordBucket(key: readonly string[], buckets: number): string {
  return `(${recordHash(key)} & 9223372036854775807) % ${buckets}`;
}

function textBucket(key: readonly string[], buckets: number): string {
  return `${textHash(key)} % ${buckets}`;
}
