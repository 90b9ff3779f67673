import { randomUUID } from 'node:crypto';
import type { Database } from '#platform/database';
import { createMeasuredTeam, type MeasuredTeam } from '../../../tests/support/measured-team.ts';
import { MAX_DELIVERIES, readTrace } from './read.ts';
import { traceSteps } from './steps.ts';

const DAY = '2026-11-12';
const THREE_DAYS_LATER = '2026-11-15T08:00:00Z';
const TIME_ZONE = 'Europe/Helsinki';

let team: MeasuredTeam;
let db: Database;
let athleteId: string;

beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 2, timeZone: TIME_ZONE, since: '2026-11-01' });
  db = await team.database.open('health_data');
  [athleteId = ''] = team.athleteIds;
  await team.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, granted_scopes, state, linked_at, last_delivery_at)
     select gen_random_uuid(), id, 'OURA', id::text, '{}', 'ACTIVE', $1, $2 from connections.athlete`,
    ['2026-10-01T00:00:00Z', THREE_DAYS_LATER],
  );
}, 60_000);
afterEach(() =>
  team.database.query('truncate connections.delivery, health_data.processed_delivery, health_data.dead_letter'),
);
afterAll(() => team?.database.drop());

interface Sent {
  receivedAt: string;
  domain?: string;
  /** Null: not read yet. */
  days?: readonly string[] | null;
  reason?: string;
  athlete?: string;
}

async function send({ receivedAt, domain = 'sleep', days = [], reason, athlete = athleteId }: Sent): Promise<string> {
  const id = randomUUID();
  const { query } = team.database;
  await query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
            source_updated_at, received_at, provenance)
     values ($2::timestamptz::date, $1, 'OURA', $3, $4, '\\x00', '\\x00', gen_random_uuid(), $2, $2, 'signed')`,
    [id, receivedAt, domain, athlete],
  );
  if (domain !== 'notification' && days !== null)
    await query(
      `insert into health_data.processed_delivery (delivery_id, received_on, outcome, processed_at, athlete_id, provider, days,
              rows_by_domain, ignored_by_reason)
       values ($1, $2::timestamptz::date, $3, $2, $4, 'OURA', $5::date[], $6, '{}')`,
      [id, receivedAt, days.length > 0 ? 'stored' : 'nothing_to_store', athlete, `{${days.join()}}`, { sleep: 1 }],
    );
  if (reason !== undefined)
    await query(
      `insert into health_data.dead_letter (id, stage, provider, delivery_id, received_on, reason, detail, created_at, athlete_id)
       values (gen_random_uuid(), 'normalise', 'OURA', $1, $2::timestamptz::date, $3, 'x', $2, $4)`,
      [id, receivedAt, reason, athlete],
    );
  return id;
}

const readDay = () =>
  readTrace(db, { athleteId, date: DAY, timeZone: TIME_ZONE, now: new Date('2026-11-20T10:00:00Z') });
const endings = async (): Promise<string[]> =>
  traceSteps(await readDay()).map(({ stage, outcome }) => `${stage} ${outcome}`);

test('nothing came: that is said of a day that nothing is known of', async () => {
  await send({ receivedAt: THREE_DAYS_LATER, days: ['2026-11-14'] });
  await send({ receivedAt: THREE_DAYS_LATER, days: [DAY], athlete: team.athleteIds[1] ?? '' });
  expect(await endings()).toEqual(['CONNECTION NOTHING_RECEIVED']);
});

test('what spoke of the day is told, however late it came', async () => {
  await send({ receivedAt: '2026-11-19T08:00:00Z', days: [DAY, '2026-11-18'] });
  expect(await endings()).toEqual(['SEEN RECEIVED', 'VERIFIED SIGNED', 'NORMALISED READ', 'NORMALISED SUPERSEDED']);
});

test.each<[string, Omit<Sent, 'receivedAt'>, string]>([
  ['was left out of it', { days: ['2026-11-14'], reason: 'future_dated' }, 'REFUSED REJECTED'],
  ['waits to be read', { days: null }, 'NORMALISED PENDING'],
  ['is still to be fetched', { domain: 'notification' }, 'FETCHED PENDING'],
])('a device that is read out three days later: what %s may be about the day', async (_words, sent, last) => {
  await send({ receivedAt: THREE_DAYS_LATER, ...sent });
  const told = await endings();
  expect([told[0], told.at(-1)]).toEqual(['CONNECTION UNPLACED', last]);
  await team.database.query('update connections.delivery set received_on = $1, received_at = $2', [
    '2026-11-22',
    '2026-11-22T08:00:00Z',
  ]);
  expect(await endings()).toEqual(['CONNECTION NOTHING_RECEIVED']);
});

test('of very many deliveries the newest are told, and that there were more', async () => {
  const more = 3;
  await team.database.query(
    `insert into connections.delivery (received_on, id, provider, domain, athlete_id, body_sealed, body_hash, key_id,
            source_updated_at, received_at, provenance)
     select at::date, gen_random_uuid(), 'OURA', 'heartrate', $1, '\\x00', '\\x00', gen_random_uuid(), at, at, 'signed'
       from generate_series(1, $3::int) n, lateral (select $2::timestamptz + n * interval '1 minute' as at) t`,
    [athleteId, '2026-11-12T06:00:00Z', MAX_DELIVERIES + more],
  );
  const cut = await readDay();
  expect(cut.deliveries).toHaveLength(MAX_DELIVERIES);
  expect(cut.deliveries[0]?.receivedAt).toEqual(new Date(Date.UTC(2026, 10, 12, 6, 1 + more)));
  expect(traceSteps(cut)[0]).toMatchObject({ provider: 'OURA', outcome: 'SHORTENED' });
  await team.database.query('delete from connections.delivery where received_at <= $1', [
    new Date(Date.UTC(2026, 10, 12, 6, more)),
  ]);
  expect((await readDay()).deliveries).toHaveLength(MAX_DELIVERIES);
  expect(await endings()).not.toContain('CONNECTION SHORTENED');
});
