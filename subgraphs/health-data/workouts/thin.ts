/** A series as two arrays of one length, offsets ascending. */
export interface Line {
  offsetsS: number[];
  values: number[];
}

/**
 * At most `maxPoints` of the samples (3 or more), chosen so that the drawn line keeps its shape: the first, the last, and of each
 * stretch between them the sample that spans the largest triangle with its neighbours (Steinarsson 2013,
 * "Largest-Triangle-Three-Buckets"). Every point is a sample that was measured, so a peak stays as high as it was.
 */
export function thin({ offsetsS, values }: Line, maxPoints: number): Line {
  const count = offsetsS.length;
  if (count <= maxPoints) return { offsetsS, values };
  const x = (index: number): number => offsetsS[index] ?? 0;
  const y = (index: number): number => values[index] ?? 0;
  const bucketSize = (count - 2) / (maxPoints - 2);
  const startOf = (bucket: number): number => Math.floor(bucket * bucketSize) + 1;
  const chosen = [0];
  for (let bucket = 0; bucket < maxPoints - 2; bucket += 1) {
    const from = startOf(bucket);
    const to = startOf(bucket + 1);
    const next = meanOf({ from: to, to: Math.min(startOf(bucket + 2), count), x, y });
    const last = chosen.at(-1) ?? 0;
    let best = from;
    let largest = -1;
    for (let index = from; index < to; index += 1) {
      const area = Math.abs((x(last) - next.x) * (y(index) - y(last)) - (x(last) - x(index)) * (next.y - y(last)));
      if (area > largest) {
        largest = area;
        best = index;
      }
    }
    chosen.push(best);
  }
  chosen.push(count - 1);
  return { offsetsS: chosen.map(x), values: chosen.map(y) };
}

/** The middle of a stretch of samples; that behind the last stretch is the last sample. */
function meanOf({
  from,
  to,
  x,
  y,
}: {
  from: number;
  to: number;
  x: (index: number) => number;
  y: (index: number) => number;
}): { x: number; y: number } {
  const size = Math.max(to - from, 1);
  let sumX = 0;
  let sumY = 0;
  for (let index = from; index < from + size; index += 1) {
    sumX += x(index);
    sumY += y(index);
  }
  return { x: sumX / size, y: sumY / size };
}
