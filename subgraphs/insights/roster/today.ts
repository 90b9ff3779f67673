import { readSuggestion, readToday, type PlanContext } from '../plan/read.ts';
import type { ScheduledSession, Suggestion } from '../plan/graph-types.ts';

/** What stands in the plan of a day, in one word each. A planned rest is no session. */
export const PLANNED = ['NOTHING', 'REST', 'SESSION', 'RACE', 'TEST'] as const;
export type Planned = (typeof PLANNED)[number];

/** What a row tells of today's plan, in one team's view. */
export interface RowToday {
  /** Null where TRAINING is not shared with this team. */
  sessions: ScheduledSession[] | null;
  /** The first that is still open, else the first there is, of today's sessions. */
  suggestion: Suggestion | null;
}

export async function readRowToday(
  context: PlanContext,
  asked: { athleteId: string; teamId: string },
): Promise<RowToday> {
  const sessions = await readToday(context, asked);
  const suggestions = await Promise.all((sessions ?? []).map((session) => readSuggestion(context, session)));
  const found = suggestions.filter((suggestion) => suggestion !== null);
  return { sessions, suggestion: found.find(({ state }) => state === 'PENDING') ?? found[0] ?? null };
}

export function plannedOf(sessions: readonly Pick<ScheduledSession, 'intensity' | 'kind'>[]): Planned[] {
  if (sessions.length === 0) return ['NOTHING'];
  return sessions.map(({ intensity, kind }) => (intensity === 'REST' ? 'REST' : kind === 'NORMAL' ? 'SESSION' : kind));
}
