import { FULL_BASIS } from '#platform/basis';
import type { Sql } from '#platform/database';
import { AppError } from '#platform/errors';
import { requireAccount, requireAthlete } from '#platform/identity';
import { dateOf, dayNumber, localDate } from '#platform/slots';
import { readTogether } from '#platform/together';
import { flagKeyOf, readFlags, type FlagKey } from '../flags/read.ts';
import { readViews, viewKey } from '../readiness/views/snapshots.ts';
import { readRecentLoads } from '../training/read-recent-load.ts';
import type { ScheduledSession } from './graph-types.ts';
import { shown, standingOf, suggestionOf, type PlanContext } from './read.ts';
import { openUntil } from './session.ts';
import {
  findSession,
  readChanges,
  readDecisions,
  readPlans,
  writeDecision,
  writeVersion,
  type Act,
  type Decision,
  type StoredSession,
} from './store.ts';
import {
  highDaysBefore,
  loadSaysOf,
  suggestionKeyOf,
  type SuggestionContent,
  type SuggestionKey,
} from './suggestion.ts';
import { chosenFromOf, noSuchSession } from './write.ts';

/** One suggestion in the hands of its athlete, the session under a lock until the transaction ends. */
interface Case {
  tx: Sql;
  key: SuggestionKey;
  session: StoredSession;
  decided: Decision | null;
  act: Act;
  /** What the athlete sees today: all of it. */
  sight: FlagKey;
  /** The start of the session, or the end of its day. */
  expiresAt: Date;
}

/**
 * Puts a suggestion into the plan, if it is still the newest one for the session as it stands. Accepting it again
 * changes nothing. @throws AppError CONFLICT that says what changed; NOT_FOUND for whatever is not the athlete's own.
 */
export function acceptSuggestion(context: PlanContext, id: string): Promise<ScheduledSession> {
  return decideOn(context, id, async (parts) => {
    const { tx, key, session, decided, act } = parts;
    if (decided?.state === 'ACCEPTED') return;
    if (decided && decided.sessionVersion > key.baseVersion)
      throw new AppError(
        'CONFLICT',
        'This suggestion was taken back, and the plan is as it was. Change the session by hand instead.',
      );
    const suggestion = await openSuggestion(parts);
    if (suggestion.isAdviceOnly)
      throw new AppError(
        'CONFLICT',
        'This session is a race or a test, or the coach locked it. The suggestion is to be read only.',
      );
    await changeLoad(parts, suggestion.to, 'ACCEPTED');
    await writeDecision(tx, {
      ...decisionOf(parts, suggestion),
      state: 'ACCEPTED',
      sessionVersion: session.version + 1,
      acceptedAt: act.at,
      revertedAt: null,
    });
  });
}

/**
 * The plan stands: what was accepted is taken back until the session begins, and what is still open is laid aside.
 * Doing it again changes nothing. Throws as accepting does.
 */
export function revertSuggestion(context: PlanContext, id: string): Promise<ScheduledSession> {
  return decideOn(context, id, async (parts) => {
    const { tx, key, session, decided, act } = parts;
    if (decided?.state === 'REVERTED') return;
    if (!decided) {
      const suggestion = await openSuggestion(parts);
      const kept = {
        state: 'REVERTED' as const,
        sessionVersion: session.version,
        acceptedAt: null,
        revertedAt: act.at,
      };
      await writeDecision(tx, { ...decisionOf(parts, suggestion), ...kept });
      return;
    }
    if (session.version !== decided.sessionVersion)
      throw new AppError(
        'CONFLICT',
        `The session was changed since: it is at version ${session.version}. Change it by hand instead.`,
      );
    refuseLate(parts);
    const base = await contentAt(tx, key, session);
    await changeLoad(parts, base, 'REVERTED');
    await writeDecision(tx, { ...decided, state: 'REVERTED', sessionVersion: session.version + 1, revertedAt: act.at });
  });
}

async function decideOn(
  context: PlanContext,
  id: string,
  work: (parts: Case) => Promise<void>,
): Promise<ScheduledSession> {
  const athleteId = requireAthlete(context.viewer);
  const { accountId } = requireAccount(context.viewer);
  const key = suggestionKeyOf(id);
  const access = await context.access.load({ athleteId, teamId: null });
  if (key === null || key.basis !== FULL_BASIS || access?.relation !== 'self') throw noSuchSuggestion();
  const sight = flagKeyOf(context, access, null);
  if (sight === null) throw noSuchSuggestion();
  const stored = await context.db.transaction(async (tx) => {
    const session = await ownSession(tx, { key, athleteId });
    const [decisions = []] = await readDecisions(tx, [{ athleteId, sessionId: key.sessionId }]);
    const act: Act = {
      actor: 'ATHLETE',
      accountId,
      at: context.now,
      onDay: localDate(context.now, access.timeZone),
    };
    const decided = decisions.find((each) => isOf(each, key)) ?? null;
    const standing = standingOf(decisions, session);
    if (standing && standing !== decided)
      throw new AppError(
        'CONFLICT',
        'Another suggestion for this session was decided on already. Load the plan again.',
      );
    await work({ tx, key, session, decided, act, sight, expiresAt: openUntil(session, access.timeZone) });
    return await ownSession(tx, { key, athleteId });
  });
  return shown(stored, access, null);
}

const isOf = (decision: Decision, key: SuggestionKey): boolean =>
  decision.baseVersion === key.baseVersion && decision.basis === key.basis && decision.revision === key.revision;

async function ownSession(tx: Sql, parts: { key: SuggestionKey; athleteId: string }): Promise<StoredSession> {
  const session = await findSession(tx, { id: parts.key.sessionId, lock: true });
  if (!session || session.athleteId !== parts.athleteId) throw noSuchSuggestion();
  if (session.isRemoved) throw noSuchSession();
  return session;
}

/** The suggestion that the id names, if it is what would be suggested at this moment. */
async function openSuggestion(parts: Case): Promise<SuggestionContent> {
  const { tx, key, session, act } = parts;
  if (session.version !== key.baseVersion)
    throw new AppError(
      'CONFLICT',
      `The session was changed since this was suggested: it is at version ${session.version}, and the suggestion is for version ${key.baseVersion}. Load the plan again.`,
    );
  refuseLate(parts);
  if (session.date !== act.onDay)
    throw new AppError('CONFLICT', 'The session is not one of today any more. Load the plan again.');
  const { athleteId, date } = session;
  const day = dayNumber(date);
  const views = await readViews(tx, [{ athleteId, basis: key.basis, date }]);
  const row = views.get(viewKey({ athleteId, basis: key.basis, date }));
  const [before = []] = await readPlans(tx, [{ athleteId, from: dateOf(day - 2), to: dateOf(day - 1) }]);
  if (row?.revision !== key.revision)
    throw new AppError('CONFLICT', 'Readiness was computed anew since this was suggested. Look at the new suggestion.');
  if (highDaysBefore(date, before) !== key.highDays)
    throw new AppError(
      'CONFLICT',
      'The plan of the days before was changed since this was suggested. Look at the new suggestion.',
    );
  const together = readTogether(tx);
  const [seen] = await readFlags(together, [parts.sight], (keys) => readRecentLoads(together, keys));
  if (loadSaysOf(seen?.open ?? [], date) !== key.loadSays)
    throw new AppError(
      'CONFLICT',
      'What is known of the training before was changed since this was suggested. Look at the new suggestion.',
    );
  const { highDays, loadSays } = key;
  const suggestion = suggestionOf({ stored: session, basedOn: null, row, since: null, highDays, loadSays });
  if (suggestion === null) throw noSuchSuggestion();
  return suggestion;
}

function refuseLate({ expiresAt, act }: Case): void {
  if (act.at >= expiresAt)
    throw new AppError(
      'CONFLICT',
      'The session has begun, so its suggestion is over. Change the session by hand instead.',
    );
}

async function changeLoad(
  parts: Case,
  { intensity, minutes }: Pick<StoredSession, 'intensity' | 'minutes'>,
  action: 'ACCEPTED' | 'REVERTED',
): Promise<void> {
  const { tx, session: before, act } = parts;
  const session = { ...before, intensity, minutes };
  const chosenFrom = chosenFromOf({ session, before, act });
  const isWritten = await writeVersion(tx, { session, version: before.version, chosenFrom, action, act });
  // Under the lock nobody else can have written it.
  if (!isWritten) throw new Error('a locked session was changed by somebody else');
}

/** What the session was at the version that the suggestion was made for. */
async function contentAt(
  tx: Sql,
  key: SuggestionKey,
  { athleteId }: StoredSession,
): Promise<Pick<StoredSession, 'intensity' | 'minutes'>> {
  const [changes = []] = await readChanges(tx, [{ athleteId, sessionId: key.sessionId }]);
  const base = changes.find(({ version }) => version === key.baseVersion);
  if (!base) throw new Error('the version that a suggestion was made for is not in the history');
  return base.content;
}

const decisionOf = (
  { key, session }: Case,
  suggestion: SuggestionContent,
): Omit<Decision, 'state' | 'sessionVersion' | 'acceptedAt' | 'revertedAt'> => ({
  ...key,
  athleteId: session.athleteId,
  date: session.date,
  suggestion,
});

const noSuchSuggestion = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such suggestion for a session of yours. Load the plan again.');
