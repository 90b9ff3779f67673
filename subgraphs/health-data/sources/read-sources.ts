import DataLoader from 'dataloader';
import type { RequestContext } from '#platform/context';
import { SIGNALS, type LocalDate, type Origin, type Signal } from '#platform/signals';
import { CHOOSABLE } from './choosable.ts';
import type { SignalSources } from './graph-types.ts';

const SOURCES = [...CHOOSABLE]
  .map(
    ([signal, { name }]) => `
    select athlete_id, '${signal}' as signal, provider, count(distinct day) as day_count, max(day) as newest_day,
           (array_agg(device order by day desc, record_id) filter (where device is not null))[1] as device
      from health_data.${name} where athlete_id = any($1) and delete_rank = 0 and day is not null
     group by athlete_id, provider`,
  )
  .join(' union all ');

interface SourceRow {
  athleteId: string;
  signal: Signal;
  provider: Origin;
  dayCount: number;
  newestDay: LocalDate;
  device: string | null;
  primary: Origin | null;
}

export type SourcesLoader = DataLoader<string, SignalSources[] | null>;

/** For the athlete only, null for everybody else: a list over all signals would tell of those that are not shared. */
export function createSourcesLoader(context: RequestContext): SourcesLoader {
  return new DataLoader(async (athleteIds) => {
    const accesses = await context.access.loadMany(athleteIds.map((athleteId) => ({ athleteId, teamId: null })));
    const isOwn = accesses.map((access) => {
      if (access instanceof Error) throw access;
      return access?.relation === 'self';
    });
    const own = athleteIds.filter((_id, index) => isOwn[index]);
    const rows = own.length === 0 ? [] : await readSources(context, own);
    const byAthlete = Map.groupBy(rows, ({ athleteId }) => athleteId);
    return athleteIds.map((athleteId, index) => (isOwn[index] ? bySignal(byAthlete.get(athleteId) ?? []) : null));
  });
}

async function readSources(context: RequestContext, athleteIds: readonly string[]): Promise<SourceRow[]> {
  return await context.together.query<SourceRow[]>(
    `select s.athlete_id as "athleteId", s.signal, s.provider, s.day_count as "dayCount", s.newest_day as "newestDay", s.device,
            p.provider as primary
       from (${SOURCES}) s
       left join health_data.source_preference p on p.athlete_id = s.athlete_id and p.signal = s.signal
      order by s.day_count desc, s.newest_day desc, s.provider`,
    [athleteIds],
  );
}

function bySignal(rows: readonly SourceRow[]): SignalSources[] {
  return SIGNALS.flatMap((signal): SignalSources[] => {
    const providers = rows.filter((row) => row.signal === signal);
    const [first] = providers;
    if (first === undefined) return [];
    return [{ signal, primary: first.primary, chosenBy: first.primary ? 'ATHLETE' : 'COMPLETENESS', providers }];
  });
}
