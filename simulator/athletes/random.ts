import { createHash } from 'node:crypto';
import { v5 as nameBasedUuid } from 'uuid';

const { imul, floor } = Math;

/** A stream of numbers that is the same for the same name, on every machine. */
export interface Random {
  /** 0 (included) to 1 (excluded). */
  next(): number;
  between(low: number, high: number): number;
  /** Whole number, both ends included. */
  integer(low: number, high: number): number;
  /** Mean 0, standard deviation 1, cut at ±2.5 so that no single night tells a story nobody wrote. */
  normal(): number;
}

/**
 * Random numbers drawn from a name, so that any day of any athlete can be generated alone, in any order.
 * Mulberry32 seeded from SHA-256 of the parts: good enough for stories, useless for secrets.
 */
export function randomFor(...name: (string | number)[]): Random {
  let state = createHash('sha256').update(name.join('|')).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    integer: (low, high) => low + floor(next() * (high - low + 1)),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return Math.max(-2.5, Math.min(2.5, radius * Math.cos(2 * Math.PI * next())));
    },
  };
}

const ID_NAMESPACE = '6f1f3c0e-5d0a-4c58-9b7a-0d6a0f1c2e33';

/** The uuid that always belongs to these parts, e.g. seed, athlete key, day index and kind of document. */
export function idFor(...name: (string | number)[]): string {
  return nameBasedUuid(name.join('|'), ID_NAMESPACE);
}

/** The whole number that always belongs to these parts, both ends included: ids of vendors that count. */
export function numberFor(low: number, high: number, ...name: (string | number)[]): number {
  const drawn = createHash('sha256').update(name.join('|')).digest().readUIntBE(0, 6);
  return low + (drawn % (high - low + 1));
}
