import { FULL_BASIS, has, type Basis } from '#platform/basis';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, lastSlot, localDate } from '#platform/slots';
import { basesOn, loadGrants, type TeamGrant } from './bases.ts';
import {
  HISTORY_NIGHTS,
  firstNight,
  historyOf,
  inputOf,
  loadNights,
  nightsKnownTo,
  type Night,
} from './load-history.ts';
import { WEEK_DAYS, scoreDays, type StoredReason } from '../formula/score-days.ts';
import { readStored, type NewView, type StoredRow, type StoredViews } from './snapshots.ts';
import type { AthleteHistory } from '../formula/history.ts';

export interface AthleteFacts {
  athleteId: string;
  timeZone: string;
  needMin: number;
}

/** All that is needed to compute any view of one athlete over a stretch of days, as it stood at one moment. */
export interface Material extends AthleteFacts {
  /** The athlete's date at that moment. */
  today: LocalDate;
  now: Date;
  grants: readonly TeamGrant[];
  nights: readonly Night[];
  stored: StoredViews;
}

/** A day to score and why. */
export interface DayToScore {
  date: LocalDate;
  reason: StoredReason;
}

/**
 * Held until the end of the transaction: two computations of one athlete would give two views the same revision.
 * In the order of ids, so that two batches never wait for each other.
 */
export async function lockAthletes(tx: Sql, athleteIds: readonly string[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(hashtextextended('athlete-ally/readiness/' || id, 0)) from unnest($1::text[]) as a(id)`,
    [athleteIds.toSorted()],
  );
}

export async function loadAthletes(db: Sql, athleteIds: readonly string[]): Promise<Map<string, AthleteFacts>> {
  const rows = await db.query<AthleteFacts[]>(
    `select id as "athleteId", time_zone as "timeZone", sleep_need_min as "needMin" from connections.athlete_v1 where id = any($1)`,
    [athleteIds],
  );
  return new Map(rows.map((row) => [row.athleteId, row]));
}

/**
 * `from`, `to`: the days that may be scored. Call it after `lockAthletes` and after the reading of what is pending:
 * nights read later hold at least that, and whatever more they hold will be pending again.
 */
export async function loadMaterial(
  tx: Sql,
  asked: readonly { facts: AthleteFacts; from: LocalDate; to: LocalDate }[],
  now: Date,
): Promise<Material[]> {
  const athleteIds = asked.map(({ facts }) => facts.athleteId);
  const days = asked.map(({ facts, from, to }) => {
    const today = localDate(now, facts.timeZone);
    const start = from < today ? from : today;
    const slot = lastSlot(now, facts.timeZone);
    return { athleteId: facts.athleteId, today, start, to: to > today ? to : today, slot };
  });
  const [grants, stored, nights] = await Promise.all([
    loadGrants(tx, { athleteIds, now }),
    readStored(
      tx,
      days.map(({ athleteId, start }) => ({ athleteId, from: daysBefore(start, WEEK_DAYS) })),
    ),
    loadNights(
      tx,
      days.map(({ athleteId, start, to, slot }) => ({ athleteId, from: daysBefore(start, HISTORY_NIGHTS), to, slot })),
    ),
  ]);
  return asked.map(({ facts }, index) => ({
    ...facts,
    today: days[index]?.today ?? localDate(now, facts.timeZone),
    now,
    grants: grants.get(facts.athleteId) ?? [],
    nights: nights.get(facts.athleteId) ?? [],
    stored: stored.get(facts.athleteId) ?? new Map(),
  }));
}

export const daysBefore = (date: LocalDate, days: number): LocalDate => dateOf(dayNumber(date) - days);

/** What may enter a view: all of it with SLEEP shared, else only what was stored by the last slot. */
export const cutOf = (material: Material, basis: Basis): Date | null =>
  has(basis, 'SLEEP') ? null : lastSlot(material.now, material.timeZone);

/** Whether a view of this basis is kept for this day: the athlete's own, one that a team sees, one that is there already. */
export function isKept(material: Material, basis: Basis, date: LocalDate): boolean {
  if (basis === FULL_BASIS || material.stored.get(basis)?.has(date)) return true;
  return basesOn(material.grants, date).has(basis);
}

export const storedDays = (material: Material, basis: Basis): ReadonlyMap<LocalDate, StoredRow> =>
  material.stored.get(basis) ?? new Map<LocalDate, StoredRow>();

export const firstNightOf = (material: Material, basis: Basis): LocalDate | null =>
  firstNight(nightsKnownTo(material.nights, basis), basis);

interface Cut {
  history: AthleteHistory;
  input: { hash: Buffer; series: string };
}

/**
 * Computes the days of each basis and answers the views that are new or changed. The record of one athlete is put
 * together once for the bases with SLEEP and once, as it stood at the last slot, for those without.
 */
export function computeViews(
  material: Material,
  work: readonly { basis: Basis; days: readonly DayToScore[] }[],
): NewView[] {
  const cuts = new Map<boolean, Cut>();
  const views: NewView[] = [];
  for (const { basis, days } of work) {
    if (days.length === 0) continue;
    const isWhole = has(basis, 'SLEEP');
    let cut = cuts.get(isWhole);
    if (!cut) {
      const known = { nights: nightsKnownTo(material.nights, basis), needMin: material.needMin };
      cuts.set(isWhole, (cut = { history: historyOf(known), input: inputOf(known) }));
    }
    const { history, input } = cut;
    for (const scored of scoreDays({ history, basis, days, stored: storedDays(material, basis) })) {
      views.push({
        ...scored,
        athleteId: material.athleteId,
        basis,
        computedAt: cutOf(material, basis) ?? material.now,
        input,
      });
    }
  }
  return views;
}
