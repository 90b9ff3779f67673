import DataLoader from 'dataloader';
import { FULL_BASIS } from '#platform/basis';
import { decide, mayKnow, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { checkStretch } from '#platform/stretch';
import { flagKeyAt, flagKeyOf, type FlagContext } from '../flags/read.ts';
import type { ViewRow } from '../readiness/views/snapshots.ts';
import { expectedLoad } from '../training/adjust.ts';
import type { PlanChange, ScheduledSession, Suggestion } from './graph-types.ts';
import { presentSuggestion } from './present.ts';
import { fieldChanges, openUntil, startOf } from './session.ts';
import {
  readChanges,
  readDecisions,
  readPlans,
  type Decision,
  type PlanKey,
  type SessionKey,
  type StoredChange,
  type StoredSession,
} from './store.ts';
import { highDaysBefore, loadSaysOf, openState, stateByPlan, suggest } from './suggestion.ts';

/** What one request reads of plans: whatever is asked for in the same step is one query. */
export interface PlanLoaders {
  plans: DataLoader<PlanKey, StoredSession[], string>;
  changes: DataLoader<SessionKey, StoredChange[], string>;
  decisions: DataLoader<SessionKey, Decision[], string>;
}

export function createPlanLoaders(db: Sql): PlanLoaders {
  const bySession = { cacheKeyFn: ({ athleteId, sessionId }: SessionKey) => `${athleteId} ${sessionId}` };
  return {
    plans: new DataLoader<PlanKey, StoredSession[], string>((keys) => readPlans(db, keys), {
      cacheKeyFn: ({ athleteId, from, to }) => `${athleteId} ${from} ${to}`,
    }),
    changes: new DataLoader<SessionKey, StoredChange[], string>((keys) => readChanges(db, keys), bySession),
    decisions: new DataLoader<SessionKey, Decision[], string>((keys) => readDecisions(db, keys), bySession),
  };
}

export interface PlanContext extends FlagContext {
  planning: PlanLoaders;
}

/** Whom a plan is shown to: `teamId` for what one team sees, null for the union of the viewer's teams. */
interface Asked {
  athleteId: string;
  teamId: string | null;
}

/**
 * The sessions of these days that the viewer may see; null where training is not shared, or for a stranger. `isSuggesting`:
 * what is suggested for those of today will be asked as well.
 */
export async function readPlan(
  context: PlanContext,
  asked: Asked & { from: LocalDate; to: LocalDate; isSuggesting: boolean },
): Promise<ScheduledSession[] | null> {
  checkStretch(asked);
  const access = await context.access.load({ athleteId: asked.athleteId, teamId: asked.teamId });
  if (asked.isSuggesting && access) readAhead(context, { ...asked, access });
  const sessions = await sessionsSeen(context, { ...asked, access });
  return sessions === null || !mayKnow(access) ? null : sessions.map((stored) => shown(stored, access, asked.teamId));
}

/** Today's sessions in one team's view. */
export async function readToday(context: PlanContext, asked: Asked): Promise<ScheduledSession[] | null> {
  const access = await context.access.load(asked);
  if (!mayKnow(access)) return null;
  const today = localDate(context.now, access.timeZone);
  return await readPlan(context, { ...asked, from: today, to: today, isSuggesting: false });
}

async function sessionsSeen(
  context: PlanContext,
  asked: Asked & { access: Access | undefined; from: LocalDate; to: LocalDate },
): Promise<StoredSession[] | null> {
  const decision = decide({ access: asked.access, signal: 'TRAINING', at: context.now });
  if (!decision.allowed) return null;
  const from = decision.since !== null && decision.since > asked.from ? decision.since : asked.from;
  if (from > asked.to) return [];
  context.reads.note(asked.athleteId, 'TRAINING');
  return await context.planning.plans.load({ athleteId: asked.athleteId, from, to: asked.to });
}

export function shown(
  stored: StoredSession,
  { timeZone }: Pick<Access, 'timeZone'>,
  teamId: string | null,
): ScheduledSession {
  const { intensity, minutes } = stored;
  return {
    ...stored,
    startsAt: startOf(stored, timeZone),
    load: expectedLoad({ intensity, durationMin: minutes }),
    stored,
    teamId,
    timeZone,
  };
}

/** What stands in the plan of the two days before, of what the viewer may see. */
export async function readHighDays(context: PlanContext, asked: Asked & { date: LocalDate }): Promise<number> {
  const day = dayNumber(asked.date);
  const access = await context.access.load({ athleteId: asked.athleteId, teamId: asked.teamId });
  const before = await sessionsSeen(context, { ...asked, access, from: dateOf(day - 2), to: dateOf(day - 1) });
  return highDaysBefore(asked.date, before ?? []);
}

/**
 * The suggestion for a session of today, in the viewer's own view: an athlete's is made of all their signals, a coach's of
 * what is shared. An athlete also sees what they decided; a coach sees what the plan itself tells, never a decision.
 */
export async function readSuggestion(context: PlanContext, session: ScheduledSession): Promise<Suggestion | null> {
  const { stored, teamId } = session;
  const { athleteId, date } = stored;
  const access = await context.access.load({ athleteId, teamId });
  if (!mayKnow(access) || date !== localDate(context.now, access.timeZone)) return null;
  const isOwn = access.relation === 'self';
  // Once there is a decision the rest is not needed; asked after it, the rest would be one more statement for all others.
  const [decided, facts] = await Promise.all([
    isOwn ? standingDecision(context, stored) : null,
    readFacts(context, { access, teamId, date }),
  ]);
  if (decided)
    return presentSuggestion({
      key: decided,
      content: decided.suggestion,
      state: decided.state,
      expiresAt: openUntil(stored, access.timeZone),
    });
  if (facts === null) return null;
  const { row, since, highDays, loadSays } = facts;
  const basedOn = isOwn ? null : stored.chosenFrom;
  const content = suggestionOf({ stored, basedOn, row, since, highDays, loadSays });
  if (content === null) return null;
  const expiresAt = openUntil(stored, access.timeZone);
  const state = basedOn ? stateByPlan(content, stored) : openState(expiresAt, context.now);
  if (state === null) return null;
  const baseVersion = basedOn?.version ?? stored.version;
  const named = { sessionId: stored.id, baseVersion, basis: row.basis, revision: row.revision, highDays, loadSays };
  return presentSuggestion({ key: named, content, state, expiresAt });
}

/** What a suggestion of today is made of beside its session, in this viewer's view; null where no score is shared. */
async function readFacts(
  context: PlanContext,
  asked: { access: Access; teamId: string | null; date: LocalDate },
): Promise<{ row: ViewRow; since: LocalDate | null; highDays: number; loadSays: number } | null> {
  const { access, teamId, date } = asked;
  const { athleteId } = access;
  const key = flagKeyOf(context, access, teamId);
  if (key === null || key.basis === 0) return null;
  const [row, highDays, { open: flags }] = await Promise.all([
    context.views.load({ athleteId, basis: key.basis, date }),
    readHighDays(context, { athleteId, teamId, date }),
    context.flags.load(key),
  ]);
  return { row, since: key.since, highDays, loadSays: loadSaysOf(flags, date) };
}

/**
 * Asks for the flags that suggestions of today rest on, beside the sessions: where the end of the load's history is not
 * enough they take a step more than all else. Nothing is on record before there is a session that tells of them.
 */
function readAhead(
  context: PlanContext,
  { access, teamId, from, to }: { access: Access; teamId: string | null; from: LocalDate; to: LocalDate },
): void {
  const today = localDate(context.now, access.timeZone);
  const key = from <= today && today <= to ? flagKeyAt(context.now, access, teamId) : null;
  if (key === null || key.basis === 0 || key.training === null) return;
  // The loader keeps a failure for whoever asks again, which is each suggestion; without a session it is nobody's.
  context.flags.load(key).catch(() => undefined);
}

/** A view that was never stored (revision 0) is of a day without a score: it suggests nothing. */
export function suggestionOf(parts: {
  stored: StoredSession;
  basedOn: StoredSession['chosenFrom'];
  row: ViewRow;
  since: LocalDate | null;
  highDays: number;
  loadSays: number;
}): ReturnType<typeof suggest> {
  const { stored, basedOn, row, since, highDays, loadSays } = parts;
  if (row.revision === 0) return null;
  const session = basedOn ? { ...stored, intensity: basedOn.intensity, minutes: basedOn.minutes } : stored;
  return suggest(session, { view: row.view, weekScores: row.weekScores, since, highDays, loadSays });
}

/** What the athlete decided about the session as it is now. Any later change, by whomever, ends it. */
async function standingDecision(context: PlanContext, stored: StoredSession): Promise<Decision | null> {
  const all = await context.planning.decisions.load({ athleteId: stored.athleteId, sessionId: stored.id });
  return standingOf(all, stored);
}

export const standingOf = (all: readonly Decision[], { version }: { version: number }): Decision | null =>
  all.find(({ sessionVersion, basis }) => sessionVersion === version && basis === FULL_BASIS) ?? null;

/** The versions of a session, oldest first, as far as the viewer may see its days. */
export async function readHistory(context: PlanContext, session: ScheduledSession): Promise<PlanChange[]> {
  const { athleteId, id } = session.stored;
  const access = await context.access.load({ athleteId, teamId: session.teamId });
  const training = decide({ access, signal: 'TRAINING', at: context.now });
  if (!access || !training.allowed) return [];
  const seesSleep = decide({ access, signal: 'SLEEP', on: session.date, at: context.now }).allowed;
  const all = await context.planning.changes.load({ athleteId, sessionId: id });
  const isOpen = ({ content }: StoredChange): boolean => training.since === null || content.date >= training.since;
  return all.filter(isOpen).map((change) => {
    const before = all.find(({ version }) => version === change.version - 1);
    const isOwn = access.relation === 'self';
    return {
      version: change.version,
      action: isOwn ? change.action : actionToCoach(change),
      by: change.actor,
      date: change.onDay,
      at: isOwn || seesSleep || change.actor === 'COACH' ? change.at : null,
      fields: before && isOpen(before) ? fieldChanges(before.content, change.content) : [],
    };
  });
}

/** To a coach, a change is a change: by whatever way the athlete came to it (readiness.md, section 13). */
const actionToCoach = ({ action }: StoredChange): PlanChange['action'] =>
  action === 'ACCEPTED' || action === 'REVERTED' ? 'CHANGED' : action;
