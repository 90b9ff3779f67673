import { appendAudit } from '#platform/audit';
import type { Database, Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import type { LocalDate, Origin, Signal } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import type { RaisedTouch } from '../measurements/publish-touches.ts';
import { recordTouches } from '../measurements/store.ts';
import type { Table } from '../measurements/tables.ts';
import { CHOOSABLE } from './choosable.ts';
import { holdAthletes, refreshSummaries } from './daily-summary.ts';
import { markRepeats, type AthleteDay } from './mark-repeats.ts';
import { refreshNights } from './stream-nights.ts';

/** Older nights change baselines to come, never a score that was given (readiness.md, section 8). */
const RESCORED_DAYS = 7;

/** Whose choice it is, and for the record of it. */
export interface Chooser {
  athleteId: string;
  accountId: string;
  requestId: string;
  /** The athlete's date. */
  today: LocalDate;
  now: Date;
}

/**
 * Makes a provider the athlete's primary source of a signal, or with null takes the choice back. In one transaction: the
 * choice, the sessions and summaries it changes, the days insights must look at, and the record of it. Answers the
 * touched days, to be published; none where nothing changed.
 *
 * @throws AppError BAD_USER_INPUT for a signal without such a choice, and for a provider that never brought the signal
 */
export function choosePrimary(
  db: Database,
  choice: { signal: Signal; provider: Origin | null; chooser: Chooser },
): Promise<RaisedTouch[]> {
  const { signal, provider, chooser } = choice;
  const { athleteId, now } = chooser;
  const table = CHOOSABLE.get(signal);
  if (!table) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${signal} has no primary source: all that is measured counts. Choose one for ${[...CHOOSABLE.keys()].join(', ')}.`,
    );
  }
  return db.prepared.transaction(async (tx) => {
    await holdAthletes(tx, [athleteId]);
    const isNew =
      provider === null
        ? await forget(tx, { athleteId, signal })
        : await keep(tx, { athleteId, signal, provider, table, now });
    if (!isNew) return [];
    const days = await changedDays(tx, { table, chooser });
    const touches = days.map((day) => ({ ...day, signal, domain: table.domain }));
    await appendAudit(tx, [
      {
        at: now,
        actorId: chooser.accountId,
        actorKind: 'ACCOUNT',
        athleteId,
        action: 'WRITE',
        signals: [signal],
        purpose: provider === null ? 'no primary source' : `primary source ${provider}`,
        requestId: chooser.requestId,
      },
    ]);
    return recordTouches(tx, { touches, now });
  });
}

async function forget(tx: Sql, { athleteId, signal }: { athleteId: string; signal: Signal }): Promise<boolean> {
  const gone = await tx.query<unknown[]>(
    `with gone as (delete from health_data.source_preference where athlete_id = $1 and signal = $2 returning 1)
     select * from gone`,
    [athleteId, signal],
  );
  return gone.length > 0;
}

async function keep(
  tx: Sql,
  choice: { athleteId: string; signal: Signal; provider: Origin; table: Table; now: Date },
): Promise<boolean> {
  const { athleteId, signal, provider, table, now } = choice;
  const brought = await tx.query<unknown[]>(
    `select from health_data.${table.name} where athlete_id = $1 and provider = $2 and delete_rank = 0 limit 1`,
    [athleteId, provider],
  );
  if (brought.length === 0) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${provider} has brought no ${signal} yet, so it cannot be the primary source of it. Choose one of those in "sources".`,
    );
  }
  const written = await tx.query<unknown[]>(
    `insert into health_data.source_preference as p (athlete_id, signal, provider, chosen_at) values ($1, $2, $3, $4)
     on conflict (athlete_id, signal) do update set provider = excluded.provider, chosen_at = excluded.chosen_at
      where p.provider <> excluded.provider
     returning 1`,
    [athleteId, signal, provider, now],
  );
  return written.length > 0;
}

/**
 * The days on which another value counts now. A stream of HRV or resting heart rate is chosen for whole scores, not day
 * by day: those of the last week are looked at again.
 */
async function changedDays(
  tx: Sql,
  { table, chooser }: { table: Table; chooser: Chooser },
): Promise<readonly AthleteDay[]> {
  const { athleteId } = chooser;
  const measured = await tx.query<{ day: LocalDate }[]>(
    `select distinct day from health_data.${table.name} where athlete_id = $1 and delete_rank = 0 and day is not null`,
    [athleteId],
  );
  const days = measured.map(({ day }) => ({ athleteId, day }));
  if (table.signal === 'TRAINING') return markRepeats(tx, days);
  if (table.signal === 'SLEEP') await refreshNights(tx, days);
  const changed = await refreshSummaries(tx, days);
  if (table.signal !== 'HRV' && table.signal !== 'RESTING_HEART_RATE') return changed;
  const from = dateOf(dayNumber(chooser.today) - RESCORED_DAYS);
  return days.filter(({ day }) => day >= from);
}
