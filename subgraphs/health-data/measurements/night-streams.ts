import { decide, type Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import type { LocalDate, Signal } from '#platform/signals';
import { lastSlot } from '#platform/slots';
import { instantOf } from '#platform/together';
import { originOf, sourceFor, type OriginRow } from '../sources/source.ts';
import type { HrvSeries, HrvStream, RestingHeartRateSeries, RestingHeartRateStream } from './graph-types.ts';
import { byPosition, CALIBRATED_NIGHTS, newestOf, stateOf, type Asked } from './series.ts';

/**
 * Where SLEEP is withheld, night values appear in two fixed slots a day and carry dates only: their arrival and
 * their end would tell when the athlete slept.
 */
interface NightPrivacy {
  storedUntil: Date | null;
  /** Asked of each night: a grant of SLEEP that began later opens no earlier one. */
  hasTimes: (date: LocalDate) => boolean;
}

export function nightPrivacy(context: RequestContext, access: Access): NightPrivacy {
  const sleep = decide({ access, signal: 'SLEEP', at: context.now });
  return {
    storedUntil: sleep.allowed ? null : lastSlot(context.now, access.timeZone),
    hasTimes: (date) => sleep.allowed && (sleep.since === null || date >= sleep.since),
  };
}

interface StreamRow extends OriginRow {
  position: number;
  date: LocalDate;
  isPrimary: boolean;
  metric: 'RMSSD' | 'SDNN' | null;
  method: string;
  value: number;
  capturedAt: string | null;
  known: number;
}

/**
 * The night values of one table, one per stream and day. Of several sleeps on a day only the night's own value counts.
 * `known` looks at all days of the stream, since a baseline is made of nights before the grant as well (the consent text
 * says so), and of one stream alone; and, as the values, at nothing newer than the slot.
 */
function nightSql(table: 'hrv_night' | 'resting_heart_rate', signal: Signal, columns: string): string {
  return `
    select a.position - 1 as position, v.day as date, ${originOf('v')}, v.method, ${columns}, v.captured_at as "capturedAt",
           p.provider is not null as "isPrimary", k.known
      from unnest($1::uuid[], $2::date[], $3::date[], $4::timestamptz[]) with ordinality
           as a(athlete_id, from_day, to_day, stored_until, position)
      join health_data.${table}_counted v
        on v.athlete_id = a.athlete_id and v.day between a.from_day and a.to_day
       and (a.stored_until is null or v.stored_at <= a.stored_until)
      left join health_data.source_preference p
             on p.athlete_id = a.athlete_id and p.signal = '${signal}' and p.provider = v.provider
      left join lateral (
           select count(*) as known
             from (select distinct e.day from health_data.${table} e
                    where e.athlete_id = v.athlete_id and e.provider = v.provider and e.method = v.method
                      and ${table === 'hrv_night' ? 'e.metric = v.metric' : 'true'} and e.delete_rank = 0
                      and (a.stored_until is null or e.stored_at <= a.stored_until)
                    limit ${CALIBRATED_NIGHTS}) e
           ) k on true
     order by a.position, v.provider, v.method, v.day`;
}

async function readNights(
  context: RequestContext,
  asked: readonly Asked[],
  sql: string,
): Promise<{ rows: StreamRow[]; hasTimes: NightPrivacy['hasTimes'] }[]> {
  const privacies = asked.map(({ permission }) => nightPrivacy(context, permission.access));
  const rows = await context.together.query<StreamRow[]>(sql, [
    asked.map(({ key }) => key.athleteId),
    asked.map(({ permission }) => permission.from),
    asked.map(({ permission }) => permission.to),
    privacies.map(({ storedUntil }) => storedUntil),
  ]);
  return byPosition(asked.length, rows).map((group, index) => ({
    rows: group,
    hasTimes: privacies[index]?.hasTimes ?? (() => false),
  }));
}

const knownOf = (rows: readonly StreamRow[]): number => Math.max(0, ...rows.map(({ known }) => known));

/** The same form as `stream_id` in `night_v1`. */
const streamId = (row: StreamRow): string => `${row.provider}:${row.metric ?? 'rhr'}:${row.method}`.toLowerCase();

export async function readHrv(context: RequestContext, asked: readonly Asked[]): Promise<HrvSeries[]> {
  const series = await readNights(context, asked, nightSql('hrv_night', 'HRV', 'v.metric, v.ms as value'));
  return series.map(({ rows, hasTimes }, index) => ({
    state: stateOf(context, asked[index] as Asked, newestOf(rows), knownOf(rows)),
    streams: [...Map.groupBy(rows, streamId)].map(([id, nights]): HrvStream => {
      const [first] = nights as [StreamRow];
      return {
        id,
        provider: first.provider,
        isPrimary: first.isPrimary,
        metric: first.metric ?? 'RMSSD',
        method: first.method,
        nights: nights.map((night) => ({
          date: night.date,
          ms: night.value,
          ln: Math.log(night.value),
          capturedAt: hasTimes(night.date) ? instantOf(night.capturedAt) : null,
          source: sourceFor((asked[index] as Asked).permission.access, night),
        })),
      };
    }),
  }));
}

export async function readRestingHeartRate(
  context: RequestContext,
  asked: readonly Asked[],
): Promise<RestingHeartRateSeries[]> {
  const sql = nightSql('resting_heart_rate', 'RESTING_HEART_RATE', 'null as metric, v.bpm as value');
  const series = await readNights(context, asked, sql);
  return series.map(({ rows, hasTimes }, index) => ({
    state: stateOf(context, asked[index] as Asked, newestOf(rows), knownOf(rows)),
    streams: [...Map.groupBy(rows, streamId)].map(([id, nights]): RestingHeartRateStream => {
      const [first] = nights as [StreamRow];
      return {
        id,
        provider: first.provider,
        isPrimary: first.isPrimary,
        method: first.method,
        nights: nights.map((night) => ({
          date: night.date,
          bpm: night.value,
          capturedAt: hasTimes(night.date) ? instantOf(night.capturedAt) : null,
          source: sourceFor((asked[index] as Asked).permission.access, night),
        })),
      };
    }),
  }));
}
