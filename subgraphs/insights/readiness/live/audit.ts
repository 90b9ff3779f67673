import { appendAudit, type AuditEntry } from '#platform/audit';
import { signalsOf, type Basis, type ScoreSignal } from '#platform/basis';
import type { RequestContext } from '#platform/context';

/**
 * Puts on record who watches whom with which signals: each pair once per stream, before anything of it is shown. Throws
 * when it could not be stored, and then nothing may be shown.
 */
export type WatchAudit = (seen: readonly { athleteId: string; basis: Basis }[], now: Date) => Promise<void>;

/** For a team's stream: what an athlete sees of themselves is nobody else's business and stands in no record. */
export function createWatchAudit({ context, teamId }: { context: RequestContext; teamId: string }): WatchAudit {
  const { viewer } = context;
  const recorded = new Set<string>();
  const actor =
    viewer.kind === 'account'
      ? ({ actorKind: 'ACCOUNT', actorId: viewer.accountId } as const)
      : ({ actorKind: 'TEAM_STREAM', actorId: null } as const);
  return async (seen, now) => {
    const fresh = new Map<string, Set<ScoreSignal>>();
    for (const { athleteId, basis } of seen) {
      for (const signal of signalsOf(basis)) {
        if (recorded.has(`${athleteId} ${signal}`)) continue;
        fresh.set(athleteId, (fresh.get(athleteId) ?? new Set()).add(signal));
      }
    }
    const what = { at: now, ...actor, action: 'WATCH', purpose: 'live', teamId, requestId: context.requestId } as const;
    await appendAudit(
      context.db,
      [...fresh].map(([athleteId, signals]): AuditEntry => ({ ...what, athleteId, signals: [...signals] })),
    );
    for (const [athleteId, signals] of fresh) for (const signal of signals) recorded.add(`${athleteId} ${signal}`);
  };
}
