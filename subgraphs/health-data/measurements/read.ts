import type DataLoader from 'dataloader';
import type { RequestContext } from '#platform/context';
import type { LocalDate, Origin } from '#platform/signals';
import { instantOf } from '#platform/together';
import { originOf, sourceFor, sourcesFor, type OriginRow } from '../sources/source.ts';
import type { HrvSeries, RestingHeartRateSeries, SleepSeries, StepsSeries, VitalsSeries } from './graph-types.ts';
import { nightPrivacy, readHrv, readRestingHeartRate } from './night-streams.ts';
import { byPosition, createSeriesLoader, newestOf, stateOf, type Asked, type SeriesKey } from './series.ts';

export interface MeasurementLoaders {
  hrv: DataLoader<SeriesKey, HrvSeries | null, string>;
  restingHeartRate: DataLoader<SeriesKey, RestingHeartRateSeries | null, string>;
  sleep: DataLoader<SeriesKey, SleepSeries | null, string>;
  steps: DataLoader<SeriesKey, StepsSeries | null, string>;
  vitals: DataLoader<SeriesKey, VitalsSeries | null, string>;
}

export function createMeasurementLoaders(context: RequestContext): MeasurementLoaders {
  return {
    hrv: createSeriesLoader<HrvSeries>({
      context,
      signal: 'HRV',
      withheld: { state: 'NOT_SHARED', streams: [] },
      read: (asked) => readHrv(context, asked),
    }),
    restingHeartRate: createSeriesLoader<RestingHeartRateSeries>({
      context,
      signal: 'RESTING_HEART_RATE',
      withheld: { state: 'NOT_SHARED', streams: [] },
      read: (asked) => readRestingHeartRate(context, asked),
    }),
    sleep: createSeriesLoader<SleepSeries>({
      context,
      signal: 'SLEEP',
      withheld: { state: 'NOT_SHARED', nights: [] },
      read: (asked) => readSleep(context, asked),
    }),
    steps: createSeriesLoader<StepsSeries>({
      context,
      signal: 'STEPS',
      withheld: { state: 'NOT_SHARED', days: [] },
      read: (asked) => readSteps(context, asked),
    }),
    vitals: createSeriesLoader<VitalsSeries>({
      context,
      signal: 'VITALS',
      withheld: { state: 'NOT_SHARED', days: [] },
      read: (asked) => readVitals(context, asked),
    }),
  };
}

const dayParameters = (asked: readonly Asked[]): unknown[] => [
  asked.map(({ key }) => key.athleteId),
  asked.map(({ permission }) => permission.from),
  asked.map(({ permission }) => permission.to),
];

/** Beside the days: whose word is asked for, null for what counts. */
const ASKED_OF_ONE = `unnest($1::uuid[], $2::date[], $3::date[], $4::text[]) with ordinality
            as a(athlete_id, from_day, to_day, provider, position)`;
const parametersOfOne = (asked: readonly Asked[]): unknown[] => [
  ...dayParameters(asked),
  asked.map(({ key }) => key.provider ?? null),
];

interface SleepRow extends OriginRow {
  position: number;
  date: LocalDate;
  asleepMin: number;
  inBedMin: number | null;
  efficiencyPct: number | null;
  latencyMin: number | null;
  wasoMin: number | null;
  wakeCount: number | null;
  deepMin: number | null;
  lightMin: number | null;
  remMin: number | null;
  awakeMin: number | null;
  bedtimeStart: string;
  bedtimeEnd: string;
  naps: { startedAt: string; endedAt: string; asleepMin: number }[];
}

async function readSleep(context: RequestContext, asked: readonly Asked[]): Promise<SleepSeries[]> {
  const rows = await context.together.query<SleepRow[]>(
    `select a.position - 1 as position, n.day as date, ${originOf('n')}, n.asleep_min as "asleepMin", n.in_bed_min as "inBedMin",
            n.efficiency_pct as "efficiencyPct", n.latency_min as "latencyMin", n.waso_min as "wasoMin", n.wake_count as "wakeCount",
            n.deep_min as "deepMin", n.light_min as "lightMin", n.rem_min as "remMin", n.awake_min as "awakeMin",
            n.bedtime_start as "bedtimeStart", n.bedtime_end as "bedtimeEnd", naps.list as naps
       from ${ASKED_OF_ONE}
      cross join lateral (
            select *, null from health_data.provider_night o
             where a.provider = o.provider and o.athlete_id = a.athlete_id and o.day between a.from_day and a.to_day
             union all
            select * from health_data.effective_night e
             where a.provider is null and e.athlete_id = a.athlete_id and e.day between a.from_day and a.to_day offset 0) n
       left join lateral (
            select coalesce(json_agg(json_build_object('startedAt', s.bedtime_start, 'endedAt', s.bedtime_end, 'asleepMin', s.asleep_min)
                            order by s.bedtime_start), '[]') as list
              from health_data.sleep_night s
             where s.athlete_id = n.athlete_id and s.day = n.day and s.provider = n.provider
               and s.record_id <> n.record_id and s.delete_rank = 0 and s.asleep_min is not null) naps on true
      where n.asleep_min is not null
      order by a.position, n.day`,
    parametersOfOne(asked),
  );
  return byPosition(asked.length, rows).map((group, index) => ({
    state: stateOf(context, asked[index] as Asked, newestOf(group), null),
    nights: group.map((row) => ({
      ...row,
      bedtimeStart: instantOf(row.bedtimeStart),
      bedtimeEnd: instantOf(row.bedtimeEnd),
      source: sourceFor((asked[index] as Asked).permission.access, row),
      stages: row.deepMin === null && row.lightMin === null && row.remMin === null ? null : row,
      naps: row.naps.map((nap) => ({ ...nap, startedAt: new Date(nap.startedAt), endedAt: new Date(nap.endedAt) })),
    })),
  }));
}

async function readSteps(context: RequestContext, asked: readonly Asked[]): Promise<StepsSeries[]> {
  const rows = await context.together.query<(OriginRow & { position: number; date: LocalDate; steps: number })[]>(
    `select a.position - 1 as position, d.day as date, d.steps, ${originOf('d')}
       from ${ASKED_OF_ONE}
      cross join lateral (
            select s.* from health_data.daily_summary m
              join health_data.steps_day s
                on s.athlete_id = m.athlete_id and s.provider = m.steps_provider and s.record_id = m.steps_record_id
             where a.provider is null and m.athlete_id = a.athlete_id and m.day between a.from_day and a.to_day
             union all
            select * from (
                   select distinct on (s.day) s.* from health_data.steps_day s
                    where s.provider = a.provider and s.athlete_id = a.athlete_id and s.delete_rank = 0
                      and s.day between a.from_day and a.to_day
                    order by s.day, s.steps desc, s.record_id) o) d
      order by a.position, d.day`,
    parametersOfOne(asked),
  );
  return byPosition(asked.length, rows).map((days, index) => ({
    state: stateOf(context, asked[index] as Asked, newestOf(days), null),
    days: days.map((day) => ({ ...day, source: sourceFor((asked[index] as Asked).permission.access, day) })),
  }));
}

interface VitalsRow {
  position: number;
  date: LocalDate;
  provider: Origin;
  temperatureDeviationC: number | null;
  respiratoryRateBrpm: number | null;
  spo2Pct: number | null;
  stressHighMin: number | null;
  origins: OriginRow[];
}

/**
 * Night values of a viewer without SLEEP wait for the slot, as HRV does: they are made of the night. What a day gathers
 * (stress) is written all day long, and would come and go.
 */
const OF_THE_NIGHT =
  '(v.sleep_record_id is not null or v.temperature_deviation_c is not null or v.spo2_pct is not null)';

/** Several documents speak of one day; each column takes the one value that is there. Night columns follow the night. */
async function readVitals(context: RequestContext, asked: readonly Asked[]): Promise<VitalsSeries[]> {
  const rows = await context.together.query<VitalsRow[]>(
    `select a.position - 1 as position, v.day as date, v.provider,
            max(v.temperature_deviation_c) as "temperatureDeviationC", max(v.respiratory_rate_brpm) as "respiratoryRateBrpm",
            max(v.spo2_pct) as "spo2Pct", max(v.stress_high_s) / 60 as "stressHighMin",
            json_agg(json_build_object('provider', v.provider, 'device', v.device, 'deliveryId', v.delivery_id,
                                       'normaliserVersion', v.normaliser_version)) as origins
       from unnest($1::uuid[], $2::date[], $3::date[], $4::timestamptz[]) with ordinality
            as a(athlete_id, from_day, to_day, stored_until, position)
       join health_data.vitals_day_counted v
         on v.athlete_id = a.athlete_id and v.day between a.from_day and a.to_day
        and (a.stored_until is null or v.stored_at <= a.stored_until or not ${OF_THE_NIGHT})
      group by a.position, v.day, v.provider
      order by a.position, v.day`,
    [...dayParameters(asked), asked.map(({ permission }) => nightPrivacy(context, permission.access).storedUntil)],
  );
  return byPosition(asked.length, rows).map((days, index) => ({
    state: stateOf(context, asked[index] as Asked, newestOf(days), null),
    days: days.map((day) => ({ ...day, sources: sourcesFor((asked[index] as Asked).permission.access, day.origins) })),
  }));
}
