import type { Sql } from '#platform/database';
import type { Viewer } from '#platform/identity';
import type { Signal } from '#platform/signals';

/** One thing somebody did with an athlete's data. No values, ever: field names and signals only. */
export interface AuditEntry {
  at: Date;
  actorId: string | null;
  actorKind: 'ACCOUNT' | 'TEAM_STREAM' | 'API_KEY' | 'SYSTEM';
  athleteId: string;
  action: 'READ' | 'WATCH' | 'DECRYPT' | 'CONSENT' | 'LINK' | 'UNLINK' | 'WRITE';
  signals: readonly string[];
  purpose: string;
  teamId?: string | null;
  requestId: string | null;
}

/** Appends entries in one statement. Throws when they were not stored: then what they speak of must not happen. */
export async function appendAudit(db: Sql, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await db.query('select audit.append($1::jsonb)', [JSON.stringify(entries)]);
}

/**
 * What one request read of other people. Loaders note; the answer is sent only after `flush` has committed the notes.
 * An athlete's reads of their own data are not noted.
 */
export interface ReadLog {
  note(athleteId: string, signal: Signal): void;
  /** What this request reads for, in place of what its call says. */
  setPurpose(purpose: string): void;
  flush(): Promise<void>;
}

export function createReadLog(options: {
  db: Sql;
  viewer: Viewer;
  requestId: string;
  purpose: string;
  now: Date;
}): ReadLog {
  const { viewer } = options;
  const read = new Map<string, Set<Signal>>();
  let { purpose } = options;
  return {
    note(athleteId, signal) {
      if (viewer.kind === 'account' && viewer.athleteId === athleteId) return;
      const signals = read.get(athleteId) ?? new Set();
      read.set(athleteId, signals.add(signal));
    },
    setPurpose(wanted) {
      purpose = wanted;
    },
    async flush() {
      const entries = [...read].map(([athleteId, signals]): AuditEntry => ({
        at: options.now,
        actorId: viewer.kind === 'account' ? viewer.accountId : null,
        actorKind: viewer.kind === 'account' ? 'ACCOUNT' : 'TEAM_STREAM',
        athleteId,
        action: viewer.kind === 'account' ? 'READ' : 'WATCH',
        signals: [...signals].sort(),
        purpose,
        teamId: viewer.kind === 'team' ? viewer.teamId : null,
        requestId: options.requestId,
      }));
      read.clear();
      await appendAudit(options.db, entries);
    },
  };
}
