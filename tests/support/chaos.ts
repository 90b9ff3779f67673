import { randomInt } from 'node:crypto';

/**
 * The numbers of the long proving runs (`npm run test:chaos`) instead of the short ones. Every test whose file imports
 * this one is part of those runs.
 */
export const isChaos = process.env['CHAOS'] === '1';

/** What a random test draws from; `CHAOS_SEED` repeats a run. It belongs into the name of the test, to be seen when it fails. */
export const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31));

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomOf(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T;

/** A figure of a long run, as it becomes known. The short runs say nothing. */
export function tell(figure: string): void {
  if (isChaos) process.stdout.write(`  ${figure}\n`);
}
