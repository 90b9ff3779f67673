import { arrayText } from '#platform/array-text';
import type { Sql } from '#platform/database';
import { RETRIED } from '#platform/dead-letters';
import type { DeadLetterAnnouncement } from '#platform/events';
import { newId } from '#platform/ids';
import type { LocalDate, Provider } from '#platform/signals';
import type { NormalizedDomain } from '#platform/streams';
import { TABLES, recordKindOf } from '../measurements/tables.ts';
import type { Normalised } from '../normalise/normaliser.ts';

/** Of a delivery what its ledger entry and its dead letters are filed under. */
interface FiledDelivery {
  id: string;
  receivedOn: string;
  provider: Provider;
  athleteId: string | null;
  connectionId: string | null;
  receivedAt: Date;
}

export interface LedgerEntry {
  delivery: FiledDelivery;
  /** erased: the athlete had the provider's data deleted after it was received. */
  outcome: 'stored' | 'nothing_to_store' | 'archived' | 'refused' | 'erased';
  /** What the normaliser made of it: days and counts are kept, so that an athlete can be told why a day is empty. */
  normalised?: Normalised;
}

export interface DeadLetter {
  delivery: FiledDelivery;
  recordId: string | null;
  reason: string;
  detail: string;
}

/** The entry of a delivery that came too late: its id alone, so that it is not taken for a new one. */
export const erasedEntry = ({ delivery }: LedgerEntry): LedgerEntry => ({ delivery, outcome: 'erased' });

/**
 * Says of each delivery what became of it: days, counts and reasons, never a value. Repeating it changes nothing. Letters
 * that an earlier try left are closed; those of this try are written after it (`writeDeadLetters`), and open them again.
 */
export async function writeLedger(db: Sql, ledger: readonly LedgerEntry[], now: Date): Promise<void> {
  await db.query(
    `with entered as (
     insert into health_data.processed_delivery
            (delivery_id, received_on, outcome, processed_at, athlete_id, provider, days, rows_by_domain, ignored_by_reason)
     select delivery_id, received_on, outcome, $1, athlete_id, provider, days::date[], rows::jsonb, ignored::jsonb
       from unnest($2::uuid[], $3::date[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[])
         as t(delivery_id, received_on, outcome, athlete_id, provider, days, rows, ignored)
     on conflict (delivery_id) do nothing returning delivery_id)
     update health_data.dead_letter l set resolved_at = $1, resolution = '${RETRIED}' from entered
      where l.delivery_id = entered.delivery_id and l.resolved_at is null`,
    [
      now,
      arrayText(ledger.map(({ delivery }) => delivery.id)),
      arrayText(ledger.map(({ delivery }) => delivery.receivedOn)),
      arrayText(ledger.map(({ outcome }) => outcome)),
      arrayText(ledger.map(({ delivery, outcome }) => (outcome === 'erased' ? null : delivery.athleteId))),
      arrayText(ledger.map(({ delivery, outcome }) => (outcome === 'erased' ? null : delivery.provider))),
      // Arrays of arrays travel as text: the driver writes rectangles only.
      arrayText(ledger.map(({ normalised }) => (normalised ? `{${daysOf(normalised).join(',')}}` : null))),
      arrayText(ledger.map(({ normalised }) => (normalised ? JSON.stringify(rowsByDomain(normalised)) : null))),
      arrayText(ledger.map(({ normalised }) => (normalised ? JSON.stringify(ignoredByReason(normalised)) : null))),
    ],
  );
}

/** The days a body speaks of, in order. A deletion names none. */
export function daysOf({ measurements }: Normalised): LocalDate[] {
  const days = measurements.flatMap((measurement) => (measurement.kind === 'tombstone' ? [] : [measurement.day]));
  return [...new Set(days)].toSorted();
}

function rowsByDomain({ measurements }: Normalised): Partial<Record<NormalizedDomain, number>> {
  const observed = measurements.filter(({ kind }) => kind !== 'tombstone');
  return countsOf(observed.map((measurement) => TABLES[recordKindOf(measurement)].domain));
}

const ignoredByReason = ({ ignored }: Normalised): Record<string, number> =>
  countsOf(ignored.map(({ reason }) => reason));

function countsOf<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * A letter that is there already is open again: what it speaks of failed once more. Items of one body that fail alike and
 * have one name, or none, share a letter, that of the first. Answers what is to be announced.
 */
export async function writeDeadLetters(
  db: Sql,
  failures: readonly DeadLetter[],
  now: Date,
): Promise<DeadLetterAnnouncement[]> {
  const letters = [...Map.groupBy(failures, nameOf).values()].flatMap(([first]) => first ?? []);
  if (letters.length === 0) return [];
  return await db.query<DeadLetterAnnouncement[]>(
    `insert into health_data.dead_letter
            (id, stage, provider, delivery_id, received_on, record_id, reason, detail, created_at, athlete_id)
     select id, 'normalise', provider, delivery_id, received_on, record_id, reason, detail, $1, athlete_id
       from unnest($2::uuid[], $3::text[], $4::uuid[], $5::date[], $6::text[], $7::text[], $8::text[], $9::uuid[])
         as t(id, provider, delivery_id, received_on, record_id, reason, detail, athlete_id)
     on conflict (delivery_id, record_id, reason) do update
        set detail = excluded.detail, resolved_at = null, resolution = null
     returning id, stage, reason`,
    [
      now,
      letters.map(() => newId()),
      letters.map(({ delivery }) => delivery.provider),
      letters.map(({ delivery }) => delivery.id),
      letters.map(({ delivery }) => delivery.receivedOn),
      letters.map(({ recordId }) => recordId),
      letters.map(({ reason }) => reason),
      letters.map(({ detail }) => detail),
      letters.map(({ delivery }) => delivery.athleteId),
    ],
  );
}

const nameOf = ({ delivery, recordId, reason }: DeadLetter): string => JSON.stringify([delivery.id, recordId, reason]);
