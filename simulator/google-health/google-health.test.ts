import type { FastifyInstance } from 'fastify';
import { ask, link, play, start, useWorld } from '../world.test-support.ts';

useWorld();

const OFFLINE = { access_type: 'offline' };

const get = (simulator: FastifyInstance, token: string, path: string, query: Record<string, string> = {}) =>
  ask(simulator, { url: `/google-health/v4/users/me${path}`, query, headers: { authorization: `Bearer ${token}` } });

describe('Google Health', () => {
  it('gives a refresh token to those who ask for offline access, and keeps it', async () => {
    const simulator = start();
    expect((await link(simulator, {}, 'google-health')).refresh_token).toBeUndefined();
    expect((await link(simulator, OFFLINE, 'google-health')).refresh_token).toMatch(/^GH_RT_/);
  });

  it('finds points by the field of their kind, page by page, and leaves out an empty list', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, OFFLINE, 'google-health');
    const within = (field: string, from: string, before: string) => `${field} >= "${from}" AND ${field} < "${before}"`;
    const nights = await get(simulator, token, '/dataTypes/sleep/dataPoints', {
      filter: within('sleep.interval.civil_end_time', '2026-10-01', '2026-11-20'),
      pageSize: '100',
    });
    expect(nights.json().dataPoints).toHaveLength(25);
    const rest = await get(simulator, token, '/dataTypes/sleep/dataPoints', {
      filter: within('sleep.interval.civil_end_time', '2026-10-01', '2026-11-20'),
      pageToken: nights.json().nextPageToken,
    });
    const names = [...nights.json().dataPoints, ...rest.json().dataPoints].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const nothing = await get(simulator, token, '/dataTypes/sleep/dataPoints', {
      filter: within('sleep.interval.end_time', '2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z'),
    });
    expect(nothing.json()).toEqual({});
    const wrong = await get(simulator, token, '/dataTypes/sleep/dataPoints', { filter: 'steps.count > 5' });
    expect(wrong.statusCode).toBe(400);
  });

  it('keeps a data type from whoever was not granted its scope', async () => {
    const simulator = start();
    const scope = 'https://www.googleapis.com/auth/googlehealth.sleep.readonly';
    const { access_token: token } = await link(simulator, { scope }, 'google-health');
    const filter = 'heart_rate.sample_time.physical_time >= "a" AND heart_rate.sample_time.physical_time < "b"';
    expect((await get(simulator, token, '/dataTypes/heart-rate/dataPoints', { filter })).statusCode).toBe(403);
  });

  it('signs with a key of its own, which outlives a restart', async () => {
    const keySet = (simulator: FastifyInstance) =>
      ask(simulator, { url: '/google-health/webhooks/webhooks_public_keyset.json' });
    const first = start();
    const before = (await keySet(first)).json();
    expect(before.key).toMatchObject([{ status: 'ENABLED', outputPrefixType: 'TINK', keyId: before.primaryKeyId }]);
    await first.close();
    expect((await keySet(start())).json()).toEqual(before);
  });

  it('tells of a night by types and times, with nothing of what was measured', async () => {
    const simulator = start({ vendors: { 'google-health': { own: { WEBHOOK_URL: 'http://127.0.0.1:1/nobody' } } } });
    await link(simulator, OFFLINE, 'google-health');
    const { deliveries } = await play(simulator, 'night', { provider: 'google-health' });
    const types = deliveries.map(({ dataType }: { dataType: string }) => dataType);
    expect(types).toEqual(expect.arrayContaining(['sleep', 'daily-heart-rate-variability', 'steps']));
    // Nobody listens there.
    expect(new Set(deliveries.map(({ status }: { status: number }) => status))).toEqual(new Set([0]));
  });
});
