import { signalsOf, type Basis } from '#platform/basis';
import { createAccessReader, type Access } from '#platform/consent';
import type { Sql } from '#platform/database';
import { createFlagLoader, flagKeyAt, type FlagKey } from '../flags/read.ts';
import { readRecentLoads } from '../training/read-recent-load.ts';
import type { Alert } from './alert.ts';
import { readOwnAlerts } from './own-alerts.ts';
import type { Recipient } from './recipients.ts';

/** What one recipient sees today. `basis` 0: no signal of the score, at most TRAINING. */
export interface Seen {
  basis: Basis;
  alerts: Alert[];
}

/** An alert of one athlete: what concerns a whole team is not read off a view. */
export type OfAthlete = Recipient & { athleteId: string };

const NOTHING: Seen = { basis: 0, alerts: [] };

/**
 * What each of these sees of their athlete now, each in their own view, by decide() through `sightOn`. A fixed number of
 * statements, whatever the number of recipients. A flag that the audience has acknowledged is nothing to tell.
 */
export async function readCurrent(db: Sql, options: { recipients: readonly OfAthlete[]; now: Date }): Promise<Seen[]> {
  const { recipients, now } = options;
  if (recipients.length === 0) return [];
  const accesses = await readAccesses(db, options);
  const keys = recipients.map((recipient, index) => keyOf({ recipient, access: accesses[index], now }));
  const asked = keys.filter((key) => key !== null);
  const loader = createFlagLoader(db, (of) => readRecentLoads(db, of));
  const loaded = await loader.loadMany(asked);
  const flags = new Map(asked.map((key, index) => [key, loaded[index]]));
  const own = await readOwnAlerts(db, {
    athletes: asked.filter(({ teamId }) => teamId === null),
    openFlags: async (key) => (await loader.load(key)).open,
    now,
  });
  return recipients.map((recipient, index): Seen => {
    const key = keys[index];
    const seen = key ? flags.get(key) : undefined;
    if (!key || seen === undefined) return NOTHING;
    if (seen instanceof Error) throw seen;
    const ofFlags = seen.flags
      .filter(({ acknowledgedAt }) => acknowledgedAt === null)
      .map(({ code, openedOn, signals }): Alert => {
        const told = signals.length > 0 ? signals : signalsOf(key.basis);
        return { kind: code, onDay: key.today, openedOn, signals: told, notBefore: null, nudge: null };
      });
    const others = recipient.teamId === null ? (own.get(recipient.athleteId) ?? []) : [];
    return { basis: key.basis, alerts: [...ofFlags, ...others] };
  });
}

async function readAccesses(
  db: Sql,
  { recipients, now }: { recipients: readonly OfAthlete[]; now: Date },
): Promise<(Access | undefined)[]> {
  const ofTeams = recipients.filter(({ teamId }) => teamId !== null);
  const byTeam = await createAccessReader({ db, clock: { now: () => now } }).forTeams({
    teamIds: [...new Set(ofTeams.flatMap(({ teamId }) => teamId ?? []))],
    athleteIds: [...new Set(ofTeams.map(({ athleteId }) => athleteId))],
  });
  return recipients.map(({ teamId, athleteId, quiet }): Access | undefined =>
    teamId === null
      ? { athleteId, timeZone: quiet.timeZone, relation: 'self', grants: [] }
      : byTeam.get(`${teamId}/${athleteId}`),
  );
}

function keyOf(options: { recipient: OfAthlete; access: Access | undefined; now: Date }): FlagKey | null {
  const { recipient, access, now } = options;
  if (!access) return null;
  return flagKeyAt(now, access, recipient.teamId);
}
