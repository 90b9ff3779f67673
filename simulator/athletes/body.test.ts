import { openStore } from '../state.ts';
import { workoutHeartRateOf } from './heart-rate.ts';
import { movementOf, vitalsOf, workoutOf } from './movement.ts';
import { numberFor } from './random.ts';
import { mainSleepOf, stagesOf } from './sleep.ts';
import { createSquad } from './squad.ts';
import { STORIES } from './stories.ts';
import type { Story } from './stories.ts';

const NOW_MS = Date.parse('2026-11-20T09:00:00Z');
const [aino] = STORIES as [Story];
const dayAt = (dayIndex: number) => ({ seed: 1, athlete: aino, dayIndex, date: '2026-11-19' });

test('the stages of a night follow each other without a gap and hold the time spent in each', () => {
  const night = mainSleepOf(dayAt(-3));
  if (!night) throw new Error('The steady athlete has no night: her story says that she wears the device always.');
  const stages = stagesOf(night);
  expect(stages[0]).toMatchObject({ stage: 'awake', startMs: night.startMs });
  expect(stages.at(-1)).toMatchObject({ stage: 'awake', endMs: night.endMs });
  for (const [position, { startMs, stage }] of stages.slice(1).entries()) {
    expect(startMs).toBe(stages[position]?.endMs);
    expect(stage).not.toBe(stages[position]?.stage);
  }
  const secondsOf = (wanted: string) =>
    stages.filter(({ stage }) => stage === wanted).reduce((sum, each) => sum + (each.endMs - each.startMs) / 1000, 0);
  const { deepSec, remSec, lightSec, awakeSec } = night.durations;
  expect(['deep', 'rem', 'light', 'awake'].map(secondsOf)).toEqual([deepSec, remSec, lightSec, awakeSec]);
});

test('the heart follows a session from its start to its end, warming up', () => {
  const day = dayAt(-6);
  const workout = workoutOf(day);
  if (!workout) throw new Error('Nobody trains on that day: the training week has changed.');
  const samples = workoutHeartRateOf({ day, workout, stepSec: 5 });
  expect(samples[0]?.atMs).toBe(workout.startMs);
  expect(samples).toHaveLength(12 * workout.minutes + 1);
  expect(samples.at(-1)?.atMs).toBe(workout.endMs);
  const bpm = samples.map((sample) => sample.bpm);
  expect(Math.max(...bpm.slice(0, 12))).toBeLessThan(Math.min(...bpm.slice(12 * 10)));
  expect(Math.max(...bpm)).toBeLessThan(200);
});

test('a number for a name is always the same and within its bounds', () => {
  const numbers = Array.from({ length: 200 }, (_, index) => numberFor(10, 99, 'user', index));
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => numberFor(10, 99, 'user', index)));
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...numbers)).toBeLessThanOrEqual(99);
  expect(new Set(numbers).size).toBeGreaterThan(50);
});

test('a squad has measured the history and yesterday, but neither today nor the time before', () => {
  const squad = createSquad({ seed: 1, store: openStore({ folder: null, nowMs: NOW_MS }), now: () => NOW_MS });
  const { dayIndex, date } = squad.today(aino);
  expect([dayIndex, date]).toEqual([1, '2026-11-20']);
  expect(squad.measuredOn(aino, 0)).toMatchObject({ date: '2026-11-19', isPartial: false });
  expect(squad.measuredOn(aino, 1)).toBeNull();
  expect(squad.measuredOn(aino, -60)).toBeNull();
  squad.keep(aino, 1, { change: { edits: 0, mood: 'ordinary' }, wakeAtMs: NOW_MS - 600_000 });
  const today = squad.measuredOn(aino, 1);
  expect(today).toMatchObject({ isPartial: true, wakeAtMs: NOW_MS - 600_000 });
  const yesterday = squad.dayAt(aino, 0);
  expect(movementOf(today ?? yesterday).steps).toBeLessThan(0.1 * movementOf(yesterday).steps);
  expect(vitalsOf(yesterday).spo2Pct).toBeGreaterThan(96);
  expect(squad.heartRateOn(aino, 1).at(-1)?.atMs).toBeLessThan(NOW_MS - 600_000);
});
