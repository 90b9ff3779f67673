import DataLoader from 'dataloader';
import { decide, type Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import { AppError } from '#platform/errors';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate, Provider } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import type { LoadProfile, Session } from './load.ts';
import { loadSeries, type LoadDay, type LoadHistory } from './load-series.ts';
import type { LoadSeries } from './load-types.ts';

/** One athlete's load over a stretch of local days, both ends included. */
export interface LoadKey {
  athleteId: string;
  /** Only what this team was granted; all that the viewer may see if left out. */
  teamId?: string | null;
  from: LocalDate;
  to: LocalDate;
}

export type LoadLoader = DataLoader<LoadKey, LoadSeries | null, string>;

const MAX_DAYS = 400;
/** Of what was trained so long before a day, e^(-600/42) of its load is left in fitness: nothing that is ever shown. */
const LOOK_BACK_DAYS = 600;
const WEEK_DAYS = 7;
const PLAUSIBLE_BPM = { from: 30, to: 250 };
const DAY_MS = 86_400_000;

const WITHHELD: LoadSeries = {
  state: 'NOT_SHARED',
  unit: null,
  method: null,
  days: [],
  weekEnd: null,
  weekLoad: null,
  monotony: null,
  strain: null,
  loadChange: null,
  ewmaRatio: null,
};

/** Refuses stretches that run backwards or are longer than anyone charts. */
export function checkDays({ from, to }: { from: LocalDate; to: LocalDate }): void {
  const days = dayNumber(to) - dayNumber(from) + 1;
  if (days < 1) throw new AppError('BAD_USER_INPUT', `"from" (${from}) is after "to" (${to}). Swap them.`);
  if (days > MAX_DAYS)
    throw new AppError(
      'BAD_USER_INPUT',
      `At most ${MAX_DAYS} days can be asked for at once. Ask in smaller stretches.`,
    );
}

/** What one viewer may see of one athlete. `since`: the first day; what was trained before it enters means alone. */
interface Asked extends LoadKey {
  access: Access;
  since: LocalDate | null;
  today: LocalDate;
}

/** Load is a function of TRAINING and the profile alone. Consent for all keys together, then one statement for them all. */
export function createLoadLoader(context: RequestContext): LoadLoader {
  return new DataLoader<LoadKey, LoadSeries | null, string>(
    async (keys) => {
      const accesses = await context.access.loadMany(
        keys.map(({ athleteId, teamId = null }) => ({ athleteId, teamId })),
      );
      const asked: Asked[] = [];
      const answers = keys.map((key, index): LoadSeries | null | number => {
        const access = accesses[index];
        if (access instanceof Error) throw access;
        const decision = decide({ access, signal: 'TRAINING', at: context.now });
        if (!decision.allowed || !access)
          return !decision.allowed && decision.reason === 'NOT_SHARED' ? WITHHELD : null;
        context.reads.note(key.athleteId, 'TRAINING');
        const today = localDate(context.now, access.timeZone);
        return asked.push({ ...key, access, since: decision.since, today }) - 1;
      });
      const series = asked.length === 0 ? [] : await readLoads(context, asked);
      return answers.map((answer) => (typeof answer === 'number' ? (series[answer] as LoadSeries) : answer));
    },
    { cacheKeyFn: ({ athleteId, teamId = null, from, to }) => `${athleteId} ${teamId} ${from} ${to}` },
  );
}

/** Start in ms, zone offset in minutes, minutes, activity, provider, average heart rate, RPE. */
type SessionRow = [number, number | null, number, string | null, Provider, number | null, number | null];
/** Provider, first and last instant, first day of the loaded history. */
type SpanRow = [Provider, string, string | null, LocalDate | null];

interface LoadRow extends LoadProfile {
  position: number;
  sessions: SessionRow[];
  spans: SpanRow[];
}

async function readLoads(context: RequestContext, asked: readonly Asked[]): Promise<LoadSeries[]> {
  const rows = await context.db.query<LoadRow[]>(
    `select a.position - 1 as position, p.sex, p.max_hr_bpm as "maxBpm", p.rest_hr_bpm as "restBpm",
            p.vt1_bpm as "vt1Bpm", p.vt2_bpm as "vt2Bpm", w.list as sessions, s.list as spans
       from unnest($1::uuid[], $2::timestamptz[]) with ordinality as a(athlete_id, from_at, position)
       join connections.athlete_v1 p on p.id = a.athlete_id
      cross join lateral (
            select coalesce(json_agg(json_build_array((extract(epoch from v.started_at) * 1000)::bigint, v.zone_offset_min,
                            coalesce(v.duration_s, extract(epoch from v.ended_at - v.started_at)) / 60, v.activity,
                            v.provider, v.average_heart_rate_bpm, r.rpe)
                            order by v.started_at, v.provider, v.record_id), '[]') as list
              from (select * from health_data.workout_v1 v
                     where v.athlete_id = a.athlete_id and v.started_at >= a.from_at offset 0) v
              left join health_data.workout_rpe_v1 r
                     on r.athlete_id = v.athlete_id and r.provider = v.provider and r.record_id = v.record_id) w
      cross join lateral (
            select coalesce(json_agg(json_build_array(c.provider, c.since, c.until, c.loaded_from)), '[]') as list
              from connections.source_span_v1 c where c.athlete_id = a.athlete_id) s`,
    [
      asked.map(({ athleteId }) => athleteId),
      asked.map((each) => new Date((dayNumber(firstDayOf(each)) - 1) * DAY_MS)),
    ],
  );
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return asked.map((each, position) => {
    const row = byPosition.get(position);
    // The athlete was there when access was read, a moment ago.
    return row ? present(each, historyOf(each, row)) : { ...WITHHELD, state: 'NO_DATA' };
  });
}

const firstDayOf = ({ from, today }: Asked): LocalDate =>
  dateOf(dayNumber(from < today ? from : today) - LOOK_BACK_DAYS);

function historyOf(asked: Asked, row: LoadRow): LoadHistory {
  const { sessions: rows, spans, sex, maxBpm, restBpm, vt1Bpm, vt2Bpm } = row;
  const { timeZone } = asked.access;
  const sessions = rows.map((each) => sessionOf(each, timeZone));
  const bringers = new Set(rows.map(([, , , , provider]) => provider));
  // A source counts once it has brought a session: one that never did says nothing about training.
  const heard = spans
    .filter(([provider]) => bringers.has(provider))
    .map(([, since, until, loadedFrom]) => {
      const linkedOn = localDate(new Date(since), timeZone);
      return {
        from: loadedFrom !== null && loadedFrom < linkedOn ? loadedFrom : linkedOn,
        to: until === null ? asked.today : localDate(new Date(until), timeZone),
      };
    });
  return {
    profile: { sex, maxBpm, restBpm, vt1Bpm, vt2Bpm },
    sessions,
    wasConnected: (date) => heard.some(({ from, to }) => from <= date && date <= to),
    first: firstDayOf(asked),
    today: asked.today,
  };
}

/** A session belongs to the local day it began on. Its average stands for the whole of it: no samples are published. */
function sessionOf(row: SessionRow, timeZone: string): Session {
  const [at, zoneOffsetMin, minutes, activity, , bpm, rpe] = row;
  const isPlausible = bpm !== null && bpm >= PLAUSIBLE_BPM.from && bpm <= PLAUSIBLE_BPM.to;
  return {
    day:
      zoneOffsetMin === null
        ? localDate(new Date(at), timeZone)
        : dateOf(Math.floor((at + zoneOffsetMin * 60_000) / DAY_MS)),
    activity: activity ?? 'other',
    minutes,
    rpe,
    efforts: isPlausible ? [{ minutes, bpm }] : [],
  };
}

function present(asked: Asked, history: LoadHistory): LoadSeries {
  const { from, to, since, today } = asked;
  const { days, weekEnding } = loadSeries(history);
  const first = since !== null && since > from ? since : from;
  const shown = days.filter(({ date }) => date >= first && date <= to);
  const yesterday = dateOf(dayNumber(today) - 1);
  const weekEnd = to < yesterday ? to : yesterday;
  // The sum of a week tells of each of its days, so all seven must be open. Means of longer ago are a baseline.
  const isOpen = weekEnd >= first && (since === null || dateOf(dayNumber(weekEnd) - WEEK_DAYS + 1) >= since);
  const week = isOpen ? weekEnding(weekEnd) : null;
  return {
    state: stateOf(shown),
    unit: 'AU',
    method: shown.at(-1)?.method ?? null,
    days: shown.map(rounded),
    weekEnd: week && weekEnd,
    weekLoad: tenths(week?.weekLoad),
    monotony: hundredths(week?.monotony),
    strain: tenths(week?.strain),
    loadChange: hundredths(week?.loadChange),
    ewmaRatio: hundredths(week?.ewmaRatio),
  };
}

/** Of the days shown: nothing known, means that still warm up, a last whole day nobody knows of, or all is well. */
function stateOf(days: readonly LoadDay[]): SignalState {
  const last = days.findLast(({ isOver }) => isOver) ?? days.at(-1);
  if (!last || days.every(({ load, sessions }) => load === null && sessions.length === 0)) return 'NO_DATA';
  if (last.method === null || last.warmingUp) return 'CALIBRATING';
  return last.isOver && last.load === null ? 'STALE' : 'AVAILABLE';
}

const rounded = (day: LoadDay): LoadSeries['days'][number] => ({
  ...day,
  load: tenths(day.load),
  fitness: tenths(day.fitness),
  fatigue: tenths(day.fatigue),
  form: tenths(day.form),
  sessions: day.sessions.map(({ activity, minutes, load }) => {
    return { activity, minutes: Math.round(minutes * 10) / 10, load: tenths(load) };
  }),
});

const tenths = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 10) / 10;
const hundredths = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 100) / 100;
