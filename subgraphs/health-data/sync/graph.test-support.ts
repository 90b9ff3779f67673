import type { Database } from '#platform/database';
import { ask, type Account } from '../entries/entries.test-support.ts';
import type { AllChanges, Changes, Server } from './device.test-support.ts';

const FIELDS: Record<string, string> = {
  checkIns: 'id soreness stress mood feel',
  workoutRatings: 'id rpe',
  manualWorkouts: 'id sport startedAt durationMin distanceM avgHr',
  manualNights: 'id bedtimeStart bedtimeEnd asleepMin',
  manualRestingHeartRates: 'id bpm',
};
export const TABLES = Object.keys(FIELDS);
const CHANGES = TABLES.map(
  (table) => `${table} { created { ${FIELDS[table]} } updated { ${FIELDS[table]} } deleted }`,
).join(' ');
const PULL = `query ($since: DateTime) { changesSince(timestamp: $since) { timestamp changes { ${CHANGES} } } }`;
const PUSH = `mutation ($input: PushChangesInput!) { pushChanges(input: $input) { conflicts { ${CHANGES} } refused { table id code message } } }`;

interface Pushed {
  conflicts: AllChanges;
  refused: { table: string; id: string; code: string; message: string }[];
}

/** Over the wire everything is text. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? {})) as T;

export async function pullOnce({ db, as, since }: { db: Database; as: Account; since: string | null }) {
  const { data, errors } = await ask<{ changesSince: { changes: AllChanges; timestamp: string } }>({
    db,
    viewer: as,
    source: PULL,
    variables: { since },
  });
  return { ...wire(data?.changesSince), errors };
}

export async function pushOnce(options: {
  db: Database;
  as: Account;
  changes: Record<string, Partial<Changes>>;
  lastPulledAt: string | null;
}) {
  const { db, as, changes, lastPulledAt } = options;
  const variables = { input: { changes, lastPulledAt } };
  const { data, errors, touched } = await ask<{ pushChanges: Pushed }>({ db, viewer: as, source: PUSH, variables });
  return { ...wire(data?.pushChanges), errors, touched };
}

/** The server as the devices of this athlete meet it. */
export const serverFor = (db: Database, as: Account): Server => ({
  async pull(since) {
    const { errors, ...answer } = await pullOnce({ db, as, since });
    expect(errors).toEqual([]);
    return answer;
  },
  async push(changes, lastPulledAt) {
    const { errors, ...answer } = await pushOnce({ db, as, changes, lastPulledAt });
    expect(errors).toEqual([]);
    return answer;
  },
});
