import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Measurement } from '../../measurements/measurement.ts';
import { garmin } from './garmin.ts';
import { type Item, parseBody } from '../normaliser.ts';
import { deliveryOf, observedIn, stored } from '../normaliser.test-suite.ts';

const load = (path: string): Item =>
  parseBody(readFileSync(`${process.cwd()}/../shared/fixtures/${path}.json`)) as Item;

const normalise = (domain: string, body: unknown, receivedAt: Date) =>
  garmin.normalise(deliveryOf({ provider: 'GARMIN', domain, body, receivedAt }));

type Replayed = { deliverAt: string; rawBody: string };
const replay = load('garmin/webhook_replay_14_nights')['deliveries'] as Replayed[];
const replayed = replay.map(({ deliverAt, rawBody }) => {
  const body = parseBody(Buffer.from(rawBody)) as Item;
  return normalise(Object.keys(body)[0] ?? '', body, new Date(deliverAt));
});

describe('fourteen nights as they were pushed', () => {
  type ExpectedNight = {
    date: string;
    hrv: { rmssdMs: number; lnRmssd: number; restingHr: number };
    sleep: { durationMin: number; efficiencyPct: number; wakeCount: number };
    capturedAt: string;
    steps: number;
  };
  const expected = load('expected/garmin_14_nights')['rows'] as ExpectedNight[];
  const seed = Number(process.env['ORDER_SEED'] ?? randomInt(2 ** 31));
  const shuffled = replayed.toSorted((a, b) => orderOf(a, seed) - orderOf(b, seed));
  const arrivals = [
    ['in order', replayed],
    ['backwards', replayed.toReversed()],
    [`in any order (ORDER_SEED=${seed}), twice`, [...shuffled, ...replayed]],
  ] as const;

  it('nothing is refused, and one row per night is left', () => {
    expect(replayed.flatMap(({ rejected, ignored }) => [...rejected, ...ignored])).toEqual([]);
    const rows = [...stored(replayed.flatMap(({ measurements }) => measurements)).values()];
    for (const kind of ['sleep_night', 'hrv_night', 'resting_heart_rate', 'steps_day']) {
      expect(rows.filter((row) => row.kind === kind)).toHaveLength(expected.length);
    }
    expect(expected).toHaveLength(14);
  });

  it.each(arrivals)('%s', (_name, results) => {
    const rows = [...stored(results.flatMap(({ measurements }) => measurements)).values()];
    const theOne = (kind: string, day: string) =>
      rows.find((row) => row.kind === kind && 'day' in row && row.day === day);
    for (const { date, hrv: night, sleep, capturedAt, steps } of expected) {
      expect(theOne('sleep_night', date)).toMatchObject({
        stateRank: 1,
        role: 'night_candidate',
        capturedAt: new Date(capturedAt),
        zoneOffsetMin: 60,
        asleepMin: expect.closeTo(sleep.durationMin, 2) as number,
        efficiencyPct: expect.closeTo(sleep.efficiencyPct, 2) as number,
        latencyMin: null,
        wakeCount: sleep.wakeCount,
        stages: { epochS: 60 },
      });
      expect(theOne('hrv_night', date)).toMatchObject({
        metric: 'RMSSD',
        ms: night.rmssdMs,
        lnMs: expect.closeTo(night.lnRmssd, 4) as number,
      });
      expect(theOne('resting_heart_rate', date)).toMatchObject({ bpm: night.restingHr, method: 'vendor_resting' });
      expect(theOne('steps_day', date)).toMatchObject({ steps });
    }
  });

  it('the stages of a final night tell the same story as its totals', () => {
    const nights = replayed.flatMap(observedIn).filter((row) => row.kind === 'sleep_night' && row.stateRank === 1);
    expect(nights).toHaveLength(14);
    for (const night of nights) {
      if (night.kind !== 'sleep_night') continue;
      const asleep = [...(night.stages?.phases ?? '')].filter((phase) => phase !== '4').length;
      expect(asleep).toBe(night.asleepMin);
      expect(night.wasoMin).toBe(night.awakeMin);
    }
  });
});

/** The same for the same result and seed, and otherwise without order. */
function orderOf(result: { measurements: Measurement[] }, seed: number): number {
  const text = `${seed} ${JSON.stringify(result.measurements[0])}`;
  let mixed = 7;
  for (const letter of text) mixed = (Math.imul(mixed, 31) + letter.charCodeAt(0)) >>> 0;
  return Math.imul(mixed, 0x9e3779b1) >>> 0;
}
