import { readFileSync } from 'node:fs';
import { type Basis, basisOf } from '#platform/basis';
import { dateOf, dayNumber } from '#platform/slots';
import { type Intensity, adjust } from '../../training/adjust.ts';
import type { AthleteHistory, SleepNight, Stream } from './history.ts';
import { computeView } from './view.ts';

type Series = { id: string; metric: Stream['metric']; primary?: boolean; series: (number | null)[] };
type Night = { asleep: number; inBed: number; latency: number; waso: number; awakenings: number; nap?: number };
type Input = {
  needMin: number;
  hrv: Series[];
  rhr: Series[];
  sleep: (Night | null)[];
  session?: { intensity: string; durationMin: number; locked: boolean };
  context?: { lowDays: number };
  sharedWithCoach?: string[];
};
type Json = { [key: string]: unknown };
type Vector = { id: string; title: string; input: Input; expected: Json };

const TONIGHT = '2026-05-04';
const SIGNALS = { hrv: 'HRV', rhr: 'RESTING_HEART_RATE', sleep: 'SLEEP' } as const;
const { vectors } = JSON.parse(readFileSync(`${process.cwd()}/../shared/reference/readiness-vectors.json`, 'utf8')) as {
  vectors: Vector[];
};

const vector = (id: string): Vector => {
  const found = vectors.find((each) => each.id === id);
  if (!found) throw new Error(`There is no vector ${id}.`);
  return found;
};

const byDate = <From, To>(series: (From | null)[], convert: (value: From) => To): Map<string, To> => {
  const first = dayNumber(TONIGHT) - series.length + 1;
  return new Map(series.flatMap((value, at) => (value === null ? [] : [[dateOf(first + at), convert(value)]])));
};

const streamOf = ({ id, metric, primary, series }: Series): Stream => {
  return { id, metric, isPrimary: primary ?? false, values: byDate(series, (value) => value) };
};

const nightOf = (night: Night): SleepNight => ({
  asleepMin: night.asleep,
  inBedMin: night.inBed,
  latencyMin: night.latency,
  wasoMin: night.waso,
  awakenings: night.awakenings,
  napMin: night.nap ?? 0,
});

const historyOf = ({ needMin, hrv, rhr, sleep }: Input): AthleteHistory => {
  return { needMin, hrv: hrv.map(streamOf), rhr: rhr.map(streamOf), sleep: byDate(sleep, nightOf) };
};

const basisNamed = (names: string[]): Basis => basisOf(names.map((name) => SIGNALS[name as keyof typeof SIGNALS]));

const WORDS = new Set(['status', 'source', 'state', 'band', 'confidenceLevel']);
const TWO_DECIMALS = new Set(['confidence', 'cv7', 'staleShare']);
const EXACT = new Set(['score', 'points', 'nights', 'debtNights', 'age']);

const compare = (actual: unknown, expected: unknown, key: string): void => {
  if (key === 'basis' || key === 'staleSignals') {
    expect(actual).toEqual((expected as (keyof typeof SIGNALS)[]).map((name) => SIGNALS[name]));
  } else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((each, at) => compare((actual as unknown[])[at], each, key));
  } else if (typeof expected === 'object' && expected !== null) {
    for (const [name, each] of Object.entries(expected)) compare((actual as Json)[name], each, name);
  } else if (typeof expected === 'number' && !EXACT.has(key)) {
    const tolerance = TWO_DECIMALS.has(key) ? 0.01 : 0.0005;
    const miss = Math.abs(Number(actual) - expected);
    if (!(miss <= tolerance + 1e-12)) throw new Error(`${key} is ${String(actual)}, expected ${expected}`);
  } else if (typeof expected === 'string' && WORDS.has(key)) {
    expect({ [key]: actual }).toEqual({ [key]: expected.toUpperCase() });
  } else {
    expect({ [key]: actual }).toEqual({ [key]: expected });
  }
};

const viewFor = (input: Input, basis: string[]) => {
  return computeView({ history: historyOf(input), date: TONIGHT, basis: basisNamed(basis) });
};

test.each(['S1', 'S3', 'S4'])('%s comes out as published', (id) => {
  const { input, expected } = vector(id);
  const view = viewFor(input, ['hrv', 'rhr', 'sleep']);
  compare(view, expected, '');
  expect(70 + view.drivers.reduce((sum, { points }) => sum + points, 0)).toBe(view.score);
});

test('S2 comes out as published, and so does its session', () => {
  const { input, expected } = vector('S2');
  const view = viewFor(input, ['hrv', 'rhr', 'sleep']);
  compare(view, expected['readiness'], '');
  const { session, context } = input;
  if (!session || !context) throw new Error('S2 has no session.');
  const planned = { ...session, intensity: session.intensity.toUpperCase() as Intensity };
  const { rule, changed, intensity, durationMin, load } = adjust({ session: planned, view, context });
  const adjusted = { rule, changed, intensity: intensity.toLowerCase(), durationMin, load };
  expect(adjusted).toEqual(expected['adjust']);
});

test('S5 comes out as published for the athlete and, without resting heart rate, for the coach', () => {
  const { input, expected } = vector('S5');
  const coach = viewFor(input, input.sharedWithCoach ?? []);
  compare(viewFor(input, ['hrv', 'rhr', 'sleep']), expected['athlete'], '');
  compare(coach, expected['coach'], '');
  expect(Object.keys(coach.signals)).toEqual(['hrv', 'sleep']);
});

test('the nights of the vectors are final when all came, provisional when none did', () => {
  const states = ['S1', 'S2', 'S3', 'S4', 'S5'].map((id) => viewFor(vector(id).input, ['hrv', 'rhr', 'sleep']).state);
  expect(states).toEqual(['FINAL', 'FINAL', 'PROVISIONAL', 'FINAL', 'FINAL']);
});
