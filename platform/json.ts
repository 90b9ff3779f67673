import { parse } from 'lossless-json';

/** A number of 16 digits or more outside a string (or, harmlessly, inside one that looks like it). */
const MAYBE_UNSAFE_INTEGER = /[:,[]\s*-?\d{16}/;

const UNSAFE_DIGITS = 16;
const INTEGER = /^-?\d+$/;

/**
 * JSON bytes as plain values. Integers beyond 2^53 come as text, digit for digit; all other numbers are numbers.
 * `__proto__` is an ordinary key of the result and touches no prototype; of repeated keys the last one counts.
 * The exact parser costs some ten times JSON.parse, so it only reads bodies that may hold such an integer.
 *
 * @throws whatever the parser throws; its message may quote the body and belongs into no log and no answer.
 */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (!hasLongDigits(bytes) || !MAYBE_UNSAFE_INTEGER.test(text)) return JSON.parse(text);
  return parse(text, null, {
    parseNumber: (digits) => (INTEGER.test(digits) && !Number.isSafeInteger(Number(digits)) ? digits : Number(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/**
 * Whether 16 digits stand in a row anywhere. Any such run covers a place of the 16th, 32nd, 48th ... byte, so only these
 * are looked at: the expression above costs as much as JSON.parse itself on a body of many small numbers.
 */
function hasLongDigits(bytes: Buffer): boolean {
  for (let at = UNSAFE_DIGITS - 1; at < bytes.length; at += UNSAFE_DIGITS) {
    if (!isDigit(bytes[at])) continue;
    let from = at;
    while (isDigit(bytes[from - 1])) from -= 1;
    let to = at + 1;
    while (isDigit(bytes[to])) to += 1;
    if (to - from >= UNSAFE_DIGITS) return true;
  }
  return false;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
