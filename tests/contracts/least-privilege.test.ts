import pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

async function refusal(role: 'connections' | 'health_data' | 'insights', sql: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: database.urlOf(role) });
  await client.connect();
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

describe('least privilege in the database', () => {
  it.each([
    ['insights', 'select * from connections.consent_v1'],
    ['insights', 'select * from health_data.night_v1'],
    ['health_data', 'select * from connections.delivery_v1'],
    ['health_data', 'select * from connections.payload_key_v1'],
    ['connections', 'select * from connections.sealed_token'],
  ] as const)('%s may %s', async (role, sql) => {
    expect(await refusal(role, sql)).toBeNull();
  });

  it.each([
    ['insights', 'select * from connections.delivery_v1'],
    ['insights', 'select * from connections.sealed_token'],
    ['insights', 'select * from connections.account'],
    ['insights', 'select * from health_data.sleep_night'],
    ['insights', "insert into health_data.touched_day values (gen_random_uuid(), '2026-01-01', 'HRV', 1, now())"],
    ['health_data', 'select * from connections.sealed_token'],
    ['health_data', 'select * from connections.data_key'],
    ['health_data', 'select * from insights.readiness_day'],
    ['health_data', 'update connections.consent set withdrawn_at = null'],
    ['connections', 'select * from health_data.sleep_night'],
    ['connections', 'select * from insights.readiness_day'],
    ['connections', 'select * from audit.entry'],
    ['connections', 'delete from audit.entry'],
    ['connections', 'drop table connections.delivery'],
    ['connections', 'create table connections.mine (x int)'],
  ] as const)('%s may not %s', async (role, sql) => {
    expect(await refusal(role, sql)).toBe(INSUFFICIENT_PRIVILEGE);
  });

  it('whoever may write the audit may not read it, but for one athlete through its function', async () => {
    const entry = JSON.stringify([
      {
        at: '2026-11-20T10:00:00Z',
        actorId: null,
        actorKind: 'SYSTEM',
        athleteId: '0193a000-0000-7000-8000-000000000001',
        action: 'READ',
        signals: ['HRV'],
        purpose: 'query',
        teamId: null,
        requestId: 'r1',
      },
    ]);
    expect(await refusal('insights', `select audit.append('${entry}')`)).toBeNull();
    expect(
      await refusal('insights', "select * from audit.of_athlete('0193a000-0000-7000-8000-000000000001', null, 10)"),
    ).toBe(INSUFFICIENT_PRIVILEGE);
    expect(
      await refusal('connections', "select * from audit.of_athlete('0193a000-0000-7000-8000-000000000001', null, 10)"),
    ).toBeNull();
    expect(await database.query('select * from audit.entry')).toHaveLength(1);
  });
});
