import { randomOf, seed } from '../../../tests/support/chaos.ts';
import { bedtimeOffer, type Waking } from './bedtime.ts';

const clock = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const nights = (times: string[], latencyMin: number | null = 15): Waking[] =>
  times.map((time) => ({ wakeMin: clock(time), latencyMin }));
const steady = nights(Array.from({ length: 7 }, () => '07:00'));

it.each([
  // Debt, minutes earlier: a seventh, rounded to quarters, at most an hour.
  [0, 0],
  [52, 0],
  [53, 15],
  [157, 15],
  [158, 30],
  [367, 45],
  [368, 60],
  [1000, 60],
])('a debt of %d brings bedtime %d minutes forward', (debtMin, catchUpMin) => {
  const offer = bedtimeOffer({ wakings: steady, needMin: 480, debtMin });
  // 07:00 less eight hours and a quarter.
  expect(offer).toEqual({
    bedtimeMin: clock('22:45') - catchUpMin,
    wakeMin: clock('07:00'),
    latencyMin: 15,
    catchUpMin,
  });
});

it('needs seven nights and a known debt', () => {
  expect(bedtimeOffer({ wakings: steady.slice(1), needMin: 480, debtMin: 0 })).toBeNull();
  expect(bedtimeOffer({ wakings: steady, needMin: 480, debtMin: null })).toBeNull();
});

it('takes medians, over midnight too, and no latency for a source without one', () => {
  const late = nights(['23:50', '00:10', '00:20', '00:20', '00:30', '00:40', '12:00'], null);
  expect(bedtimeOffer({ wakings: late, needMin: 480, debtMin: 0 })).toEqual({
    bedtimeMin: clock('16:20'),
    wakeMin: clock('00:20'),
    latencyMin: 0,
    catchUpMin: 0,
  });
  const eight = [...steady, ...nights(['08:01'], 25)];
  expect(bedtimeOffer({ wakings: eight, needMin: 480, debtMin: 0 })?.wakeMin).toBe(clock('07:00'));
});

it(`is a time of day, never later with more debt or more need (seed ${seed})`, () => {
  const random = randomOf(seed);
  for (let run = 0; run < 500; run++) {
    const wakings = Array.from({ length: 7 + Math.floor(random() * 8) }, (): Waking => {
      return { wakeMin: Math.floor(random() * 1440), latencyMin: random() < 0.3 ? null : Math.floor(random() * 60) };
    });
    const [needMin, debtMin] = [360 + Math.floor(random() * 240), Math.floor(random() * 1200)];
    const offer = bedtimeOffer({ wakings, needMin, debtMin });
    const more = bedtimeOffer({ wakings, needMin, debtMin: debtMin + 60 });
    expect(offer?.bedtimeMin).toBeGreaterThanOrEqual(0);
    expect(offer?.bedtimeMin).toBeLessThan(1440);
    expect(Number.isInteger(offer?.bedtimeMin)).toBe(true);
    expect(more?.catchUpMin).toBeGreaterThanOrEqual(offer?.catchUpMin ?? Infinity);
  }
});
