import { FULL_BASIS, type ScoreSignal } from '#platform/basis';
import { dateOf, dayNumber, lastSlot } from '#platform/slots';
import type { TeamGrant } from '../views/bases.ts';
import type { Night } from '../views/load-history.ts';
import { computeViews, type Material } from '../views/material.ts';
import { basesToScore, daysToScore, type Touch } from './recompute.ts';
import type { StoredRow } from '../views/snapshots.ts';

const TODAY = '2026-05-31';
/** 14:00 in Berlin: the last slot was at 12:00 there, 10:00 UTC. */
const NOW = new Date('2026-05-31T12:00:00Z');
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);

const LAST = 40;
const METRIC = { HRV: 'rmssd', RESTING_HEART_RATE: 'rhr', SLEEP: null } as const;
const VALUE = { HRV: 60, RESTING_HEART_RATE: 48, SLEEP: 450 };
const SIGNALS = Object.keys(METRIC) as ScoreSignal[];

function night(signal: ScoreSignal, back: number, part: Partial<Night> = {}): Night {
  const isSleep = signal === 'SLEEP';
  return {
    day: ago(back),
    signal,
    streamId: `oura:${signal}`,
    metric: METRIC[signal],
    value: VALUE[signal] + (back % 5),
    isPrimary: false,
    inBedMin: isSleep ? 500 : null,
    latencyMin: null,
    wasoMin: null,
    awakenings: null,
    napMin: null,
    isAfterSlot: false,
    ...part,
  };
}

const allNights = (): Night[] =>
  SIGNALS.flatMap((signal) => Array.from({ length: LAST }, (_, back) => night(signal, back)));
const grant = (signal: ScoreSignal, since: string, teamId = 'a'): TeamGrant => ({ teamId, signal, since });
/** Long settled: no page of a history takes it up again. */
const view: StoredRow = {
  revision: 1,
  score: 70,
  payload: '',
  weekScores: [],
  computedAt: new Date('2026-05-01T00:00:00Z'),
};
const storedOn = (...dates: string[]) => new Map(dates.map((date) => [date, view]));

function material(part: Partial<Material> = {}): Material {
  const base = { athleteId: 'x', timeZone: 'Europe/Berlin', needMin: 480, today: TODAY, now: NOW };
  return { ...base, grants: [], nights: allNights(), stored: new Map(), ...part };
}

const touch = (signal: ScoreSignal, back: number, isRepeat = false): Touch => {
  return { athleteId: 'x', day: ago(back), signal, revision: 1, isRepeat };
};
const week = Array.from({ length: 8 }, (_, back) => ago(back));
const datesOf = (days: readonly { date: string }[]): string[] => days.map(({ date }) => date);

test('a signal outside a basis leads to no day of it, whatever else is pending', () => {
  const known = material({ grants: [grant('SLEEP', ago(30))] });
  expect(
    daysToScore({ material: known, basis: 4, touches: [touch('HRV', 0), touch('RESTING_HEART_RATE', 2)] }),
  ).toEqual([]);
  expect(datesOf(daysToScore({ material: known, basis: 4, touches: [touch('HRV', 3), touch('SLEEP', 0)] }))).toEqual([
    TODAY,
  ]);
});

test('a reason speaks of the signals of its basis alone', () => {
  const stored = new Map([
    [4, storedOn(...week)],
    [FULL_BASIS, storedOn(...week)],
  ]);
  const touches = [touch('SLEEP', 0, true), touch('HRV', 0, false)];
  const reasons = (basis: number) =>
    daysToScore({ material: material({ stored }), basis, touches }).map(({ reason }) => reason);
  expect(reasons(4)).toEqual(['CORRECTION']);
  expect(reasons(FULL_BASIS)).toEqual(['LATE_DATA']);
});

test('a night that was taken before and is gone was deleted', () => {
  const stored = new Map([[FULL_BASIS, storedOn(...week)]]);
  const nights = allNights().filter(({ day }) => day !== ago(1));
  const touches = SIGNALS.map((signal) => touch(signal, 1, true));
  const days = daysToScore({ material: material({ stored, nights }), basis: FULL_BASIS, touches });
  expect(days).toEqual([ago(1), TODAY].map((date) => ({ date, reason: 'DELETION' })));
});

test('a team basis is kept from its first day on, the own one for all days', () => {
  const known = material({ grants: [grant('SLEEP', ago(2)), grant('HRV', ago(2))] });
  const touches = [touch('SLEEP', 5), touch('HRV', 5)];
  expect(datesOf(daysToScore({ material: known, basis: 5, touches }))).toEqual([ago(2), ago(1), TODAY]);
  expect(daysToScore({ material: known, basis: FULL_BASIS, touches })).toHaveLength(6);
});

test('a view that is stored is kept up to date after its grant has ended', () => {
  const known = material({ stored: new Map([[5, storedOn(ago(1))]]) });
  expect(basesToScore(known, [touch('HRV', 1)])).toEqual([5, FULL_BASIS]);
  expect(datesOf(daysToScore({ material: known, basis: 5, touches: [touch('HRV', 1)] }))).toEqual([ago(1)]);
});

test('while a history comes in pages, what was scored from half of it is scored again, and what is settled is not', () => {
  const fresh = { ...view, computedAt: new Date(NOW.getTime() - 60_000) };
  const stored = new Map([
    [
      FULL_BASIS,
      new Map([
        [ago(20), fresh],
        [ago(19), view],
        [ago(18), { ...view, score: null }],
      ]),
    ],
  ]);
  const page = [touch('HRV', 20)];
  const days = datesOf(daysToScore({ material: material({ stored }), basis: FULL_BASIS, touches: page }));
  expect(days.slice(0, 3)).toEqual([ago(20), ago(18), ago(17)]);
  const corrected = datesOf(
    daysToScore({ material: material({ stored }), basis: FULL_BASIS, touches: [touch('HRV', 20, true)] }),
  );
  expect(corrected.slice(0, 2)).toEqual([ago(17), ago(16)]);
});

test('bases that hold none of the touched signals are left alone', () => {
  const known = material({ grants: [grant('SLEEP', ago(9)), grant('HRV', ago(9), 'b')] });
  expect(basesToScore(known, [touch('RESTING_HEART_RATE', 0)])).toEqual([FULL_BASIS]);
  expect(basesToScore(known, [touch('SLEEP', 0)])).toEqual([4, FULL_BASIS]);
});

const today = [{ date: TODAY, reason: 'COMPUTED' } as const];
const slot = lastSlot(NOW, 'Europe/Berlin');

test('a view without sleep is computed from what was stored by the slot, and carries the slot', () => {
  const lastNight = (isAfterSlot: boolean) =>
    allNights().map((each) => (each.day === TODAY ? { ...each, isAfterSlot } : each));
  const sourceOf = (nights: Night[], basis: number) => {
    const [computed] = computeViews(material({ nights }), [{ basis, days: today }]);
    return [computed?.view.signals.hrv?.source, computed?.computedAt];
  };
  expect(slot).toEqual(new Date('2026-05-31T10:00:00Z'));
  expect(sourceOf(lastNight(false), 3)).toEqual(['LAST_NIGHT', slot]);
  expect(sourceOf(lastNight(true), 3)).toEqual(['MOVING_AVERAGE', slot]);
  expect(sourceOf(lastNight(true), 7)).toEqual(['LAST_NIGHT', NOW]);
});

test('all bases with sleep share one stored input', () => {
  const views = computeViews(
    material(),
    [4, 5, 7].map((basis) => ({ basis, days: today })),
  );
  expect(new Set(views.map(({ input }) => input.hash.toString('hex'))).size).toBe(1);
  expect(views.map(({ basis }) => basis)).toEqual([4, 5, 7]);
});
