const MAX_LENGTH = 64;

/** A measurement, or a part of one, that may know what measured it. */
export type Measured = { device?: string | null };

/**
 * What measured, in the vendor's words, to be spread into a row or a version: one printable line of at most 64 characters.
 * Empty where the words say nothing. A name that its owner gave ("Anna's Watch") is none of the words to pass.
 */
export function deviceOf(...words: readonly unknown[]): { device?: string } {
  const texts = words.filter((word) => typeof word === 'string').map(printable);
  const device = [...new Set(texts)].filter((text) => text !== '').join(' ');
  const isNamed = device !== '' && device.toLowerCase() !== 'unknown';
  return isNamed ? { device: [...device].slice(0, MAX_LENGTH).join('').trimEnd() } : {};
}

/** Letters, marks, digits, punctuation, symbols and single spaces. Cut first: nobody's device has a name of a kilobyte. */
const printable = (text: string): string =>
  text
    .slice(0, MAX_LENGTH * 4)
    .toWellFormed()
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ')
    .trim();

/** The device of a value made of many parts: named only where all of them name the same one. */
export function sharedDevice(parts: readonly Measured[]): { device?: string } {
  const [first] = parts;
  const device = first?.device ?? null;
  return device !== null && parts.every((part) => part.device === device) ? { device } : {};
}
