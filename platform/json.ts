import { parse } from 'lossless-json';

/** A number of 16 digits or more outside a string (or, harmlessly, inside one that looks like it). */
const MAYBE_UNSAFE_INTEGER = /[:,[]\s*-?\d{16}/;

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
  if (!MAYBE_UNSAFE_INTEGER.test(text)) return JSON.parse(text);
  return parse(text, null, {
    parseNumber: (digits) => (INTEGER.test(digits) && !Number.isSafeInteger(Number(digits)) ? digits : Number(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}
