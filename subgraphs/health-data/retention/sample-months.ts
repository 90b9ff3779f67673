import type { LocalDate } from '#platform/signals';
import { monthOf } from '../measurements/blocks.ts';
import { deleteInPortions, type RetentionParts } from './portions.ts';
import { samplesKeptFrom } from './within-retention.ts';

export type SampleParts = RetentionParts & { sampleRetentionMonths: number };

/** Months made before they begin. */
const MONTHS_AHEAD = 2;
/** Longer than the archive keeps a delivery that may be replayed: until then an older version of a record could come. */
const RECORD_DAYS = 200;

/** Makes the running month of samples and the next two. Repeating it changes nothing; months of the past come by need. */
export async function makeSampleMonths({ db, clock }: Pick<SampleParts, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  const days = Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) => monthOf(samplesKeptFrom(now, -ahead)));
  await db.query('select health_data.prepare_sample_months($1::date[])', [days]);
}

/** Drops whole months of samples that are past their time. One that somebody reads just now waits for the next round. */
export async function dropSampleMonths({ db, clock, metrics, sampleRetentionMonths }: SampleParts): Promise<void> {
  const months = await db.query<{ month: LocalDate }[]>(
    `select month from (
       select to_date(right(c.relname, 6), 'YYYYMM') as month
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'health_data.sample_block'::regclass and c.relname ~ '^sample_block_[0-9]{6}$') m
      where month < $1::date order by month`,
    [monthOf(samplesKeptFrom(clock.now(), sampleRetentionMonths))],
  );
  for (const { month } of months) {
    await db.query('select health_data.drop_sample_month($1::date)', [month]);
    metrics.purged.inc({ what: 'sample_month' });
  }
}

/** Forgets records whose month is over, once no older version of them can come any more. Tombstones stay. */
export async function forgetSampleRecords({ db, clock, metrics, sampleRetentionMonths }: SampleParts): Promise<void> {
  const now = clock.now();
  const unchangedSince = new Date(now.getTime() - RECORD_DAYS * 86_400_000);
  const gone = await deleteInPortions(
    db,
    'sample_record',
    't.started_at < $1 and t.delete_rank = 0 and greatest(t.stored_at, t.source_updated_at) < $2',
    [samplesKeptFrom(now, sampleRetentionMonths), unchangedSince],
  );
  metrics.purged.inc({ what: 'sample_record' }, gone);
}
