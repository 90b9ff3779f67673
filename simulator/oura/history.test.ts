import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { heartRateOf } from '../athletes/heart-rate.ts';
import { addDays, localDateOf } from '../athletes/local-time.ts';
import { bodyNight, nextMood } from '../athletes/physiology.ts';
import type { NightChange } from '../athletes/physiology.ts';
import { STORIES, genericStory } from '../athletes/stories.ts';
import type { Story } from '../athletes/stories.ts';
import type { Json } from '../world.test-support.ts';
import { heartRateRow } from './heart-rate.ts';
import { historyOf } from './history.ts';
import type { History } from './history.ts';
import { nightOf, sleepsOf } from './sleep.ts';
import type { SleepDocument } from './sleep.ts';

const ANCHOR = '2026-11-19';

function athleteNamed(key: string): Story {
  const athlete = STORIES.find((story) => story.key === key);
  if (!athlete) throw new Error(`There is no athlete ${key}: the test names one that was renamed.`);
  return athlete;
}

const written = new Map<string, History>();

function historyFor(key: string, anchorDate = ANCHOR): History {
  const name = `${key} ${anchorDate}`;
  const history = written.get(name) ?? historyOf({ seed: 1, athlete: athleteNamed(key), anchorDate });
  written.set(name, history);
  return history;
}

function fixture(name: string): Json {
  return JSON.parse(readFileSync(`${process.cwd()}/../shared/fixtures/oura/${name}.json`, 'utf8'));
}

function keysOf(document: object | null | undefined): string[] {
  return Object.keys(document ?? {}).sort();
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the same seed', () => {
  test('gives the same bytes, another seed others', () => {
    const digest = (seed: number): string => {
      const histories = STORIES.slice(4, 8).map((athlete) => historyOf({ seed, athlete, anchorDate: ANCHOR }));
      return createHash('sha256').update(JSON.stringify(histories)).digest('hex');
    };
    const first = digest(1);
    expect(digest(1)).toBe(first);
    expect(digest(2)).not.toBe(first);
  });

  test('gives the same numbers and ids whatever the calendar says, across a change of summer time too', () => {
    const values = (anchorDate: string) =>
      historyFor('aino', anchorDate).sleep.map((night) => [
        night.id,
        night.average_hrv,
        night.lowest_heart_rate,
        night.sleep_phase_30_sec,
        night.hrv?.items,
      ]);
    expect(values('2026-11-19')).toEqual(values('2027-04-02'));
  });

  test('makes any number of further athletes, each different and known by number alone', () => {
    expect(genericStory(7)).toMatchObject({ key: 'athlete-00007' });
    expect(JSON.stringify(genericStory(7))).toBe(JSON.stringify(genericStory(7)));
    const night = (number: number) => nightOf({ seed: 1, athlete: genericStory(number), dayIndex: 0, date: ANCHOR });
    expect(night(7)?.id).not.toBe(night(8)?.id);
  });
});

describe('documents', () => {
  const all = STORIES.map((athlete) => ({
    athlete,
    history: historyOf({ seed: 1, athlete, anchorDate: ANCHOR, untilIndex: 5 }),
  }));
  const measured = all.flatMap(({ history }) => history.sleep).filter((night) => night.sleep_phase_30_sec !== null);

  test('have the fields of the vendor and no others', () => {
    const history = historyFor('aino');
    expect(keysOf(history.sleep[0])).toEqual(keysOf(fixture('sleep_page1').data[0]));
    for (const kind of ['daily_sleep', 'daily_readiness', 'daily_activity', 'workout'] as const) {
      expect([kind, keysOf(history[kind][0])]).toEqual([kind, keysOf(fixture(kind).data[0])]);
    }
    const other = fixture('daily_spo2_and_stress');
    for (const kind of ['daily_spo2', 'daily_stress'] as const) {
      const example = other[`GET /v2/usercollection/${kind}`].data[0];
      expect([kind, keysOf(history[kind][0])]).toEqual([kind, keysOf(example)]);
    }
    const day = (dayIndex: number) => ({
      seed: 1,
      athlete: athleteNamed('aino'),
      dayIndex,
      date: addDays(ANCHOR, dayIndex),
    });
    const samples = heartRateOf({ day: day(-1), nextDay: day(0) });
    expect(keysOf(samples.map(heartRateRow)[0])).toEqual(keysOf(fixture('heartrate').data[0]));
  });

  test('carry ids that are never used twice', () => {
    const ids = all.flatMap(({ history }) => Object.values(history).flat()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('hold phases, durations and series that agree with each other', () => {
    expect(measured.length).toBeGreaterThan(500);
    for (const night of measured) {
      const phases = night.sleep_phase_30_sec ?? '';
      const seconds = (phase: string): number => 30 * phases.split(phase).length - 30;
      expect(night.time_in_bed).toBe(30 * phases.length);
      expect(night.time_in_bed).toBe((Date.parse(night.bedtime_end) - Date.parse(night.bedtime_start)) / 1000);
      expect(night.deep_sleep_duration).toBe(seconds('1'));
      expect(night.light_sleep_duration).toBe(seconds('2'));
      expect(night.rem_sleep_duration).toBe(seconds('3'));
      expect(night.awake_time).toBe(seconds('4'));
      expect(night.total_sleep_duration).toBe(night.time_in_bed - seconds('4'));
      expect(night.latency).toBe(30 * phases.search(/[123]/));
      expect(night.efficiency).toBe(Math.round((100 * (night.total_sleep_duration ?? 0)) / night.time_in_bed));
      expect(night.movement_30_sec).toHaveLength(phases.length);
      expect(night.sleep_phase_5_min).toHaveLength(Math.ceil(phases.length / 10));
      expect(night.heart_rate?.items).toHaveLength(Math.ceil(phases.length / 10));
      expect(night.heart_rate?.timestamp).toBe(night.bedtime_start);
      if (night.average_hrv === null) {
        expect(night.hrv).toBeNull();
      } else {
        const values = (night.hrv?.items ?? []).filter((item) => item !== null);
        expect(night.hrv?.items).toHaveLength(Math.ceil(phases.length / 10));
        expect(mean(values)).toBeCloseTo(night.average_hrv, 9);
      }
      const bpm = (night.heart_rate?.items ?? []).filter((item) => item !== null);
      expect(Math.min(...bpm)).toBeGreaterThan(night.lowest_heart_rate ?? Number.POSITIVE_INFINITY);
    }
  });

  test('keep each awakening a run of its own', () => {
    const athlete = athleteNamed('priya');
    for (let dayIndex = -59; dayIndex <= 0; dayIndex++) {
      const day = { seed: 1, athlete, dayIndex, date: addDays(ANCHOR, dayIndex) };
      const inside = (nightOf(day)?.sleep_phase_30_sec ?? '').replace(/^4+|4+$/g, '');
      expect(inside.match(/4+/g) ?? []).toHaveLength(bodyNight(day).awakeningEpochs.length);
    }
  });

  test('belong to the local day of waking, only a late nap to the day after it', () => {
    for (const { athlete, history } of all) {
      for (const document of history.sleep) {
        const [, offset = ''] = /([+-]\d{2}:\d{2})$/.exec(document.bedtime_end) ?? [];
        expect(offset).not.toBe('');
        const wakingDate = document.bedtime_end.slice(0, 10);
        const isEvening = ['late_nap', 'rest', 'deleted'].includes(document.type);
        expect([athlete.key, document.type, document.day]).toEqual([
          athlete.key,
          document.type,
          isEvening ? addDays(wakingDate, 1) : wakingDate,
        ]);
      }
    }
  });

  test('of one athlete never overlap, also over flights and split nights', () => {
    for (const { athlete, history } of all) {
      const periods = history.sleep.map((document) => [
        Date.parse(document.bedtime_start),
        Date.parse(document.bedtime_end),
      ]);
      for (const [position, [start = 0, end = 0]] of periods.entries()) {
        expect(end).toBeGreaterThan(start);
        const previousEnd = periods[position - 1]?.[1] ?? 0;
        expect([athlete.key, position, start >= previousEnd]).toEqual([athlete.key, position, true]);
      }
    }
  });

  test('sometimes are the odd ones: naps, late naps, rest, removed periods, nights without HRV, split nights', () => {
    const documents = all.flatMap(({ history }) => history.sleep);
    const types = new Set(documents.map((document) => document.type));
    expect([...types].sort()).toEqual(['deleted', 'late_nap', 'long_sleep', 'rest', 'sleep']);
    expect(documents.some((document) => document.type === 'long_sleep' && document.average_hrv === null)).toBe(true);
    const split = historyFor('sam').sleep.filter((document) => document.type === 'long_sleep');
    expect(split.length).toBeGreaterThan(new Set(split.map(({ day }) => day)).size);
    for (const document of split) expect(document.total_sleep_duration).toBeGreaterThan(3 * 3600);
  });

  test('of heart rate never name one instant twice', () => {
    const athlete = athleteNamed('eero');
    const day = (dayIndex: number) => ({ seed: 1, athlete, dayIndex, date: addDays(ANCHOR, dayIndex) });
    const instants: number[] = [];
    for (let dayIndex = -12; dayIndex <= 2; dayIndex++) {
      instants.push(...heartRateOf({ day: day(dayIndex), nextDay: day(dayIndex + 1) }).map(({ atMs }) => atMs));
    }
    expect(instants.length).toBeGreaterThan(15 * 250);
    expect(instants).toEqual([...new Set(instants)].sort((left, right) => left - right));
  });
});

describe('the stories', () => {
  /** How many spreads the last nights' mean lies from the nights before; the spread has readiness/1's floor. */
  function deviation(key: string, value: (night: SleepDocument) => number, lastDays: number, floor = 0.08): number {
    const nights = historyFor(key).sleep.filter((night) => night.type === 'long_sleep');
    const before = nights.slice(0, -lastDays).map(value);
    const spread = Math.sqrt(mean(before.map((each) => (each - mean(before)) ** 2)));
    return (mean(nights.slice(-lastDays).map(value)) - mean(before)) / Math.max(floor, spread);
  }
  const lnHrv = (night: SleepDocument): number => Math.log(night.average_hrv ?? 0);
  const restingBpm = (night: SleepDocument): number => night.lowest_heart_rate ?? 0;

  test('steady athletes stay inside their band in the last week', () => {
    for (const key of ['aino', 'tane', 'jonas', 'amara']) {
      expect(Math.abs(deviation(key, lnHrv, 7))).toBeLessThan(0.5);
    }
  });

  test('the overreaching athlete’s last week is below the band and short', () => {
    expect(deviation('luca', lnHrv, 7)).toBeLessThan(-1);
    expect(
      mean(
        historyFor('luca')
          .sleep.slice(-3)
          .map((night) => night.total_sleep_duration ?? 0),
      ),
    ).toBeLessThan(7.5 * 3600);
  });

  test('the ill athlete’s last three nights are far out on both signals', () => {
    expect(deviation('priya', lnHrv, 3)).toBeLessThan(-3);
    expect(deviation('priya', restingBpm, 3, 1.5)).toBeGreaterThan(4);
  });

  test('the traveller’s nights carry Tokyo’s offset from day -9 to -3 and Helsinki’s before and after', () => {
    const nights = historyFor('eero').sleep.filter((night) => night.type === 'long_sleep');
    const offsets = nights.slice(-12).map((night) => night.bedtime_end.slice(-6));
    expect(offsets).toEqual([...Array(2).fill('+02:00'), ...Array(7).fill('+09:00'), ...Array(3).fill('+02:00')]);
    expect(nights.map(({ day }) => day)).toEqual(nights.map((_, position) => addDays(ANCHOR, position - 59)));
    expect(nights.at(-10)?.total_sleep_duration).toBeLessThan(6 * 3600);
  });

  test('the ring in the drawer leaves the last two nights out', () => {
    const { sleep, daily_readiness: readiness, daily_activity: activity } = historyFor('nia');
    expect(sleep.at(-1)?.day).toBe(addDays(ANCHOR, -2));
    expect(readiness.at(-1)?.day).toBe(addDays(ANCHOR, -2));
    expect(activity).toHaveLength(60);
  });

  test('new athletes have thirteen and four nights', () => {
    expect(historyFor('diego').sleep.filter((night) => night.type === 'long_sleep')).toHaveLength(13);
    expect(historyFor('freya').sleep.filter((night) => night.type === 'long_sleep')).toHaveLength(4);
  });

  test('the shift worker sleeps far below the need', () => {
    const nights = historyFor('sam').sleep.filter((night) => night.type === 'long_sleep');
    expect(mean(nights.slice(-14).map((night) => night.total_sleep_duration ?? 0))).toBeLessThan(6.3 * 3600);
  });
});

describe('an edited night', () => {
  test('keeps its id and moves HRV, heart rate and sleep together, each edit against the one before', () => {
    for (const athlete of STORIES) {
      let change: NightChange = { edits: 0, mood: 'ordinary' };
      const day = { seed: 1, athlete, dayIndex: 1, date: addDays(ANCHOR, 1) };
      let before = bodyNight({ ...day, change });
      for (let edits = 1; edits <= 6; edits++) {
        const mood = nextMood({ night: before, change });
        change = { edits, mood };
        const after = bodyNight({ ...day, change });
        const direction = mood === 'worse' ? -1 : 1;
        expect(direction * (after.lnHrvFromUsual - before.lnHrvFromUsual)).toBeGreaterThan(0.1);
        expect(direction * (after.asleepMin - before.asleepMin)).toBeGreaterThan(0);
        expect(nightOf({ ...day, change })?.id).toBe(nightOf(day)?.id ?? nightOf({ ...day, change })?.id);
        before = after;
      }
    }
  });

  test('of today ends when it was said to and stands alone', () => {
    const athlete = athleteNamed('sam');
    const wakeAtMs = Date.parse('2026-11-20T05:31:00Z');
    const date = localDateOf({ atMs: wakeAtMs, timeZone: athlete.timeZone });
    const documents = sleepsOf({ seed: 1, athlete, dayIndex: 2, date, wakeAtMs });
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({ day: '2026-11-20', bedtime_end: '2026-11-20T00:31:00.000-05:00' });
  });
});
