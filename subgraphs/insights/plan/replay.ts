import { FULL_BASIS } from '#platform/basis';
import type { Access } from '#platform/consent';
import type { LocalDate } from '#platform/signals';
import { localDate } from '#platform/slots';
import { flagKeyOf } from '../flags/read.ts';
import type { ViewRow } from '../readiness/views/snapshots.ts';
import type { Suggestion } from './graph-types.ts';
import { presentSuggestion } from './present.ts';
import { readHighDays, suggestionOf, type PlanContext } from './read.ts';
import { openUntil } from './session.ts';
import { findSession, type StoredSession } from './store.ts';
import { loadSaysOf, openState, suggestionKeyOf, type SuggestionKey, type SuggestionState } from './suggestion.ts';

/**
 * A suggestion the athlete once got, made again from the version and the revision that its id names, and what became of
 * it. Null for what was never one of theirs, and for one whose data is erased.
 */
export async function readOldSuggestion(context: PlanContext, id: string): Promise<Suggestion | null> {
  const key = suggestionKeyOf(id);
  const stored = key && (await findSession(context.db, { id: key.sessionId }));
  if (!key || !stored || key.basis !== FULL_BASIS) return null;
  const { athleteId } = stored;
  const access = await context.access.load({ athleteId, teamId: null });
  if (access?.relation !== 'self') return null;
  const { timeZone } = access;
  const changes = await context.planning.changes.load({ athleteId, sessionId: key.sessionId });
  const content = changes.find(({ version }) => version === key.baseVersion)?.content;
  if (!content) return null;
  const base = { ...stored, ...content };
  const expiresAt = openUntil(base, timeZone);
  const decisions = await context.planning.decisions.load({ athleteId, sessionId: key.sessionId });
  const decided = decisions.find(
    (each) => each.baseVersion === key.baseVersion && each.basis === key.basis && each.revision === key.revision,
  );
  if (decided) return presentSuggestion({ key: decided, content: decided.suggestion, state: decided.state, expiresAt });
  const row = await revisionOf(context, { athleteId, date: base.date, key });
  const { highDays, loadSays } = key;
  const suggested = row && suggestionOf({ stored: base, basedOn: null, row, since: null, highDays, loadSays });
  if (!suggested) return null;
  const state = await stateOf(context, { key, stored, expiresAt, access });
  return presentSuggestion({ key, content: suggested, state, expiresAt });
}

/** What could no longer be accepted when the session began has expired; what was replaced before is superseded. */
async function stateOf(
  context: PlanContext,
  parts: { key: SuggestionKey; stored: StoredSession; expiresAt: Date; access: Access },
): Promise<SuggestionState> {
  const { key, stored, expiresAt, access } = parts;
  const { athleteId, date } = stored;
  const state = openState(expiresAt, context.now);
  if (state === 'EXPIRED' || stored.isRemoved || stored.version !== key.baseVersion) {
    return state === 'EXPIRED' ? state : 'SUPERSEDED';
  }
  if (date !== localDate(context.now, access.timeZone)) return 'SUPERSEDED';
  const newest = await context.views.load({ athleteId, basis: key.basis, date });
  const highDays = await readHighDays(context, { athleteId, teamId: null, date });
  const sight = flagKeyOf(context, access, null);
  const loadSays = sight === null ? 0 : loadSaysOf((await context.flags.load(sight)).open, date);
  const isNewest = newest.revision === key.revision && highDays === key.highDays && loadSays === key.loadSays;
  return isNewest ? state : 'SUPERSEDED';
}

async function revisionOf(
  context: PlanContext,
  parts: { athleteId: string; date: LocalDate; key: SuggestionKey },
): Promise<ViewRow | null> {
  const { athleteId, date, key } = parts;
  const [row] = await context.db.query<Pick<ViewRow, 'view' | 'weekScores' | 'reason' | 'computedAt'>[]>(
    `select payload as view, week_scores as "weekScores", reason, computed_at as "computedAt"
       from insights.readiness_revision where athlete_id = $1 and date = $2 and basis = $3 and revision = $4`,
    [athleteId, date, key.basis, key.revision],
  );
  return row ? { ...row, athleteId, date, basis: key.basis, revision: key.revision } : null;
}
