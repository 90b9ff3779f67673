import type { Random } from './random.ts';

const DEEP = '1';
const LIGHT = '2';
const REM = '3';
const AWAKE = '4';

const EPOCHS_PER_CYCLE = 180;
const AWAKE_AT_THE_END = 4;

/**
 * One character per 30 seconds of a sleep period: 1 deep, 2 light, 3 REM, 4 awake. Starts with the latency, holds
 * exactly `asleepEpochs` sleeping epochs in cycles of ninety minutes (deep early, REM late), one separate run of 4 for
 * each awakening, and ends with two waking minutes.
 */
export function hypnogram({
  random,
  asleepEpochs,
  latencyEpochs,
  awakeningEpochs,
}: {
  random: Random;
  asleepEpochs: number;
  latencyEpochs: number;
  awakeningEpochs: number[];
}): string {
  let asleep = '';
  for (let cycle = 0; asleep.length < asleepEpochs; cycle++) {
    const deep = Math.max(0, random.integer(60, 74) - 17 * cycle);
    const rem = Math.min(64, random.integer(14, 22) + 12 * cycle);
    const onset = random.integer(18, 26);
    asleep +=
      LIGHT.repeat(onset) + DEEP.repeat(deep) + LIGHT.repeat(EPOCHS_PER_CYCLE - onset - deep - rem) + REM.repeat(rem);
  }
  asleep = asleep.slice(0, asleepEpochs);

  // Cut into equal parts, each cut moved a little: two awakenings can never touch and become one.
  const part = asleepEpochs / (awakeningEpochs.length + 1);
  let phases = AWAKE.repeat(latencyEpochs);
  let from = 0;
  awakeningEpochs.forEach((epochs, index) => {
    const cut = Math.round(part * (index + 1 + random.between(-0.3, 0.3)));
    phases += asleep.slice(from, cut) + AWAKE.repeat(epochs);
    from = cut;
  });
  return phases + asleep.slice(from) + AWAKE.repeat(AWAKE_AT_THE_END);
}

/** The same phases at five minutes a character: the most frequent of each ten epochs, the deepest when equal. */
export function fiveMinutePhases(phases30Sec: string): string {
  let phases = '';
  for (let at = 0; at < phases30Sec.length; at += 10) {
    const counts = countsOf(phases30Sec.slice(at, at + 10));
    phases += counts.indexOf(Math.max(...counts));
  }
  return phases;
}

/** Movement per 30 seconds, 1 none to 4 active: restless while awake, a turn now and then while asleep. */
export function movement({ random, phases30Sec }: { random: Random; phases30Sec: string }): string {
  let moved = '';
  for (const phase of phases30Sec) {
    moved += phase === AWAKE ? `${random.integer(2, 4)}` : random.next() < 0.06 ? '2' : '1';
  }
  return moved;
}

/** Seconds spent in each phase, latency and time in bed. */
export function durationsOf(phases30Sec: string): {
  deepSec: number;
  lightSec: number;
  remSec: number;
  awakeSec: number;
  asleepSec: number;
  latencySec: number;
  inBedSec: number;
} {
  const [, deep = 0, light = 0, rem = 0, awake = 0] = countsOf(phases30Sec);
  return {
    deepSec: 30 * deep,
    lightSec: 30 * light,
    remSec: 30 * rem,
    awakeSec: 30 * awake,
    asleepSec: 30 * (phases30Sec.length - awake),
    latencySec: 30 * phases30Sec.search(/[^4]/),
    inBedSec: 30 * phases30Sec.length,
  };
}

/** One HRV value (ms) per five minutes, null where awake, with exactly the wanted mean. */
export function hrvSeries({
  random,
  phases5Min,
  meanMs,
}: {
  random: Random;
  phases5Min: string;
  meanMs: number;
}): (number | null)[] {
  const items = [...phases5Min].map((phase, index) =>
    phase === AWAKE && (index === 0 || random.next() < 0.7) ? null : Math.round(meanMs * random.between(0.78, 1.22)),
  );
  const measured = items.flatMap((item, index) => (item === null ? [] : [index]));
  let missing = meanMs * measured.length - items.reduce<number>((sum, item) => sum + (item ?? 0), 0);
  for (let turn = 0; missing !== 0; turn++) {
    const index = measured[turn % measured.length] ?? 0;
    items[index] = (items[index] ?? 0) + Math.sign(missing);
    missing -= Math.sign(missing);
  }
  return items;
}

/** One heart rate (bpm) per five minutes, falling over the night and never below one above the lowest. */
export function heartRateSeries({
  random,
  phases5Min,
  lowestBpm,
}: {
  random: Random;
  phases5Min: string;
  lowestBpm: number;
}): (number | null)[] {
  const last = Math.max(1, phases5Min.length - 1);
  return [...phases5Min].map((phase, index) => {
    if (phase === AWAKE && (index === 0 || random.next() < 0.5)) return null;
    const falling = 8 * Math.exp((-3 * index) / last);
    return Math.round(lowestBpm + 1 + falling + random.between(0, 3) + (phase === AWAKE ? 4 : 0));
  });
}

/** How often each phase occurs, at the index of its digit. */
function countsOf(phases: string): number[] {
  const counts = [0, 0, 0, 0, 0];
  for (let at = 0; at < phases.length; at++) {
    const digit = phases.charCodeAt(at) - 48;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  return counts;
}
