/*
 * Decimal texts as PostgreSQL writes numeric values, added and compared without rounding: a JavaScript number cannot
 * hold the pennies of large sums.
 */

/** The sum of decimal texts, with as many digits after the point as the longest of them. */
export function addDecimals(texts: readonly string[]): string {
  const scale = Math.max(0, ...texts.map((text) => fractionOf(text).length));
  const sum = texts.reduce((total, text) => total + unitsOf(text, scale), 0n);
  if (scale === 0) return sum.toString();
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Are two decimal texts the same number? */
export function equalDecimals(a: string, b: string): boolean {
  const scale = Math.max(fractionOf(a).length, fractionOf(b).length);
  return unitsOf(a, scale) === unitsOf(b, scale);
}

/** `a` less `b`. */
export function subtractDecimals(a: string, b: string): string {
  return addDecimals([a, b.startsWith('-') ? b.slice(1) : `-${b}`]);
}

function fractionOf(text: string): string {
  return text.split('.')[1] ?? '';
}

/** The number in units of the last of `scale` digits. */
function unitsOf(text: string, scale: number): bigint {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const units = BigInt(whole + fraction.padEnd(scale, '0'));
  return negative ? -units : units;
}
