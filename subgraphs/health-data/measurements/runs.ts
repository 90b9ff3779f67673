/**
 * Ascending offsets as runs of equal steps: first offset, step, how many, for each. What a device measures every 15 seconds
 * has one run, and one more for each time it was taken off.
 */
export function runsOf(offsetsS: readonly number[]): number[] {
  const runs: number[] = [];
  for (let from = 0; from < offsetsS.length;) {
    const firstS = offsetsS[from] as number;
    const stepS = (offsetsS[from + 1] ?? firstS) - firstS;
    let to = from + 1;
    while (to < offsetsS.length && (offsetsS[to] as number) - (offsetsS[to - 1] as number) === stepS) to += 1;
    runs.push(firstS, stepS, to - from);
    from = to;
  }
  return runs;
}
