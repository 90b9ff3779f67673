import type { Basis } from '#platform/basis';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { present, presentNothing } from '../readiness/present.ts';
import { computeView } from '../readiness/formula/view.ts';
import { cellsOf, COLUMNS, type Told } from './cells.ts';

const TODAY: LocalDate = '2026-11-20';
const [HRV, RHR, SLEEP] = [1, 2, 4];

function shownOf(basis: Basis, nights: number): Told['shown'] {
  const days = Array.from({ length: nights }, (_, back) => dateOf(dayNumber(TODAY) - back));
  const stream = (id: string, metric: 'rmssd' | 'rhr', value: number) => {
    return { id, metric, isPrimary: false, values: new Map(days.map((day, at) => [day, value + (at % 3)])) };
  };
  const night = { asleepMin: 400, inBedMin: 430, latencyMin: 10, wasoMin: 10, awakenings: 0, napMin: 0 };
  const history = {
    needMin: 480,
    hrv: [stream('a', 'rmssd', 50)],
    rhr: [stream('b', 'rhr', 48)],
    sleep: new Map(days.map((day) => [day, night])),
  };
  const view = computeView({ history, date: TODAY, basis });
  const row = { athleteId: 'a', basis, date: TODAY, revision: 3, reason: 'COMPUTED' as const, view, weekScores: [] };
  return present({ ...row, computedAt: new Date() }, null);
}

const lineOf = (parts: Partial<Told>): Record<string, string> => {
  const told: Told = {
    ...{ athleteId: 'id', displayName: 'Anna', timeZone: 'UTC', load: null, flags: [], suggestion: null },
    ...{ shown: shownOf(HRV + RHR + SLEEP, 40), generatedAt: new Date('2026-11-20T08:00:00Z') },
    ...parts,
  };
  const cells = cellsOf(told);
  expect(cells).toHaveLength(COLUMNS.length);
  return Object.fromEntries(COLUMNS.map((name, at) => [name, cells[at] ?? '']));
};

test('a line holds what the view holds, in the units of the screen', () => {
  const line = lineOf({ load: { load: 312.5, method: 'SESSION_RPE' }, flags: ['SLEEP_SHORT', 'HRV_SUPPRESSED'] });
  expect(line).toMatchObject({
    date: TODAY,
    view_revision: '3',
    basis: 'hrv resting_heart_rate sleep',
    hrv_ms: '50',
    rhr_bpm: '48',
    asleep_min: '400',
    debt_min: '1120',
    load: '312.5',
    load_method: 'session_rpe',
    flags: 'sleep_short hrv_suppressed',
    suggestion_state: '',
    generated_at: '2026-11-20T08:00:00.000Z',
  });
  const points = COLUMNS.filter((name) => name.startsWith('points_')).map((name) => Number(line[name]));
  expect(points).toHaveLength(6);
  expect(70 + points.reduce((sum, each) => sum + each, 0)).toBe(Number(line['score']));
});

test('what is withheld says so in each of its columns, and nowhere else', () => {
  const line = lineOf({ shown: shownOf(HRV, 40) });
  expect(COLUMNS.filter((name) => line[name] === 'not_shared')).toEqual([
    'points_rhr',
    'points_sleep_duration',
    'points_sleep_debt',
    'points_sleep_quality',
    'rhr_bpm',
    'rhr_diff',
    'asleep_min',
    'debt_min',
    'load',
    'load_method',
    'suggestion_state',
  ]);
});

test('of one who shares nothing there are the name and the day', () => {
  const line = lineOf({ shown: presentNothing(TODAY) });
  const told = COLUMNS.filter((name) => line[name] !== 'not_shared');
  expect(told).toEqual(['athlete_id', 'name', 'date', 'zone', 'algorithm', 'generated_at']);
});

test('calibrating is written out, missing is empty', () => {
  const calibrating = lineOf({ shown: shownOf(HRV + RHR, 4) });
  expect(calibrating).toMatchObject({ score: 'calibrating', hrv_ms: 'calibrating', rhr_bpm: 'calibrating' });
  const missing = lineOf({ shown: shownOf(HRV + RHR, 0), load: { load: null, method: null } });
  expect(missing).toMatchObject({
    score: '',
    hrv_ms: '',
    rhr_diff: '',
    points_rhr: '',
    load: '',
    asleep_min: 'not_shared',
  });
});
