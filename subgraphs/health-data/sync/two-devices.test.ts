import type { Database } from '#platform/database';
import { isChaos, pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { newAthlete } from '../entries/entries.test-support.ts';
import { workoutId } from '../measurements/workout-id.ts';
import { createDevice, type Device, type Row } from './device.test-support.ts';
import { TABLES, serverFor } from './graph.test-support.ts';

const ROUNDS = isChaos ? 100 : 6;
const STEPS = 50;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('health_data');
});
afterAll(() => database.drop());

/** One of four records of a table, with one of 40 values. */
const EDITS: ((which: number, value: number) => [table: string, row: Row])[] = [
  (n, v) => ['checkIns', { id: `2026-11-1${n}`, soreness: null, stress: 2, mood: 1 + (v % 5), feel: null }],
  (n, v) => [
    'manualWorkouts',
    {
      id: `w${n}`,
      sport: 'running',
      startedAt: '2026-11-19T15:00:00.000Z',
      durationMin: 10 + v,
      distanceM: null,
      avgHr: null,
    },
  ],
  (n, v) => ['manualRestingHeartRates', { id: `2026-11-1${n}`, bpm: 40 + v }],
  (n, v) => ['workoutRatings', { id: workoutId({ provider: 'MANUAL', recordId: `w${n}` }), rpe: v % 11 }],
  (n, v) => [
    'manualNights',
    {
      id: `n${n}`,
      bedtimeStart: '2026-11-18T21:00:00.000Z',
      bedtimeEnd: '2026-11-19T05:00:00.000Z',
      asleepMin: 300 + v,
    },
  ],
];

const DAY = '2026-11-10';
const restingAt = (bpm: number): Row => ({ id: DAY, bpm });

describe('two devices', () => {
  const pair = async (): Promise<[Device, Device]> => {
    const server = serverFor(db, await newAthlete(database));
    return [createDevice(server, TABLES), createDevice(server, TABLES)];
  };

  it('both lose what one pushed before it ever pulled and the other deleted', async () => {
    const [one, other] = await pair();
    one.put('manualRestingHeartRates', restingAt(77));
    await one.push();
    await other.pull();
    expect(other.contents()).toBe(one.contents());
    other.remove('manualRestingHeartRates', DAY);
    await other.push();
    one.put('manualRestingHeartRates', { id: '2026-11-11', bpm: 50 });
    await one.pull();
    expect(one.contents()).toBe('manualRestingHeartRates [["bpm",50],["id","2026-11-11"]]');
  });

  it('both lose what one removed, made again and removed between two pushes', async () => {
    const [one, other] = await pair();
    one.put('manualRestingHeartRates', restingAt(77));
    await one.push();
    await one.pull();
    one.remove('manualRestingHeartRates', DAY);
    one.put('manualRestingHeartRates', restingAt(44));
    one.remove('manualRestingHeartRates', DAY);
    await one.push();
    await other.pull();
    expect([one.contents(), other.contents()]).toEqual(['', '']);
  });

  it('both lose what each of them made, when the second removes it before its push', async () => {
    const [one, other] = await pair();
    one.put('manualRestingHeartRates', restingAt(77));
    other.put('manualRestingHeartRates', restingAt(44));
    await one.pull();
    await one.push();
    await other.pull();
    other.remove('manualRestingHeartRates', DAY);
    await other.push();
    await one.pull();
    expect([one.contents(), other.contents()]).toEqual(['', '']);
  });

  it(
    `end with the same tables, whatever they change and in whatever order they synchronise (seed ${seed})`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const random = randomOf(seed + round);
        const server = serverFor(db, await newAthlete(database));
        const devices = [createDevice(server, TABLES), createDevice(server, TABLES)];
        for (let step = 0; step < STEPS; step += 1) {
          const device = pick(devices, random);
          const [table, row] = pick(EDITS, random)(Math.floor(random() * 4), Math.floor(random() * 40));
          const act = random();
          if (act < 0.5) device.put(table, row);
          else if (act < 0.7) device.remove(table, row.id);
          else if (act < 0.85) await device.pull();
          // An app pulls before it pushes; one that does not ends the same.
          else await device.push();
        }
        for (const device of devices) {
          await device.pull();
          await device.push();
        }
        for (const device of devices) await device.pull();
        const anew = createDevice(server, TABLES);
        await anew.pull();
        for (const device of devices) expect(device.contents()).toBe(anew.contents());
      }
    },
    isChaos ? 1_800_000 : 120_000,
  );
});
