import { LETTER_DAYS } from '#platform/dead-letters';
import { startRounds, type Rounds } from '#platform/rounds';
import type { ProcessParts } from './process.ts';

const DAY_MS = 86_400_000;
/** Rows of one statement: well below its time limit. */
const ROWS = 10_000;

type ForgetParts = Pick<ProcessParts, 'db' | 'clock' | 'metrics' | 'log'>;

/** At start and once a day. On several replicas at once it does no harm. */
export function startForgettingLetters(parts: ForgetParts): Rounds {
  return startRounds({
    everyMs: DAY_MS,
    complaint: 'resolved dead letters were not forgotten; tried again tomorrow',
    log: parts.log,
    async round() {
      await forgetLetters(parts);
      return 'done';
    },
  });
}

/** Deletes letters that were resolved long ago. Open ones stay until somebody looks. */
export async function forgetLetters({ db, clock, metrics }: ForgetParts): Promise<void> {
  const before = new Date(clock.now().getTime() - LETTER_DAYS * DAY_MS);
  for (let gone = ROWS; gone === ROWS;) {
    const rows = await db.query<{ n: number }[]>(
      `with gone as (
         delete from health_data.dead_letter
          where id = any (array (select id from health_data.dead_letter where resolved_at < $1 limit ${ROWS})) returning 1)
       select count(*) as n from gone`,
      [before],
    );
    gone = rows[0]?.n ?? 0;
    metrics.purged.inc({ what: 'dead_letter' }, gone);
  }
}
