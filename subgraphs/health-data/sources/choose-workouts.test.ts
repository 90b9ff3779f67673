import fc from 'fast-check';
import { isSameSession, repeatsAmong, type Session } from './choose-workouts.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const START_MS = Date.UTC(2026, 10, 20, 8);
const MINUTE_MS = 60_000;

/** A session from minute to minute; without anything measured but its length unless told. */
const session = (
  provider: Session['provider'],
  fromMin: number,
  toMin: number,
  more: Partial<Session> = {},
): Session => ({
  provider,
  recordId: `${provider}-${fromMin}`,
  startedAt: new Date(START_MS + fromMin * MINUTE_MS),
  endedAt: new Date(START_MS + toMin * MINUTE_MS),
  durationS: (toMin - fromMin) * 60,
  isPrimary: false,
  isManual: false,
  averageHeartRateBpm: null,
  maxHeartRateBpm: null,
  hasHeartRateZones: false,
  distanceM: null,
  energyKcal: null,
  elevationGainM: null,
  ...more,
});

const heartRate = { averageHeartRateBpm: 140 };

const CASES: { name: string; sessions: Session[]; counted: string[] }[] = [
  {
    name: 'a ride that the watch sent to Strava counts once, with the heart rate zones of the watch',
    sessions: [
      session('STRAVA', 0, 61, { ...heartRate, distanceM: 30_000 }),
      session('GARMIN', 0, 60, { ...heartRate, distanceM: 30_010, hasHeartRateZones: true }),
    ],
    counted: ['GARMIN-0'],
  },
  {
    name: 'of the primary source counts even the poorer record',
    sessions: [session('GARMIN', 0, 60, heartRate), session('STRAVA', 1, 60, { isPrimary: true })],
    counted: ['STRAVA-1'],
  },
  {
    name: 'heart rate weighs more than any number of other values',
    sessions: [
      session('OURA', 0, 60, { distanceM: 1, energyKcal: 1, elevationGainM: 1 }),
      session('POLAR', 0, 60, heartRate),
    ],
    counted: ['POLAR-0'],
  },
  {
    name: 'a measured session counts before one that was typed in',
    sessions: [session('STRAVA', 0, 60, { ...heartRate, isManual: true }), session('OURA', 0, 60)],
    counted: ['OURA-0'],
  },
  {
    name: 'half of the shorter one is enough, and less is another session',
    sessions: [session('GARMIN', 0, 60, heartRate), session('OURA', 50, 70), session('WHOOP', 51, 81)],
    counted: ['GARMIN-0', 'WHOOP-51'],
  },
  {
    name: 'what only touches in time is two sessions',
    sessions: [session('GARMIN', 0, 60), session('STRAVA', 60, 90)],
    counted: ['GARMIN-0', 'STRAVA-60'],
  },
  {
    name: 'the walk that only the phone saw fills in beside the chosen watch',
    sessions: [session('GARMIN', 0, 60, { isPrimary: true }), session('APPLE_HEALTH', 200, 230)],
    counted: ['APPLE_HEALTH-200', 'GARMIN-0'],
  },
  {
    name: 'the whole triathlon of the chosen source replaces the legs of another',
    sessions: [
      session('GARMIN', 0, 180, { isPrimary: true }),
      ...[0, 60, 120].map((min) => session('STRAVA', min, min + 55, heartRate)),
    ],
    counted: ['GARMIN-0'],
  },
  {
    name: 'and the legs of the chosen source replace the whole',
    sessions: [
      session('GARMIN', 0, 180, heartRate),
      ...[0, 60, 120].map((min) => session('STRAVA', min, min + 55, { isPrimary: true })),
    ],
    counted: ['STRAVA-0', 'STRAVA-120', 'STRAVA-60'],
  },
  {
    name: 'two records of one provider of the same hour count once too',
    sessions: [session('GARMIN', 0, 60, heartRate), session('GARMIN', 1, 59)],
    counted: ['GARMIN-0'],
  },
];

const countedOf = (sessions: readonly Session[]): string[] => {
  const repeats = repeatsAmong(sessions);
  return sessions
    .filter((each) => !repeats.has(each))
    .map(({ recordId }) => recordId)
    .sort();
};

describe('which sessions count', () => {
  it.each(CASES)('$name', ({ sessions, counted }) => {
    expect(countedOf(sessions)).toEqual(counted);
    expect(countedOf(sessions.toReversed())).toEqual(counted);
  });

  const anySession = fc
    .record({
      provider: fc.constantFrom('GARMIN' as const, 'STRAVA' as const, 'APPLE_HEALTH' as const),
      fromMin: fc.integer({ min: 0, max: 300 }),
      lengthMin: fc.integer({ min: 0, max: 120 }),
      isPrimary: fc.boolean(),
      averageHeartRateBpm: fc.constantFrom(null, 120),
      distanceM: fc.constantFrom(null, 5000),
    })
    .map(({ provider, fromMin, lengthMin, ...more }) => session(provider, fromMin, fromMin + lengthMin, more));
  const anySessions = fc.uniqueArray(anySession, { selector: ({ recordId }) => recordId, maxLength: 12 });

  it(`counts no time twice, drops nothing without a better one, whatever the order (seed ${seed})`, () => {
    fc.assert(
      fc.property(anySessions, fc.infiniteStream(fc.nat()), (sessions, order) => {
        const repeats = repeatsAmong(sessions);
        const counted = sessions.filter((each) => !repeats.has(each));
        for (const each of counted)
          expect(counted.filter((other) => other !== each && isSameSession(each, other))).toEqual([]);
        for (const repeat of repeats) expect(counted.some((other) => isSameSession(other, repeat))).toBe(true);
        const shuffled = sessions
          .map((each) => [order.next().value as number, each] as const)
          .sort(([a], [b]) => a - b)
          .map(([, each]) => each);
        expect(countedOf(shuffled)).toEqual(countedOf(sessions));
      }),
      { seed, numRuns: 500 },
    );
  });
});
