import { intArrayBytes, realArrayBytes, slicesOf } from '#platform/array-bytes';
import { arrayText } from '#platform/array-text';
import type { Sql } from '#platform/database';
import type { Measurement, SampleBlock } from './measurement.ts';
import { runsOf } from './runs.ts';

/** Longest series of one block. A reader looks this far back from where it begins, and into no month before that. */
export const MAX_BLOCK_MS = 31 * 86_400_000;

/** A measurement and whose it is. */
interface Row {
  athleteId: string;
  measurement: Measurement;
}

const isBlock = (row: Row): row is Row & { measurement: SampleBlock } => row.measurement.kind === 'sample_block';

/** Makes the months that these blocks start in, where they are not there yet: a backfill reaches far back. */
export async function prepareMonths(db: Sql, rows: readonly Row[]): Promise<void> {
  const months = new Set(rows.filter(isBlock).map(({ measurement }) => monthOf(measurement.startedAt)));
  if (months.size > 0) await db.query('select health_data.prepare_sample_months($1::date[])', [[...months]]);
}

/** First day of the month of `at`, UTC. */
export const monthOf = (at: Date): string => `${at.toISOString().slice(0, 7)}-01`;

/**
 * Brings the arrays to where their records are. `written`: records whose version has just won; their rows in
 * `sample_record` are locked until the end of the transaction, so that nobody else touches their blocks. A statement of its
 * own: it sees the blocks that the writer before committed while this one waited for the lock. `moved`: those of `written`
 * of which a block may stand at another time.
 */
export async function writeBlocks(
  db: Sql,
  { written, moved }: { written: readonly Row[]; moved: readonly Row[] },
): Promise<void> {
  if (moved.length > 0) await removeLeftBlocks(db, moved);
  const blocks = written.filter(isBlock);
  if (blocks.length === 0) return;
  const offsets = blocks.map(({ measurement }) => shortest(measurement.offsetsS));
  const numbers = offsets.map((each) => each.numbers);
  const values = blocks.map(({ measurement }) => measurement.values);
  const [ofOffsets, ofValues] = [slicesOf(numbers), slicesOf(values)];
  await db.query(
    `insert into health_data.sample_block as t
            (athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at, in_runs, offsets_s, sample_values)
     select athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at, in_runs,
            ($13::int[])[offsets_from:offsets_to], ($14::real[])[values_from:values_to]
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
                   $8::boolean[], $9::int[], $10::int[], $11::int[], $12::int[])
         as i(athlete_id, provider, record_id, sample_kind, started_at, captured_at, source_updated_at,
              in_runs, offsets_from, offsets_to, values_from, values_to)
     on conflict (athlete_id, provider, record_id, sample_kind, started_at) do update
        set captured_at = excluded.captured_at, source_updated_at = excluded.source_updated_at,
            in_runs = excluded.in_runs, offsets_s = excluded.offsets_s, sample_values = excluded.sample_values`,
    [
      ...recordsOf(blocks, ({ measurement }) => measurement.sampleKind),
      arrayText(blocks.map(({ measurement }) => measurement.startedAt)),
      arrayText(blocks.map(({ measurement }) => measurement.capturedAt)),
      arrayText(blocks.map(({ measurement }) => measurement.sourceUpdatedAt)),
      arrayText(offsets.map(({ inRuns }) => inRuns)),
      ...[ofOffsets.from, ofOffsets.to, ofValues.from, ofValues.to].map(arrayText),
      intArrayBytes(numbers),
      realArrayBytes(values),
    ],
  );
}

/** Runs where they say it in fewer numbers. */
function shortest(offsetsS: readonly number[]): { inRuns: boolean; numbers: readonly number[] } {
  const runs = runsOf(offsetsS);
  return runs.length < offsetsS.length ? { inRuns: true, numbers: runs } : { inRuns: false, numbers: offsetsS };
}

/** Of a tombstone every block goes, of a record that starts at another time all but the one there. */
async function removeLeftBlocks(db: Sql, moved: readonly Row[]): Promise<void> {
  await db.query(
    `delete from health_data.sample_block t
      using unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
            as i(athlete_id, provider, record_id, sample_kind, started_at)
      where t.athlete_id = i.athlete_id and t.provider = i.provider and t.record_id = i.record_id
        and t.sample_kind = i.sample_kind and t.started_at is distinct from i.started_at`,
    [
      ...recordsOf(moved, ({ measurement }) => ('sampleKind' in measurement ? measurement.sampleKind : null)),
      arrayText(moved.map((row) => (isBlock(row) ? row.measurement.startedAt : null))),
    ],
  );
}

const recordsOf = <One extends Row>(rows: readonly One[], sampleKind: (row: One) => string | null): string[] => [
  arrayText(rows.map(({ athleteId }) => athleteId)),
  arrayText(rows.map(({ measurement }) => measurement.provider)),
  arrayText(rows.map(({ measurement }) => measurement.recordId)),
  arrayText(rows.map(sampleKind)),
];
