import { type Stage, type StageInterval, readStages } from './stage-intervals.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 14, 22);

/** Stages one after the other, each with its minutes; `hole` is a time nobody describes. */
function stagesOf(...parts: [stage: Stage | 'hole', minutes: number][]): StageInterval[] {
  const intervals: StageInterval[] = [];
  let startMs = START_MS;
  for (const [stage, minutes] of parts) {
    const endMs = startMs + minutes * MINUTE_MS;
    if (stage !== 'hole') intervals.push({ stage, startMs, endMs });
    startMs = endMs;
  }
  return intervals;
}

const read = (intervals: StageInterval[], minutes: number, isInBedKnown = false) =>
  readStages({ intervals, startMs: START_MS, endMs: START_MS + minutes * MINUTE_MS, isInBedKnown });

describe('wakes', () => {
  it('are those between the first and the last sleep, adjoining ones once', () => {
    const stages = stagesOf(['awake', 9], ['light', 60], ['awake', 2], ['awake', 4], ['deep', 60], ['awake', 5]);
    expect(read(stages, 140)).toMatchObject({ wakeCount: 1, wasoMin: 6, awakeningsOver5Min: 1, latencyMin: 9 });
  });

  it('of five minutes are not over five minutes', () => {
    expect(read(stagesOf(['light', 60], ['awake', 5], ['light', 5]), 70)).toMatchObject({
      wakeCount: 1,
      awakeningsOver5Min: 0,
    });
  });

  it('are unknown without any sleep and a true zero without any wake', () => {
    expect(read(stagesOf(['awake', 30]), 30)).toMatchObject({ wakeCount: null, wasoMin: null, asleepMin: 0 });
    expect(read(stagesOf(['light', 30]), 30)).toMatchObject({ wakeCount: 0, wasoMin: 0 });
  });
});

it('latency is unknown where a period begins with sleep and nobody recorded going to bed', () => {
  expect(read(stagesOf(['light', 30]), 30).latencyMin).toBeNull();
  expect(read(stagesOf(['light', 30]), 30, true).latencyMin).toBe(0);
});

it('sleep without stages is sleep, and its stages are unknown rather than zero', () => {
  expect(read(stagesOf(['asleep', 300]), 300)).toMatchObject({
    asleepMin: 300,
    deepMin: null,
    lightMin: null,
    remMin: null,
    stages: null,
  });
  expect(read(stagesOf(['light', 300]), 300)).toMatchObject({ asleepMin: 300, deepMin: 0, lightMin: 300, remMin: 0 });
});

it('no stages are nothing known', () => {
  const { flags, ...fields } = read([], 480);
  expect(flags).toEqual([]);
  expect(Object.values(fields).every((value) => value === null)).toBe(true);
});

it('stages that overlap, lie outside of the period or come in any order count once', () => {
  const [first, second] = stagesOf(['light', 60], ['deep', 60]) as [StageInterval, StageInterval];
  const early = { ...second, startMs: second.startMs - 30 * MINUTE_MS };
  const outside = { stage: 'rem', startMs: START_MS - MINUTE_MS, endMs: START_MS } as const;
  expect(read([early, first, first, outside], 100)).toMatchObject({ asleepMin: 100, lightMin: 60, deepMin: 40 });
});

it('holes are neither sleep nor wake, and make the phases unknown', () => {
  expect(read(stagesOf(['light', 60], ['hole', 20], ['rem', 40]), 120)).toMatchObject({
    asleepMin: 100,
    awakeMin: 0,
    wakeCount: 0,
    stages: null,
    flags: expect.arrayContaining(['stages_partial']) as string[],
  });
});

it('phases are one per 30 seconds from the start, in bed before and after the stages being awake', () => {
  const stages = stagesOf(['hole', 1], ['light', 1], ['deep', 1], ['awake', 0.5], ['rem', 1]);
  expect(read(stages, 5, true).stages).toEqual({ epochS: 30, phases: '4422114334' });
});
