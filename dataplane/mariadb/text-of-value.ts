import type { ResultColumn } from './connection.ts';

/** Type numbers of the protocol. */
const BIT = 16;
const GEOMETRY = 255;
const JSON_TYPE = 245;
/** VARCHAR, the blobs and texts, VAR_STRING, STRING (also ENUM, SET, UUID, INET6). */
const STRINGS = new Set([15, 249, 250, 251, 252, 253, 254]);
const BINARY = 63;

/**
 * How the values of a column become text: as the server writes them, which for dates and times is ISO (zero dates and
 * `-838:59:59` included); bytes in hex; bits as digits of 0 and 1; geometry as the hex of its bytes.
 */
export function textOf(column: ResultColumn): (value: Buffer) => string {
  if (column.type === BIT) {
    return (value) => bits(value).slice(-column.columnLength).padStart(column.columnLength, '0');
  }
  if (column.type === GEOMETRY) return (value) => value.toString('hex');
  const isBytes = STRINGS.has(column.type) && column.characterSet === BINARY;
  if (isBytes && column.type !== JSON_TYPE) return (value) => value.toString('hex');
  return (value) => value.toString('utf8');
}

function bits(value: Buffer): string {
  return [...value].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

/**
 * A value of type FLOAT, which is selected as a double: the server writes a float with six digits and loses the rest.
 * The shortest decimal that is this float, as PostgreSQL writes a `real`.
 */
export function textOfFloat(double: string): string {
  const value = Math.fround(Number(double));
  if (!Number.isFinite(value)) return double;
  for (let digits = 1; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

/** Is it a column whose text would lose digits? */
export function isFloat(dataType: string): boolean {
  return dataType.toLowerCase() === 'float';
}
