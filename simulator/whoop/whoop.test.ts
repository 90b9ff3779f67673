import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ask, link, play, read, receive, start, until, useWorld, world } from '../world.test-support.ts';
import type { Json } from '../world.test-support.ts';

useWorld();

const fixture = (name: string): Json => JSON.parse(readFileSync(`../shared/fixtures/whoop/${name}.json`, 'utf8'));

const get = (simulator: ReturnType<typeof start>, token: string, path: string, query: Record<string, string> = {}) =>
  ask(simulator, { url: `/whoop/developer/v2/${path}`, query, headers: { authorization: `Bearer ${token}` } });

/** Names of all fields, nested ones with their path. */
function fieldsOf(record: Json, prefix = ''): string[] {
  return Object.entries(record)
    .flatMap(([name, value]) =>
      typeof value === 'object' && value !== null ? fieldsOf(value, `${prefix}${name}.`) : [`${prefix}${name}`],
    )
    .toSorted();
}

describe('records', () => {
  test('have the fields of the vendor’s own', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, {}, 'whoop');
    const first = async (path: string): Promise<Json> => (await get(simulator, token, path)).json().records[0];
    expect(fieldsOf(await first('activity/sleep'))).toEqual(fieldsOf(fixture('sleep_page1').records[0]));
    expect(fieldsOf(await first('recovery'))).toEqual(fieldsOf(fixture('recovery_page1').records[0]));
    expect(fieldsOf(await first('activity/workout'))).toEqual(
      fieldsOf(fixture('workout_page').records[1]).filter((name) => !name.includes('altitude')),
    );
    expect(fieldsOf((await get(simulator, token, 'user/profile/basic')).json())).toEqual(
      fieldsOf(fixture('account_and_errors').profile['GET /v2/user/profile/basic']),
    );
  });

  test('tell of the same body as another vendor’s', async () => {
    const simulator = start();
    const [whoop, oura] = [await link(simulator, {}, 'whoop'), await link(simulator)];
    const { records } = (await get(simulator, whoop.access_token, 'recovery', { limit: '1' })).json();
    const days = { start_date: '2026-11-18', end_date: '2026-11-20' };
    const { data } = (await read(simulator, oura.access_token, 'sleep', days)).json();
    expect(records[0].score.hrv_rmssd_milli).toBe(data.at(-1).average_hrv);
  });

  test('come newest first, page by page, each once', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, {}, 'whoop');
    const query = { start: '2026-10-01T00:00:00.000Z', end: '2026-11-15T00:00:00.000Z', limit: '25' };
    const records: Json[] = [];
    for (let nextToken: string | undefined = ''; nextToken !== undefined;) {
      const page: Json = (
        await get(simulator, token, 'recovery', { ...query, ...(nextToken && { nextToken }) })
      ).json();
      expect(page.records.length).toBeLessThanOrEqual(25);
      records.push(...page.records);
      nextToken = page.next_token;
    }
    expect(records).toHaveLength(45);
    expect(new Set(records.map(({ sleep_id: id }) => id)).size).toBe(45);
    const sleeps: Json[] = await Promise.all(
      records.map(async ({ sleep_id: id }) => (await get(simulator, token, `activity/sleep/${id}`)).json()),
    );
    const starts = sleeps.map(({ start: at }) => at);
    expect(starts).toEqual(starts.toSorted().toReversed());
    expect(starts.every((at) => at >= query.start && at < query.end)).toBe(true);
    expect((await get(simulator, token, 'recovery', { limit: '26' })).statusCode).toBe(400);
    expect((await get(simulator, token, 'recovery')).json().records).toHaveLength(10);
  });

  test('need their scope', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, { scope: 'read:sleep' }, 'whoop');
    expect((await get(simulator, token, 'activity/sleep')).statusCode).toBe(200);
    for (const path of ['recovery', 'cycle/1/recovery', 'activity/workout', 'user/profile/basic']) {
      expect((await get(simulator, token, path)).statusCode).toBe(403);
    }
  });
});

describe('a played night', () => {
  const playWith = async (statuses: number[] = []) => {
    const { received, url } = await receive({ statuses });
    const simulator = start({ vendors: { whoop: { own: { WEBHOOK_URL: url } } } });
    const { access_token: token } = await link(simulator, {}, 'whoop');
    return { simulator, received, token, events: () => received.map(({ rawBody }) => JSON.parse(rawBody)) };
  };

  test('is told as a sleep and its recovery, signed over milliseconds and the raw body', async () => {
    const { simulator, received, events, token } = await playWith();
    const played = await play(simulator, 'night', { provider: 'whoop' });
    const profile = (await get(simulator, token, 'user/profile/basic')).json();
    expect(events()).toEqual(
      ['sleep.updated', 'recovery.updated'].map((type) => ({
        user_id: profile.user_id,
        id: played.documentId,
        type,
        trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })),
    );
    for (const { rawBody, headers } of received) {
      const timestamp = headers['x-whoop-signature-timestamp'] as string;
      expect(timestamp).toBe(String(world.nowMs));
      expect(headers['x-whoop-signature']).toBe(
        createHmac('sha256', 'secret')
          .update(timestamp + rawBody)
          .digest('base64'),
      );
    }
  });

  test('is reached as the event says: by its sleep, then by the cycle of that', async () => {
    const { simulator, token } = await playWith();
    const { documentId } = await play(simulator, 'night', { provider: 'whoop' });
    const sleep = (await get(simulator, token, `activity/sleep/${documentId}`)).json();
    const recovery = (await get(simulator, token, `cycle/${sleep.cycle_id}/recovery`)).json();
    expect(recovery).toMatchObject({ sleep_id: documentId, cycle_id: sleep.cycle_id, score_state: 'SCORED' });
    expect((await get(simulator, token, 'cycle/1/recovery')).statusCode).toBe(404);
  });

  test('is newer each time it is edited', async () => {
    const { simulator, token } = await playWith();
    const updated = async (): Promise<string> => {
      const { documentId } = await play(simulator, 'night', { provider: 'whoop' });
      return (await get(simulator, token, `activity/sleep/${documentId}`)).json().updated_at;
    };
    const before = await updated();
    world.nowMs += 1;
    expect((await updated()) > before).toBe(true);
  });

  test('goes with its recovery when it is deleted, and both are told', async () => {
    const { simulator, events, token } = await playWith();
    const { documentId } = await play(simulator, 'night', { provider: 'whoop' });
    const sleep = (await get(simulator, token, `activity/sleep/${documentId}`)).json();
    await play(simulator, 'fault', { name: 'deleted', provider: 'whoop' });
    expect(events().slice(2)).toMatchObject([
      { id: documentId, type: 'sleep.deleted' },
      { id: documentId, type: 'recovery.deleted' },
    ]);
    expect((await get(simulator, token, `activity/sleep/${documentId}`)).statusCode).toBe(404);
    expect((await get(simulator, token, `cycle/${sleep.cycle_id}/recovery`)).statusCode).toBe(404);
  });

  test('is sent again until it is taken', async () => {
    const { simulator, received } = await playWith([503]);
    await play(simulator, 'night', { provider: 'whoop' });
    await until(() => received.length === 3);
    expect(new Set(received.map(({ rawBody }) => rawBody)).size).toBe(2);
  });

  test('is not told without an address', async () => {
    const simulator = start();
    await link(simulator, {}, 'whoop');
    expect((await play(simulator, 'night', { provider: 'whoop' })).deliveries).toEqual([]);
  });
});

describe('access', () => {
  test('brings a refresh token with the scope offline only', async () => {
    const simulator = start();
    expect((await link(simulator, {}, 'whoop')).refresh_token).toEqual(expect.any(String));
    expect((await link(simulator, { scope: 'read:sleep' }, 'whoop')).refresh_token).toBeUndefined();
  });

  test('ends when it is given back', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, {}, 'whoop');
    const headers = { authorization: `Bearer ${token}` };
    const url = '/whoop/developer/v2/user/access';
    expect((await ask(simulator, { method: 'DELETE', url, headers })).statusCode).toBe(204);
    expect((await ask(simulator, { method: 'DELETE', url, headers })).statusCode).toBe(401);
  });

  test('is limited over all athletes, in the vendor’s own headers', async () => {
    const simulator = start({ vendors: { whoop: { rateLimit: 2 } } });
    const [one, other] = [await link(simulator, {}, 'whoop'), await link(simulator, { athlete: 'tane' }, 'whoop')];
    const first = await get(simulator, one.access_token, 'recovery');
    expect(first.headers).toMatchObject({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '60' });
    await get(simulator, other.access_token, 'recovery');
    const refused = await get(simulator, one.access_token, 'recovery');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit': '2, 2;window=60, 10000;window=86400',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '60',
    });
    expect(refused.headers).not.toHaveProperty('retry-after');
  });
});
