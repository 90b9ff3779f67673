import type DataLoader from 'dataloader';
import type { Access } from '#platform/consent';
import { createConsentedLoader } from '#platform/consented';
import type { RequestContext } from '#platform/context';
import type { Sql } from '#platform/database';
import type { SignalState } from '#platform/graphql-types';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { validNeedMin, validNight, type SleepNight, type SleepNights } from '../readiness/formula/history.ts';
import { sleepDebt, sleepDebtTrend } from './debt.ts';
import type { SleepDebt } from './graph-types.ts';

/** Whose debt, in the eyes of one team, or (teamId null) of the viewer. */
export interface SleepDebtKey {
  athleteId: string;
  teamId: string | null;
}

export type SleepDebtLoader = DataLoader<SleepDebtKey, SleepDebt | null, string>;

/** Fourteen nights of today's debt and the seven before them that the trend looks back on. */
const NIGHTS_READ = 21;
const FRESH_DAYS = 1;

type Asked = { athleteId: string; today: LocalDate };

/**
 * Today's debt of each athlete: one statement for all that is shared. The nights before a grant count, as they do in every
 * baseline of a shared signal.
 */
export function createSleepDebtLoader(context: RequestContext): SleepDebtLoader {
  const todayOf = ({ timeZone }: Access): LocalDate => localDate(context.now, timeZone);
  return createConsentedLoader<SleepDebtKey, SleepDebt>({
    context,
    signal: 'SLEEP',
    dayOf: (_, access) => todayOf(access),
    cacheKeyOf: ({ athleteId, teamId }) => `${teamId} ${athleteId}`,
    withheld: ({ athleteId }) => withheld(athleteId),
    read: (shared) =>
      readDebts(
        context,
        shared.map(({ key: { athleteId }, access }) => ({ athleteId, today: todayOf(access) })),
      ),
  });
}

const withheld = (athleteId: string): SleepDebt => {
  return { athleteId, state: 'NOT_SHARED', debtMin: null, nightsCounted: null, trend: null, needMin: null };
};

interface NightsRow {
  position: number;
  needMin: number;
  nights: (Pick<SleepNight, 'asleepMin' | 'napMin'> & { day: LocalDate })[];
}

/** How long an athlete slept, and their need, as it was typed in. */
export interface SleepRecord {
  needMin: number;
  nights: SleepNights;
}

/** Of many athletes, each over days of its own, both ends included, by one statement. Consent was asked before. */
export async function readSleepRecords(
  db: Sql,
  asked: readonly { athleteId: string; from: LocalDate; to: LocalDate }[],
): Promise<SleepRecord[]> {
  const rows = await db.query<NightsRow[]>(
    `select a.position - 1 as position, p.sleep_need_min as "needMin", n.list as nights
       from unnest($1::uuid[], $2::date[], $3::date[]) with ordinality as a(athlete_id, from_day, to_day, position)
       join connections.athlete_v1 p on p.id = a.athlete_id
      cross join lateral (
            select coalesce(json_agg(json_build_object('day', v.day, 'asleepMin', v.value, 'napMin', coalesce(v.nap_min, 0))), '[]') as list
              from (select * from health_data.night_v1 v
                     where v.athlete_id = a.athlete_id and v.signal = 'SLEEP' and v.value is not null
                       and v.day between a.from_day and a.to_day offset 0) v) n`,
    [asked.map(({ athleteId }) => athleteId), asked.map(({ from }) => from), asked.map(({ to }) => to)],
  );
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return asked.map((_, position) => {
    const { needMin, nights } = byPosition.get(position) ?? { needMin: 0, nights: [] };
    return { needMin, nights: new Map(nights.map((night) => [night.day, nightOf(night)])) };
  });
}

async function readDebts(context: RequestContext, asked: readonly Asked[]): Promise<SleepDebt[]> {
  const records = await readSleepRecords(
    context.together,
    asked.map(({ athleteId, today }) => ({
      athleteId,
      from: dateOf(dayNumber(today) - NIGHTS_READ + 1),
      to: today,
    })),
  );
  return asked.map(({ athleteId, today }, position) => {
    const { needMin, nights } = records[position] as SleepRecord;
    const input = { needMin, nights, day: dayNumber(today) };
    const { debtMin, nights: nightsCounted } = sleepDebt(input);
    return {
      athleteId,
      state: stateOf({ nights, today, nightsCounted, debtMin }),
      debtMin,
      nightsCounted,
      trend: sleepDebtTrend(input),
      needMin: validNeedMin(needMin),
    };
  });
}

const nightOf = ({ asleepMin, napMin }: Pick<SleepNight, 'asleepMin' | 'napMin'>): SleepNight => {
  return { asleepMin, napMin, inBedMin: null, latencyMin: null, wasoMin: null, awakenings: null };
};

function stateOf(facts: {
  nights: SleepNights;
  today: LocalDate;
  nightsCounted: number;
  debtMin: number | null;
}): SignalState {
  if (facts.nightsCounted === 0) return 'NO_DATA';
  if (facts.debtMin === null) return 'CALIBRATING';
  const isFresh = Array.from({ length: FRESH_DAYS + 1 }, (_, back) => dateOf(dayNumber(facts.today) - back)).some(
    (date) => validNight(facts.nights, date) !== null,
  );
  return isFresh ? 'AVAILABLE' : 'STALE';
}
