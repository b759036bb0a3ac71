import type { PersonalKind } from './personal-data.ts';

/** A form of personal data that single values give away, whatever their column is called. */
export interface ValueCheck {
  /** What such values are called, in the plural. */
  readonly sign: string;
  readonly kind: PersonalKind;
  /** @param text without blanks around it, of at most 80 characters */
  readonly holds: (text: string) => boolean;
}

const PREFIX = /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]$/;
const UNUSED_PREFIXES = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ']);

/**
 * A National Insurance number: two letters, six digits, a suffix from A to D. Prefixes as HMRC issues them (National
 * Insurance Manual, NIM39110): no D, F, I, Q, U, V; no O in second place; seven pairs that are never used.
 */
export function isNationalInsuranceNumber(text: string): boolean {
  const found = /^([A-Z]{2})(?:\d{6}| ?\d\d ?\d\d ?\d\d ?| ?\d{6} )[A-D]$/i.exec(text);
  const prefix = found?.[1]?.toUpperCase() ?? '';
  return PREFIX.test(prefix) && !UNUSED_PREFIXES.has(prefix);
}

/** An international bank account number: its check digits make the remainder by 97 one (ISO 13616, ISO 7064). */
export function isIban(text: string): boolean {
  const iban = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  if (iban.startsWith('GB') && !/^GB\d{2}[A-Z]{4}\d{14}$/.test(iban)) return false;
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** A sort code (6 digits) and an account number (8 digits) in one value: what modulus checking takes. */
export function isBankAccount(text: string): boolean {
  return /^\d\d-\d\d-\d\d[ /,-]*\d{8}$|^\d{6}[ /,-]+\d{8}$/.test(text);
}

/** A sort code in its usual writing, `20-32-06`. */
export function isDashedSortCode(text: string): boolean {
  return /^\d\d-\d\d-\d\d$/.test(text);
}

/** Could the text be a day, month and year of two digits each? Then it is no sign of a sort code. */
export function isShortDay(text: string): boolean {
  const [a, b, c] = text.split('-').map(Number);
  const isDay = (day = 0, month = 0): boolean => day >= 1 && day <= 31 && month >= 1 && month <= 12;
  return isDay(a, b) || isDay(b, a) || isDay(c, b);
}

/** An e-mail address. */
export function isEmail(text: string): boolean {
  return /^[A-Z0-9._%+'-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.[A-Z]{2,}$/i.test(text);
}

/** A British telephone number: 01, 02, 03, 07, 08 or 09 and 8 or 9 more digits, or the same behind +44 (Ofcom). */
export function isUkPhone(text: string): boolean {
  if (!/^(?:\+|\(?0)[\d ()-]{9,18}$/.test(text)) return false;
  const digits = text.replace('(0)', '').replaceAll(/[ ()-]/g, '');
  const national = digits.replace(/^(?:\+44|0044)/, '0');
  return /^0(?:[123789]\d{9}|1\d{8}|800\d{6})$/.test(national);
}

/** A postcode of the United Kingdom (the pattern that the Government Data Standards Catalogue gives). */
export function isUkPostcode(text: string): boolean {
  return /^(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRV-Y])?|\d[A-HJKPSTUW]) ?\d[ABD-HJLNP-UW-Z]{2})$/i.test(
    text,
  );
}

/** The checks of single values, the surest first. */
export const VALUE_CHECKS: readonly ValueCheck[] = [
  {
    sign: 'National Insurance numbers',
    kind: 'national-insurance',
    holds: isNationalInsuranceNumber,
  },
  { sign: 'IBANs', kind: 'bank', holds: isIban },
  { sign: 'sort codes with account numbers', kind: 'bank', holds: isBankAccount },
  { sign: 'e-mail addresses', kind: 'email', holds: isEmail },
  { sign: 'telephone numbers', kind: 'phone', holds: isUkPhone },
  { sign: 'postcodes', kind: 'address', holds: isUkPostcode },
];

/** Does the value itself give personal data away? Such a value is not shown, whatever its column holds otherwise. */
export function looksPersonal(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= 80 && VALUE_CHECKS.some(({ holds }) => holds(trimmed));
}
