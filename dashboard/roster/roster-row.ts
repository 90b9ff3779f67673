import type { Band, TeamReadinessSubscription, TeamRosterQuery } from '../graphql/graphql.ts';
import { type Look, lookOf, type Readiness } from '../readiness/look.ts';

export type LoadedRow = NonNullable<NonNullable<TeamRosterQuery['team']>['roster']>['edges'][number]['node'];
export type TeamEvent = TeamReadinessSubscription['teamReadinessChanged'];

/** One athlete of the table. `changedAtMs` is set while the last change still deserves a mark. */
export type Row = LoadedRow & { readonly changedAtMs: number | null };
export type Rows = ReadonlyMap<string, Row>;

/** A row as live events tell it: who the athlete is, only the roster says. */
type Told = Omit<Row, 'athlete'>;
export type Strangers = ReadonlyMap<string, Told>;

/** What the table is grouped and filtered by. Withheld scores are a group of their own: neither low nor missing. */
export type Group = 'LOW' | 'REDUCED' | 'NORMAL' | 'HIGH' | 'NO_SCORE' | 'NOT_SHARED';

export function rowLook(row: Row, now: Date): Look {
  const { readiness, freshness, athlete } = row;
  return lookOf({ readiness, freshness, timeZone: athlete.timeZone, now });
}

export function groupOf({ readiness }: Row): Group {
  if (readiness.status === 'NOT_SHARED' || readiness.basis.length === 0) return 'NOT_SHARED';
  return readiness.band ?? 'NO_SCORE';
}

const BANDS: readonly string[] = ['HIGH', 'NORMAL', 'REDUCED', 'LOW'] satisfies Band[];

/** Of a group that is a band; a score that is missing or withheld has none. */
export const bandOf = (group: Group | null): Band | null =>
  group !== null && BANDS.includes(group) ? (group as Band) : null;

/**
 * The rows of a freshly fetched roster. A row that a live event has carried further while the answer was under way is
 * kept; revisions count per view, so they are compared only within one date and basis.
 */
export function rowsOfRoster({ loaded, before }: { loaded: readonly LoadedRow[]; before: Rows | Strangers }): Rows {
  return new Map(
    loaded.map((row) => {
      const known = before.get(row.athlete.id);
      const isAhead =
        known !== undefined &&
        isSameView(known.readiness, row.readiness) &&
        known.readiness.revision > row.readiness.revision;
      const newest = isAhead ? known : { ...row, changedAtMs: known?.changedAtMs ?? null };
      return [row.athlete.id, { ...newest, athlete: row.athlete }];
    }),
  );
}

/**
 * The rows after one live event. `changed` names those whose shown content differs; `isIncomplete` asks for a fresh
 * roster: after a gap (only it knows who is no longer there), for a new athlete, for a consent change on another day.
 * `strangers` have no row. Events do not say who somebody is: to ask that for each of them would cost as much as all of it. A
 * stranger of before is no reason to ask again: the roster does not hold them.
 */
export function rowsAfter(parts: { rows: Rows; strangers: Strangers; event: TeamEvent; nowMs: number }): {
  rows: Rows;
  strangers: Strangers;
  changed: string[];
  isIncomplete: boolean;
} {
  const { event, nowMs } = parts;
  const next = new Map(parts.rows);
  const strangers = new Map(parts.strangers);
  const changed: string[] = [];
  let isIncomplete = event.gap;
  for (const change of event.changes) {
    const known = next.get(change.athleteId);
    if (change.reason === 'LEFT_TEAM') {
      if (next.delete(change.athleteId)) changed.push(change.athleteId);
      continue;
    }
    const { readiness, changeFromWeek, freshness, flags } = change;
    const told = { readiness, changeFromWeek, freshness, flags };
    if (known === undefined) {
      if (!strangers.has(change.athleteId)) isIncomplete = true;
      strangers.set(change.athleteId, { ...told, changedAtMs: null });
      continue;
    }
    const isPastDay = readiness.date < known.readiness.date;
    if (isPastDay && change.reason === 'CONSENT_CHANGED') isIncomplete = true;
    // A withdrawal empties the cell whatever day it speaks of; another past day is not what the table shows.
    if (isPastDay && readiness.status !== 'NOT_SHARED') continue;
    const isVisible = shown(known) !== shown(change);
    if (isVisible) changed.push(change.athleteId);
    next.set(change.athleteId, { ...told, athlete: known.athlete, changedAtMs: isVisible ? nowMs : known.changedAtMs });
  }
  return { rows: next, strangers, changed, isIncomplete };
}

function isSameView(a: Readiness, b: Readiness): boolean {
  return a.date === b.date && a.basis.join() === b.basis.join();
}

/** Everything of a row that can be seen, as one comparable string. */
function shown({
  readiness,
  changeFromWeek,
  freshness,
  flags,
}: Pick<Row, 'readiness' | 'changeFromWeek' | 'freshness' | 'flags'>): string {
  const { date, status, score, stale, basis, confidenceLevel, drivers, signals } = readiness;
  const points = drivers.map((driver) => [driver.id, driver.points]);
  const slept = signals.sleep && [signals.sleep.asleepMin, signals.sleep.debtMin, signals.sleep.ageDays];
  const ages = freshness.map(({ signal, state, nights }) => [signal, state, nights]);
  const raised = (flags ?? []).map(({ code }) => code);
  return JSON.stringify([
    date,
    status,
    score,
    stale,
    basis,
    confidenceLevel,
    points,
    slept,
    changeFromWeek,
    ages,
    raised,
  ]);
}
