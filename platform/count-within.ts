import { keepNewest } from '#platform/keep-newest';

/**
 * Counts in the memory of this process: each key has `points` in a stretch of `perS` seconds that begins with its first.
 * Answers null, or after how many seconds to come again. At most `most` keys are remembered; the one whose stretch began
 * first is forgotten first, and counts anew.
 */
export function countWithin(options: { points: number; perS: number; most: number }): (key: string) => number | null {
  const { points, perS, most } = options;
  const stretches = new Map<string, { endsAtMs: number; left: number }>();
  return (key) => {
    const nowMs = performance.now();
    let stretch = stretches.get(key);
    if (stretch === undefined || stretch.endsAtMs <= nowMs) {
      stretch = { endsAtMs: nowMs + perS * 1000, left: points };
      keepNewest(stretches, [key, stretch], most);
    }
    if (stretch.left === 0) return Math.ceil((stretch.endsAtMs - nowMs) / 1000);
    stretch.left -= 1;
    return null;
  };
}
