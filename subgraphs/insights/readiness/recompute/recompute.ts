import { FULL_BASIS, has, type Basis, type ScoreSignal } from '#platform/basis';
import type { Clock } from '#platform/clock';
import type { Database, Ordered, Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import { affectedDays } from './affected-days.ts';
import { announcementsOf, type Announce } from './announcements.ts';
import { SCORE_SIGNALS, basesBetween } from '../views/bases.ts';
import { forgetSources, unforgottenSources } from '../views/erased-sources.ts';
import { nightsKnownTo, type Night } from '../views/load-history.ts';
import {
  computeViews,
  daysBefore,
  firstNightOf,
  isKept,
  loadAthletes,
  loadMaterial,
  lockAthletes,
  storedDays,
  type DayToScore,
  type Material,
} from '../views/material.ts';
import type { StoredReason } from '../formula/score-days.ts';
import { columns, writeViews, type NewView } from '../views/snapshots.ts';

export interface RecomputeParts {
  db: Database;
  clock: Clock;
  announce: Announce;
}

/** A night of one signal that health-data wrote or deleted. `isRepeat`: a version of it was taken before. */
export interface Touch {
  athleteId: string;
  day: LocalDate;
  signal: ScoreSignal;
  revision: number;
  isRepeat: boolean;
}

const ATHLETES_AT_ONCE = 20;
/** Older nights change baselines to come, never a score that was given. */
const RESCORED_DAYS = 7;

/**
 * Takes all that is pending for these athletes and brings their views up to date: one transaction per few athletes,
 * with the views, their history and the ledger of taken nights in it; then the announcement. Repeating it changes
 * nothing. Views without SLEEP are left to their slots. Answers how many views were new.
 */
export async function recompute(parts: RecomputeParts, athleteIds: Iterable<string>): Promise<number> {
  const ids = [...new Set(athleteIds)].toSorted();
  let count = 0;
  for (let at = 0; at < ids.length; at += ATHLETES_AT_ONCE) {
    const batch = ids.slice(at, at + ATHLETES_AT_ONCE);
    const views = await parts.db.prepared.transaction((tx) => recomputeBatch(tx, batch, parts.clock.now()));
    for (const announcement of announcementsOf(views)) parts.announce(announcement);
    count += views.length;
  }
  return count;
}

async function recomputeBatch(tx: Ordered, athleteIds: readonly string[], now: Date): Promise<NewView[]> {
  const [, touches, facts, erased] = await Promise.all([
    lockAthletes(tx, athleteIds),
    pendingTouches(tx, athleteIds),
    loadAthletes(tx, athleteIds),
    unforgottenSources(tx, athleteIds),
  ]);
  if (touches.length === 0) return [];
  const rescoredFrom = (athleteId: string): LocalDate =>
    daysBefore(localDate(now, facts.get(athleteId)?.timeZone ?? 'UTC'), RESCORED_DAYS);
  const byAthlete = Map.groupBy(touches, ({ athleteId }) => athleteId);
  const sources = erased.filter(({ athleteId }) => byAthlete.has(athleteId));
  await forgetSources(tx, { sources, rescoredFrom, now });
  const materials = await loadMaterial(
    tx,
    [...byAthlete].flatMap(([athleteId, touched]) => {
      const days = touched.map(({ day }) => day).toSorted();
      const known = facts.get(athleteId);
      return known ? [{ facts: known, from: days[0] ?? '', to: days.at(-1) ?? '' }] : [];
    }),
    now,
  );
  const views = materials.flatMap((material) => {
    const touched = byAthlete.get(material.athleteId) ?? [];
    const bases = basesToScore(material, touched).filter((basis) => has(basis, 'SLEEP'));
    return computeViews(
      material,
      bases.map((basis) => ({ basis, days: daysToScore({ material, basis, touches: touched }) })),
    );
  });
  await Promise.all([writeViews(tx, views), take(tx, touches)]);
  return views;
}

async function pendingTouches(tx: Sql, athleteIds: readonly string[]): Promise<Touch[]> {
  return await tx.query<Touch[]>(
    `select t.athlete_id as "athleteId", t.day, t.signal, t.revision, k.revision is not null as "isRepeat"
       from health_data.touched_day_v1 t
       left join insights.taken_touch k on k.athlete_id = t.athlete_id and k.day = t.day and k.signal = t.signal
      where t.athlete_id = any($1) and t.signal = any($2) and (k.revision is null or k.revision < t.revision)`,
    [athleteIds, SCORE_SIGNALS],
  );
}

/** The revisions as they were read before the nights: a newer one stays pending. */
async function take(tx: Sql, touches: readonly Touch[]): Promise<void> {
  await tx.query(
    `insert into insights.taken_touch as k (athlete_id, day, signal, revision)
     select * from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[])
     on conflict (athlete_id, day, signal) do update set revision = excluded.revision`,
    columns(
      touches,
      ({ athleteId }) => athleteId,
      ({ day }) => day,
      ({ signal }) => signal,
      ({ revision }) => revision,
    ),
  );
}

/** Bases that some touched signal enters and that are kept on some day since. */
export function basesToScore(material: Material, touches: readonly Touch[]): Basis[] {
  const from = touches.reduce((first, { day }) => (day < first ? day : first), material.today);
  const kept = new Set([FULL_BASIS, ...basesBetween(material.grants, from, material.today), ...material.stored.keys()]);
  return [...kept].filter((basis) => touches.some(({ signal }) => has(basis, signal))).toSorted();
}

/**
 * The days of one basis to score. Only touches of its own signals count: whether, when and how often a view is computed
 * must not depend on a signal outside it (section 13).
 */
export function daysToScore(options: {
  material: Material;
  basis: Basis;
  touches: readonly Touch[];
  /** The last day that may be scored, if not the athlete's today. */
  today?: LocalDate;
}): DayToScore[] {
  const { material, basis } = options;
  const today = options.today ?? material.today;
  const touches = options.touches.filter(({ signal }) => has(basis, signal));
  const nights = nightsKnownTo(material.nights, basis);
  const affected = affectedDays({
    touched: touches.map(({ day }) => day),
    today,
    scoredDays: settledDays({ material, basis, touches }),
    firstNight: firstNightOf(material, basis),
  });
  return affected
    .filter(({ date }) => isKept(material, basis, date))
    .map(({ date, reason }) => ({
      date,
      reason: reason === 'LATE_DATA' ? reasonOf({ nights, touches, date, today }) : reason,
    }));
}

/** A history arrives in pages and in any order: what was scored from half of it is not settled yet. */
const SETTLED_AFTER_MS = 3_600_000;

/**
 * The days that keep their score when older nights arrive. While a history is being loaded (a night older than the days
 * that are scored again comes for the first time) a day without a score, or scored within the last hour, is not one of
 * them: else its score would depend on the order of the pages.
 */
function settledDays(options: { material: Material; basis: Basis; touches: readonly Touch[] }): Set<LocalDate> {
  const { material, basis, touches } = options;
  const oldest = daysBefore(material.today, RESCORED_DAYS);
  const isHistory = touches.some(({ day, isRepeat }) => day < oldest && !isRepeat);
  const settledUntil = material.now.getTime() - SETTLED_AFTER_MS;
  const settled = [...storedDays(material, basis)].filter(([, { score, computedAt }]) => {
    return !isHistory || (score !== null && computedAt.getTime() < settledUntil);
  });
  return new Set(settled.map(([date]) => date));
}

/**
 * New nights make a score late; if there were only known ones, they were corrected, or are gone. A night that came and
 * went since the last view is none of them. `nights`: those that may enter the view.
 */
function reasonOf(options: {
  nights: readonly Night[];
  touches: readonly Touch[];
  date: LocalDate;
  today: LocalDate;
}): StoredReason {
  const oldest = daysBefore(options.today, RESCORED_DAYS);
  const causes = options.touches.filter(({ day }) => day >= oldest && day <= options.date);
  const isThere = (touch: Touch): boolean =>
    options.nights.some(({ day, signal }) => day === touch.day && signal === touch.signal);
  if (causes.some((touch) => !touch.isRepeat && isThere(touch))) return 'LATE_DATA';
  return causes.some(isThere) ? 'CORRECTION' : 'DELETION';
}
