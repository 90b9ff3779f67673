import { FULL_BASIS, type Basis } from '#platform/basis';
import type { Ordered, Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { announcementsOf } from './announcements.ts';
import { basesOn, loadGrants } from '../views/bases.ts';
import { historyOf, nightsKnownTo } from '../views/load-history.ts';
import {
  computeViews,
  firstNightOf,
  loadAthletes,
  loadMaterial,
  lockAthletes,
  type DayToScore,
  type Material,
} from '../views/material.ts';
import { morningOf } from './morning.ts';
import type { RecomputeParts } from './recompute.ts';
import {
  keyColumns,
  readViews,
  viewKey,
  writeViews,
  type NewView,
  type ViewKey,
  type ViewRow,
} from '../views/snapshots.ts';
import { computeView } from '../formula/view.ts';

/** Views for readers. One that is missing is computed at once: a grant works from its commit on, announced or not. */
export interface Viewing {
  /** In the order asked. Consent has been asked before: this answers any basis. `db`: where to look first. */
  read(keys: readonly ViewKey[], db?: Sql): Promise<ViewRow[]>;
  /** Computes what the grants of these athletes bring into use, from each grant's first day to today. */
  fill(athleteIds: readonly string[]): Promise<void>;
}

const ATHLETES_AT_ONCE = 20;
/** As far back as a reader may ask. */
const MAX_DAYS = 400;

export function createViewing(parts: RecomputeParts): Viewing {
  /** The views of keys that had none when they were looked for, stored where they are to be kept. */
  async function compute(keys: readonly ViewKey[]): Promise<ViewRow[]> {
    const athletes = [...Map.groupBy(keys, ({ athleteId }) => athleteId).values()];
    const rows: ViewRow[] = [];
    for (let at = 0; at < athletes.length; at += ATHLETES_AT_ONCE) {
      const batch = athletes.slice(at, at + ATHLETES_AT_ONCE).flat();
      const now = parts.clock.now();
      const computed = await parts.db.prepared.transaction((tx) => computeMissing(tx, batch, now));
      // Older days are filled in for one reader; today's view is news to whoever watches.
      for (const announcement of announcementsOf(computed.ofToday)) parts.announce(announcement);
      rows.push(...computed.rows);
    }
    return rows;
  }

  return {
    async read(keys, db = parts.db.prepared) {
      const found = await readViews(db, keys);
      const missing = keys.filter((key) => !found.has(viewKey(key)));
      for (const row of await compute(missing)) found.set(viewKey(row), row);
      return keys.map((key) => found.get(viewKey(key)) as ViewRow);
    },
    async fill(athleteIds) {
      await compute(await missingOf(parts.db, athleteIds, parts.clock.now()));
    },
  };
}

async function missingOf(db: Sql, athleteIds: readonly string[], now: Date): Promise<ViewKey[]> {
  const grants = await loadGrants(db, { athleteIds, now });
  const facts = await loadAthletes(db, [...grants.keys()]);
  const keys: ViewKey[] = [];
  for (const { athleteId, timeZone } of facts.values()) {
    const shared = grants.get(athleteId) ?? [];
    const today = dayNumber(localDate(now, timeZone));
    const first = Math.min(...shared.map(({ since }) => dayNumber(since)));
    for (let day = Math.max(first, today - MAX_DAYS); day <= today; day++) {
      const date = dateOf(day);
      for (const basis of basesOn(shared, date)) keys.push({ athleteId, basis, date });
    }
  }
  return await db.query<ViewKey[]>(
    `select k.athlete_id as "athleteId", k.basis, k.date
       from unnest($1::uuid[], $2::smallint[], $3::date[]) as k(athlete_id, basis, date)
      where not exists (
            select from insights.readiness_day d
             where d.athlete_id = k.athlete_id and d.date = k.date and d.basis = k.basis)`,
    keyColumns(keys),
  );
}

async function computeMissing(
  tx: Ordered,
  keys: readonly ViewKey[],
  now: Date,
): Promise<{ rows: ViewRow[]; ofToday: NewView[] }> {
  const byAthlete = Map.groupBy(keys, ({ athleteId }) => athleteId);
  await lockAthletes(tx, [...byAthlete.keys()]);
  // Somebody else may have computed them while this waited for the lock.
  const found = await readViews(tx, keys);
  const facts = await loadAthletes(tx, [...byAthlete.keys()]);
  const materials = await loadMaterial(
    tx,
    [...facts.values()].map((each) => {
      const dates = (byAthlete.get(each.athleteId) ?? []).map(({ date }) => date).toSorted();
      return { facts: each, from: dates[0] ?? '', to: dates.at(-1) ?? '' };
    }),
    now,
  );
  const views: NewView[] = [];
  const passing: ViewRow[] = [];
  for (const material of materials) {
    const missing = (byAthlete.get(material.athleteId) ?? []).filter((key) => !found.has(viewKey(key)));
    const work = [...Map.groupBy(missing, ({ basis }) => basis)].map(([basis, asked]) => {
      return {
        basis,
        ...sortOut(
          material,
          basis,
          asked.map(({ date }) => date),
        ),
      };
    });
    views.push(...computeViews(material, work));
    for (const { basis, dates } of work) passing.push(...dates.map((date) => passingView(material, basis, date)));
  }
  await writeViews(tx, views);
  const today = new Map(materials.map((material) => [material.athleteId, material.today]));
  return {
    rows: [...found.values(), ...views, ...passing],
    ofToday: views.filter(({ athleteId, date }) => date === today.get(athleteId)),
  };
}

/**
 * `days` are stored, `dates` only answered: days to come, days before there was any night of this basis, and today's full
 * view before the morning. That one is what athletes read of themselves: kept, it would tell coaches with the same view
 * when its athlete was up.
 */
function sortOut(
  material: Material,
  basis: Basis,
  asked: readonly LocalDate[],
): { days: DayToScore[]; dates: LocalDate[] } {
  const { today } = material;
  const first = firstNightOf(material, basis);
  const isKeptToday = basis !== FULL_BASIS || material.now >= morningOf(material);
  const isStored = (date: LocalDate): boolean =>
    date === today ? isKeptToday : first !== null && date >= first && date < today;
  return {
    days: asked
      .filter(isStored)
      .toSorted()
      .map((date) => ({ date, reason: date === today ? 'COMPUTED' : 'BACKFILL' })),
    dates: asked.filter((date) => !isStored(date)),
  };
}

function passingView(material: Material, basis: Basis, date: LocalDate): ViewRow {
  const { athleteId, needMin, now } = material;
  const history = historyOf({ nights: nightsKnownTo(material.nights, basis), needMin });
  const view = computeView({ history, date, basis });
  return { athleteId, basis, date, revision: 0, reason: 'COMPUTED', view, weekScores: [], computedAt: now };
}
