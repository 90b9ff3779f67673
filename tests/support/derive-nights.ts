interface Queries {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** What health-data would have made of measured rows that a test or a bench put into the tables, or took out, by hand. */
export async function deriveNights(db: Queries, athleteIds: readonly string[] | null = null): Promise<void> {
  await db.query('delete from health_data.stream_night where $1::uuid[] is null or athlete_id = any($1)', [athleteIds]);
  await db.query(
    `insert into health_data.stream_night
     select * from health_data.chosen_night where $1::uuid[] is null or athlete_id = any($1)`,
    [athleteIds],
  );
}
