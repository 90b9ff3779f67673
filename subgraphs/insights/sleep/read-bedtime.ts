import type { RequestContext } from '#platform/context';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { instantOf } from '#platform/together';
import { bedtimeOffer } from './bedtime.ts';
import type { Bedtime, SleepDebt } from './graph-types.ts';

const FORTNIGHT = 14;
const DAY_MIN = 1440;

/** When to go to bed tonight. It follows from when the athlete woke, so it is theirs alone. */
export async function readBedtime(context: RequestContext, debt: SleepDebt): Promise<Bedtime | null> {
  const { athleteId, debtMin, needMin } = debt;
  if (needMin === null) return null;
  const access = await context.access.load({ athleteId, teamId: null });
  if (access?.relation !== 'self') return null;
  const { timeZone } = access;
  const today = localDate(context.now, timeZone);
  const nights = await context.together.query<
    { endedAt: string; zoneOffsetMin: number | null; latencyMin: number | null }[]
  >(
    `select bedtime_end as "endedAt", zone_offset_min as "zoneOffsetMin", latency_min as "latencyMin"
       from health_data.night_times_v1 where athlete_id = $1 and day between $2 and $3`,
    [athleteId, dateOf(dayNumber(today) - FORTNIGHT + 1), today],
  );
  const wakings = nights.map(({ endedAt, zoneOffsetMin, latencyMin }) => {
    return { wakeMin: minuteOfDay({ at: instantOf(endedAt), zoneOffsetMin, timeZone }), latencyMin };
  });
  const offer = bedtimeOffer({ wakings, needMin, debtMin });
  return (
    offer && {
      at: wallClock(offer.bedtimeMin),
      usualWakeAt: wallClock(offer.wakeMin),
      usualLatencyMin: offer.latencyMin,
      catchUpMin: offer.catchUpMin,
    }
  );
}

function minuteOfDay(options: { at: Date; zoneOffsetMin: number | null; timeZone: string }): number {
  const { at, zoneOffsetMin, timeZone } = options;
  if (zoneOffsetMin !== null) return (Math.floor(at.getTime() / 60_000) + zoneOffsetMin) % DAY_MIN;
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const [hours, minutes] = time.format(at).split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

const wallClock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
