import 'reflect-metadata';
import type { Database } from '#platform/database';
import { createLogger } from '#platform/log';
import { createDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { heardDatabase } from '../../../../tests/support/heard-database.ts';
import { createTeamOf, grant } from '../../ask.test-support.ts';
import { createInsightsContext, type InsightsContext } from '../../context.ts';
import { flagsOf } from '../../flags/read.ts';
import { createViewing } from '../recompute/ensure-views.ts';
import { createLiveReader } from './reader.ts';
import { createLiveStream, type LiveStream } from './stream.ts';
import type { Live } from './live.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const log = createLogger({ name: 'test', level: 'silent' });

let database: TestDatabase;
let db: Database;
let teamId: string;
let athleteId: string;
const readings: string[] = [];

beforeAll(async () => {
  database = await createDatabase();
  const team = await createTeamOf(database, 1);
  ({ teamId } = team);
  [athleteId = ''] = team.athleteIds;
  await grant(database, { athleteIds: team.athleteIds, signal: 'SLEEP', since: '2026-11-01' });
  db = heardDatabase(await database.open('insights'), (sql) => {
    if (sql.includes('connections.consent_v1') && sql.includes('account_id')) readings.push(sql);
  });
});
afterAll(() => database.drop());

async function openStream(): Promise<{ stream: LiveStream; context: InsightsContext }> {
  const clock = { now: () => NOW };
  const viewing = createViewing({ db, clock, announce: () => undefined });
  const viewer = { kind: 'team', teamId } as const;
  const call = { viewer, requestId: 'r', purpose: 'live', opening: 'live-only' } as const;
  const rosterLinks = { key: Buffer.alloc(32), lifetimeMs: 0 };
  const context = createInsightsContext({ db, clock, log, viewing, live: {} as Live, rosterLinks, call });
  const reader = createLiveReader({ db, clock, viewing });
  const onRefused = (): void => undefined;
  const parts = { context, clock, reader, teamId, athleteId: null, since: null, onRefused };
  const stream = createLiveStream(parts);
  expect(await stream.take()).toBeNull();
  return { stream, context };
}

test('an event and all that hangs below its athlete are decided by one reading of consent, the next event by another', async () => {
  const { stream, context } = await openStream();
  const next = async () => {
    readings.length = 0;
    stream.mark({ athleteId, date: null, reasons: 'CONSENT_CHANGED' });
    const event = await stream.take();
    expect(await flagsOf(context, { athleteId, teamId })).toEqual([]);
    const below = await context.access.load({ athleteId, teamId });
    const shared = below?.grants.map(({ signal }) => signal);
    return { basis: event?.changes[0]?.readiness.basis, shared, readings: readings.length };
  };
  expect(await next()).toEqual({ basis: ['SLEEP'], shared: ['SLEEP'], readings: 1 });
  await database.query('update connections.consent set withdrawn_at = now()');
  expect(await next()).toEqual({ basis: [], shared: [], readings: 1 });
});
