import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { readConfig } from '#platform/config';
import { createLogger } from '#platform/log';
import { WorkoutSpans1762000000036 } from '../../migrations/0036-workout-spans.ts';
import { opensWorkouts, type Vendor } from '../../subgraphs/connections/providers/provider.ts';
import { createVendors, providersConfig } from '../../subgraphs/connections/providers/registry.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const credentials = ['OURA', 'WHOOP', 'GARMIN', 'STRAVA', 'POLAR', 'GOOGLE_HEALTH'].flatMap((name) =>
  ['CLIENT_ID', 'CLIENT_SECRET', 'PATH_TOKEN', 'VERIFICATION_TOKEN', 'AUTHORIZATION'].map((part) => [
    `${name}_${part}`,
    part === 'CLIENT_ID' ? '123456' : 'test_a_secret_of_32_characters_or_more',
  ]),
);
const vendors = createVendors(
  { ...readConfig(providersConfig, Object.fromEntries(credentials)), SIGNATURE_TOLERANCE_S: 300 },
  { load: () => Promise.reject(new Error('nothing is loaded here')), log },
);
const scopesOf = (vendor: Vendor): string[] => [...new Set(vendor.data.resources.flatMap(({ scopes }) => scopes))];

test('a grant opens the workouts of a provider where it opens its training, and nowhere else', () => {
  expect(vendors.all).toHaveLength(6);
  for (const vendor of vendors.all) {
    for (const scope of scopesOf(vendor)) {
      const opens = opensWorkouts(vendor, [scope]);
      expect([scope, opens]).toEqual([scope, vendor.data.signalsOf([scope]).includes('TRAINING')]);
    }
    expect(opensWorkouts(vendor, scopesOf(vendor))).toBe(true);
    expect(opensWorkouts(vendor, [])).toBe(false);
  }
});

describe('links that were there before', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('begin');
    await new WorkoutSpans1762000000036().down(owner as unknown as QueryRunner);
    await owner.query('commit');
  });
  afterAll(async () => {
    await owner?.end();
    await database?.drop();
  });

  /** A link of June 2026 with a history of ninety days, as they stood. Its athlete. */
  async function linked(part: { provider: string; scopes: readonly string[]; refused?: string[] }): Promise<string> {
    const athleteId = randomUUID();
    await owner.query(
      `with account as (
         insert into connections.account values ($1, $1::uuid::text || '@example.com', 'x', 'Runner', 'ATHLETE', now())
       ), athlete as (
         insert into connections.athlete (id, account_id, display_name, time_zone) values ($1, $1, 'Runner', 'Europe/Helsinki')
       ), link as (
         insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
         values ($1, $1, $2, $1::uuid::text, 'ACTIVE', $3, '2026-06-01T12:00Z')
       )
       insert into connections.sync_job (id, athlete_id, connection_id, provider, kind, state, from_date, to_date, position, created_at, updated_at)
       values ($1::uuid, $1, $1, $2, 'HISTORICAL', 'DONE', '2026-03-03', '2026-06-01', $4, '2026-06-01T12:00Z', '2026-06-01T13:00Z')`,
      [athleteId, part.provider, part.scopes, part.refused ? { refused: part.refused } : {}],
    );
    return athleteId;
  }

  test('keep their rest days where workouts were granted and came, and lose those that nobody saw', async () => {
    const expected = new Map<string, string[]>();
    for (const vendor of vendors.all) {
      const { provider, data } = vendor;
      const first = data.workouts.reachDays === undefined ? '2026-03-03' : '2026-05-04';
      const scopes = scopesOf(vendor);
      const closed = scopes.filter((scope) => !opensWorkouts(vendor, [scope]));
      expected.set(await linked({ provider, scopes: closed }), []);
      for (const scope of scopes.filter((each) => !closed.includes(each)))
        expected.set(await linked({ provider, scopes: [scope] }), [`${provider} 2026-06-01 12:00 ${first}`]);
      expected.set(await linked({ provider, scopes, refused: ['other'] }), [`${provider} 2026-06-01 12:00 ${first}`]);
      const refused = ['other', data.workouts.dataType];
      expected.set(await linked({ provider, scopes, refused }), [`${provider} 2026-06-01 12:00 none`]);
    }
    for (const [provider, type] of [
      ['APPLE_HEALTH', 'HKWorkoutTypeIdentifier'],
      ['HEALTH_CONNECT', 'ExerciseSessionRecord'],
    ] as const) {
      expected.set(await linked({ provider, scopes: [] }), []);
      expected.set(await linked({ provider, scopes: [type] }), [`${provider} 2026-06-01 12:00 none`]);
    }
    await owner.query('begin');
    await new WorkoutSpans1762000000036().up(owner as unknown as QueryRunner);
    await owner.query('commit');
    for (const [athleteId, spans] of expected) {
      const found = await database.query<{ text: string }>(
        `select provider || to_char(since at time zone 'UTC', ' YYYY-MM-DD HH24:MI ') || coalesce(loaded_from::text, 'none') as text
           from connections.source_span_v1 where athlete_id = $1`,
        [athleteId],
      );
      expect(found.map(({ text }) => text)).toEqual(spans);
    }
  });
});
