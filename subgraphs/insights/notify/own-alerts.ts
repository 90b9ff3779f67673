import { FULL_BASIS } from '#platform/basis';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localTimeInstant } from '#platform/slots';
import type { OpenFlag } from '../flags/flags.ts';
import type { FlagKey } from '../flags/read.ts';
import { standingOf, suggestionOf } from '../plan/read.ts';
import { openUntil } from '../plan/session.ts';
import { readDecisions, readPlans, type Decision, type StoredSession } from '../plan/store.ts';
import { highDaysBefore, loadSaysOf } from '../plan/suggestion.ts';
import { readViews, viewKey, type ViewRow } from '../readiness/views/snapshots.ts';
import { areStopped, nudgeKind, type NudgeKind } from '../sleep/nudge.ts';
import { shownNudges, type ShownNudges } from '../sleep/nudge-ledger.ts';
import type { Alert } from './alert.ts';

/** Early enough to act on it, and not hours ahead of going to bed. */
const EVENING = '19:00';
/** Days before today whose plan a suggestion looks at. */
const PLAN_LOOKS_BACK_DAYS = 2;

const ALONE = { openedOn: null, signals: [], notBefore: null, nudge: null } as const;

/** What an athlete alone is told of, beside flags: their score, a suggestion, a nudge, a connection that is lost. */
export async function readOwnAlerts(
  db: Sql,
  options: {
    /** What each sees of themselves today. */
    athletes: readonly FlagKey[];
    openFlags: (key: FlagKey) => Promise<OpenFlag[]>;
    now: Date;
  },
): Promise<Map<string, Alert[]>> {
  const { athletes: days, now } = options;
  if (days.length === 0) return new Map();
  const athleteIds = days.map(({ athleteId }) => athleteId);
  const keyOf = ({ athleteId, today }: { athleteId: string; today: LocalDate }) => {
    return { athleteId, basis: FULL_BASIS, date: today };
  };
  const views = await readViews(db, days.map(keyOf));
  const plans = await readPlans(
    db,
    days.map(({ athleteId, today }) => {
      return { athleteId, from: dateOf(dayNumber(today) - PLAN_LOOKS_BACK_DAYS), to: today };
    }),
  );
  const decisions = await readDecisions(
    db,
    plans.flat().map(({ athleteId, id }) => ({ athleteId, sessionId: id })),
  );
  const shown = await shownNudges(db, athleteIds);
  const lost = await lostConnections(db, athleteIds);
  const flags = await Promise.all(days.map(options.openFlags));
  return new Map(
    days.map((day, index) => {
      const row = views.get(viewKey(keyOf(day)));
      const parts = {
        day,
        plan: plans[index] ?? [],
        decisions: decisions.flat(),
        shown: shown.get(day.athleteId),
        loadSays: loadSaysOf(flags[index] ?? [], day.today),
        now,
      };
      const alerts = [
        ...(row ? ofView({ ...parts, row }) : []),
        ...(lost.get(day.athleteId) ?? []).map((since): Alert => {
          return { ...ALONE, kind: 'PROVIDER_RECONNECT', onDay: since.toISOString().slice(0, 10) };
        }),
      ];
      return [day.athleteId, alerts];
    }),
  );
}

function ofView(parts: {
  day: FlagKey;
  row: ViewRow;
  plan: readonly StoredSession[];
  decisions: readonly Decision[];
  shown: ShownNudges | undefined;
  loadSays: number;
  now: Date;
}): Alert[] {
  const { day, row, shown } = parts;
  const { today, timeZone } = day;
  const alerts: Alert[] = [];
  if (row.view.score !== null) alerts.push({ ...ALONE, kind: 'READINESS_READY', onDay: today });
  // A plan belongs to TRAINING, and what was trained is asked for a suggestion.
  if (hasSuggestion(parts)) alerts.push({ ...ALONE, kind: 'SESSION_SUGGESTION', onDay: today, signals: ['TRAINING'] });
  const nudge = nudgeDue({ row, today, shown: shown ?? [] });
  if (nudge !== null)
    alerts.push({
      ...ALONE,
      kind: 'SLEEP_NUDGE',
      onDay: today,
      notBefore: localTimeInstant(today, EVENING, timeZone),
      nudge,
    });
  return alerts;
}

/** Whether something is suggested for a session of today that is still to come and not decided about. */
function hasSuggestion(parts: {
  day: FlagKey;
  row: ViewRow;
  plan: readonly StoredSession[];
  decisions: readonly Decision[];
  loadSays: number;
  now: Date;
}): boolean {
  const { day, row, plan, decisions, loadSays, now } = parts;
  const highDays = highDaysBefore(day.today, plan);
  return plan.some((stored) => {
    if (stored.date !== day.today || now >= openUntil(stored, day.timeZone)) return false;
    const own = decisions.filter(({ sessionId }) => sessionId === stored.id);
    if (standingOf(own, stored) !== null) return false;
    const content = suggestionOf({ stored, basedOn: null, row, since: null, highDays, loadSays });
    return content !== null && !content.isAdviceOnly;
  });
}

/** Today's nudge that was neither answered nor stopped; null where there is none. */
function nudgeDue(parts: { row: ViewRow; today: LocalDate; shown: ShownNudges }): NudgeKind | null {
  const { row, today, shown } = parts;
  const kind = nudgeKind(row.view.signals.sleep?.debtMin ?? null);
  const isAnswered = shown.some(({ date, answer }) => date === today && answer !== null);
  const isStopped = areStopped({
    shown: shown.map(({ date, answer }) => ({ date, isAnswered: answer !== null })),
    today,
  });
  return isAnswered || isStopped ? null : kind;
}

async function lostConnections(db: Sql, athleteIds: readonly string[]): Promise<Map<string, Date[]>> {
  const rows = await db.query<{ athleteId: string; since: Date }[]>(
    'select athlete_id as "athleteId", since from connections.needs_reconnect_v1 where athlete_id = any($1)',
    [athleteIds],
  );
  return new Map(
    [...Map.groupBy(rows, ({ athleteId }) => athleteId)].map(([athleteId, own]) => [
      athleteId,
      own.map(({ since }) => since),
    ]),
  );
}
