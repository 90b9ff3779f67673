import type { Access } from '#platform/consent';
import type { RequestContext } from '#platform/context';
import { originOf, sourcesFor, type OriginRow, type Source } from './source.ts';

/** A stretch of time of an athlete, from the first instant that the viewer may see. */
export interface HeartRateStretch {
  key: { athleteId: string; to: Date };
  from: Date;
  access: Access;
}

/** Who measured in each stretch: each provider and device once, with its newest delivery. One statement for all. */
export async function readHeartRateSources(
  context: RequestContext,
  asked: readonly HeartRateStretch[],
): Promise<Source[][]> {
  const rows = await context.db.query<(OriginRow & { position: number })[]>(
    `select distinct on (a.position, b.provider, b.device) a.position - 1 as position, ${originOf('b')}
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) with ordinality as a(athlete_id, from_at, to_at, position)
       join health_data.sample_record b
         on b.athlete_id = a.athlete_id and b.sample_kind = 'heart_rate' and b.delete_rank = 0
        and b.started_at < a.to_at and b.captured_at >= a.from_at
      order by a.position, b.provider, b.device, b.source_updated_at desc, b.record_id`,
    [asked.map(({ key }) => key.athleteId), asked.map(({ from }) => from), asked.map(({ key }) => key.to)],
  );
  return asked.map(({ access }, position) =>
    sourcesFor(
      access,
      rows.filter((row) => row.position === position),
    ),
  );
}
