import fc from 'fast-check';
import { thin, type Line } from './thin.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const line = (values: number[]): Line => ({ offsetsS: values.map((_, index) => index * 5), values });

it('a line of few samples stays as it is', () => {
  const few = line([100, 120, 110]);
  expect(thin(few, 3)).toEqual(few);
  expect(thin(line([]), 3)).toEqual(line([]));
});

it('a single peak in an hour of rest is kept as high as it was', () => {
  const values = Array.from({ length: 3600 }, (_, index) => (index === 1789 ? 191 : 60));
  const { offsetsS, values: kept } = thin(line(values), 50);
  expect(kept).toHaveLength(50);
  expect(Math.max(...kept)).toBe(191);
  expect(offsetsS[kept.indexOf(191)]).toBe(1789 * 5);
});

it(`any line keeps its ends, its order and only samples that were measured (FUZZ_SEED=${seed})`, () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 400 }),
      fc.integer({ min: 3, max: 60 }),
      (values, maxPoints) => {
        const given = line(values);
        const thinned = thin(given, maxPoints);
        expect(thinned.offsetsS).toHaveLength(Math.min(values.length, maxPoints));
        expect(thinned.values).toEqual(thinned.offsetsS.map((offsetS) => values[offsetS / 5]));
        expect(thinned.offsetsS).toEqual([...new Set(thinned.offsetsS)].sort((a, b) => a - b));
        expect(thinned.offsetsS[0]).toBe(given.offsetsS[0]);
        expect(thinned.offsetsS.at(-1)).toBe(given.offsetsS.at(-1));
      },
    ),
    { seed, numRuns: 300 },
  );
});
