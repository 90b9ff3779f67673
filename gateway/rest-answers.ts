import { z } from 'zod';
import { ORIGINS } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';

/** The shapes REST answers in, and how an answer of the graph becomes one. Pure; the shapes are what OpenAPI tells. */

const signalState = z.enum(['AVAILABLE', 'STALE', 'CALIBRATING', 'NO_DATA', 'NOT_SHARED']);
const readinessStatus = z.enum(['OK', 'CALIBRATING', 'INSUFFICIENT', 'NOT_SHARED']);
const day = z.iso.date();
const instant = z.iso.datetime({ offset: true });
const minutes = z.number().min(0);

export const readinessTodayShape = z.object({
  readiness: z
    .int()
    .min(0)
    .max(100)
    .nullable()
    .describe('70 is this athlete on an ordinary day. Null without a score.'),
  drivers: z
    .array(z.string())
    .describe('What moved the score away from 70 and by how many points, strongest first: "7-day HRV -10".'),
  updatedAt: instant.nullable().describe('When the score was computed.'),
  band: z.enum(['HIGH', 'NORMAL', 'REDUCED', 'LOW']).nullable(),
  status: readinessStatus,
});

export const sleepSummaryShape = z.object({
  state: signalState,
  nights: z
    .array(
      z.object({
        date: day.describe('The day the night ended on.'),
        asleepMin: minutes,
        efficiencyPct: minutes.nullable(),
        latencyMin: minutes.nullable(),
        wakeCount: z.int().min(0).nullable(),
        napMin: minutes.describe('Minutes asleep in naps of this day.'),
      }),
    )
    .describe('Nights that were measured, oldest first. Null means unknown, never zero.'),
});

export const dailyShape = z
  .array(
    z.object({
      date: day,
      hrvMs: z.number().nullable(),
      hrvMetric: z.enum(['RMSSD', 'SDNN']).nullable().describe('Which quantity hrvMs is; the same on every day.'),
      hrvState: signalState,
      restingHeartRateBpm: z.number().nullable(),
      restingHeartRateState: signalState,
      asleepMin: minutes.nullable(),
      sleepState: signalState,
      steps: z.int().min(0).nullable(),
      stepsState: signalState,
      readiness: z.int().min(0).max(100).nullable(),
      readinessState: z.enum([...readinessStatus.options, 'NO_DATA']).describe('Of this day.'),
    }),
  )
  .describe(
    'One entry for each day asked for, oldest first. The state of a measured signal is that of the whole stretch; a day ' +
      'before the first one that is shared holds null. HRV and resting heart rate are those of one source, the one with ' +
      'the most nights in the stretch: values of two sources never meet.',
  );

export const activitiesShape = z.object({
  state: signalState,
  activities: z
    .array(
      z.object({
        id: z.string(),
        date: day.describe("The day it started on, in the athlete's zone."),
        startedAt: instant,
        endedAt: instant,
        type: z.string().describe("The provider's own word for the sport."),
        durationS: z.number(),
        distanceM: z.number().nullable(),
        energyKcal: z.number().nullable(),
        averageHeartRateBpm: z.number().nullable(),
        maxHeartRateBpm: z.number().nullable(),
        intensity: z.string().nullable(),
        provider: z.enum(ORIGINS),
      }),
    )
    .describe('Oldest first.'),
});

type SignalState = z.infer<typeof signalState>;
type DailyDay = z.infer<typeof dailyShape>[number];
type Activity = z.infer<typeof activitiesShape>['activities'][number];

/** What `readiness-today.graphql` asks for. */
export interface GraphReadiness {
  status: z.infer<typeof readinessStatus>;
  score: number | null;
  band: z.infer<typeof readinessTodayShape>['band'];
  computedAt: string | null;
  drivers: { id: string; points: number }[];
}

const DRIVER_WORDS: Record<string, string> = {
  hrv_day: "last night's HRV",
  hrv_trend: '7-day HRV',
  rhr: 'resting HR',
  sleep_duration: 'sleep length',
  sleep_debt: 'sleep debt',
  sleep_quality: 'sleep quality',
};

export function readinessToday(readiness: GraphReadiness): z.infer<typeof readinessTodayShape> {
  const { status, score, band, computedAt } = readiness;
  const drivers = readiness.drivers
    .filter(({ points }) => points !== 0)
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .map(({ id, points }) => `${DRIVER_WORDS[id] ?? id.replaceAll('_', ' ')} ${points > 0 ? '+' : ''}${points}`);
  return { readiness: score, drivers, updatedAt: computedAt, band, status };
}

/** What `sleep-summary.graphql` asks for. */
export interface GraphSleep {
  state: SignalState;
  nights: {
    date: string;
    asleepMin: number;
    efficiencyPct: number | null;
    latencyMin: number | null;
    wakeCount: number | null;
    naps: { asleepMin: number }[];
  }[];
}

export function sleepSummary({ state, nights }: GraphSleep): z.infer<typeof sleepSummaryShape> {
  return {
    state,
    nights: nights.map(({ naps, ...night }) => ({
      ...night,
      napMin: naps.reduce((total, { asleepMin }) => total + asleepMin, 0),
    })),
  };
}

interface Stream<Night> {
  nights: Night[];
}

/** What `athlete-daily.graphql` asks for. */
export interface GraphDaily {
  hrv: { state: SignalState; streams: (Stream<{ date: string; ms: number }> & { metric: 'RMSSD' | 'SDNN' })[] };
  restingHeartRate: { state: SignalState; streams: Stream<{ date: string; bpm: number }>[] };
  sleep: { state: SignalState; nights: { date: string; asleepMin: number }[] };
  steps: { state: SignalState; days: { date: string; steps: number }[] };
  readinessHistory: { date: string; status: GraphReadiness['status']; score: number | null }[];
}

/** `start` and `end`: local days, both included. */
export function daily(graph: GraphDaily, { start, end }: { start: string; end: string }): DailyDay[] {
  const hrvStream = fullest(graph.hrv.streams);
  const hrv = byDate(hrvStream?.nights);
  const restingHeartRate = byDate(fullest(graph.restingHeartRate.streams)?.nights);
  const sleep = byDate(graph.sleep.nights);
  const steps = byDate(graph.steps.days);
  const readiness = byDate(graph.readinessHistory);
  const days: DailyDay[] = [];
  for (let number = dayNumber(start); number <= dayNumber(end); number++) {
    const date = dateOf(number);
    days.push({
      date,
      hrvMs: hrv.get(date)?.ms ?? null,
      hrvMetric: hrvStream?.metric ?? null,
      hrvState: graph.hrv.state,
      restingHeartRateBpm: restingHeartRate.get(date)?.bpm ?? null,
      restingHeartRateState: graph.restingHeartRate.state,
      asleepMin: sleep.get(date)?.asleepMin ?? null,
      sleepState: graph.sleep.state,
      steps: steps.get(date)?.steps ?? null,
      stepsState: graph.steps.state,
      readiness: readiness.get(date)?.score ?? null,
      readinessState: readiness.get(date)?.status ?? 'NO_DATA',
    });
  }
  return days;
}

/** The first one of equals: the order of the graph is stable. */
function fullest<Kind extends Stream<unknown>>(streams: readonly Kind[]): Kind | undefined {
  return streams.reduce<Kind | undefined>(
    (best, stream) => (best === undefined || stream.nights.length > best.nights.length ? stream : best),
    undefined,
  );
}

const byDate = <Dated extends { date: string }>(entries: readonly Dated[] = []): Map<string, Dated> =>
  new Map(entries.map((entry) => [entry.date, entry]));

/** What `athlete-activities.graphql` asks for. */
export interface GraphWorkouts {
  state: SignalState;
  edges: { node: GraphWorkout }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export type GraphWorkout = Omit<Activity, 'date' | 'averageHeartRateBpm' | 'maxHeartRateBpm'> & {
  avgHr: number | null;
  maxHr: number | null;
};

/** Widens two days to the instants that are one of them somewhere: zones reach from 14 hours ahead of UTC to 12 behind. */
export function instantsAround({ start, end }: { start: string; end: string }): { from: string; to: string } {
  return { from: `${dateOf(dayNumber(start) - 1)}T10:00:00Z`, to: `${dateOf(dayNumber(end) + 1)}T12:00:00Z` };
}

/** Those of `workouts` that started on a day from `start` to `end` in `timeZone`. */
export function activities(
  { state, workouts, timeZone }: { state: SignalState; workouts: readonly GraphWorkout[]; timeZone: string },
  { start, end }: { start: string; end: string },
): z.infer<typeof activitiesShape> {
  const found = workouts
    .map(({ avgHr, maxHr, ...workout }) => ({
      ...workout,
      date: localDate(new Date(workout.startedAt), timeZone),
      averageHeartRateBpm: avgHr,
      maxHeartRateBpm: maxHr,
    }))
    .filter(({ date }) => date >= start && date <= end)
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return { state: state === 'AVAILABLE' && found.length === 0 ? 'NO_DATA' : state, activities: found };
}
