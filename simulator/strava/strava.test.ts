import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ask, form, link, play, start, useWorld } from '../world.test-support.ts';

useWorld();

const CREDENTIALS = { client_id: 'client', client_secret: 'secret' };

const get = (simulator: FastifyInstance, token: string, path: string) =>
  ask(simulator, { url: `/strava/api/v3${path}`, headers: { authorization: `Bearer ${token}` } });

/** A receiver that answers the challenge of its own token and takes what comes. */
async function receiver() {
  const received: { rawBody: string; signature: string }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    if (request.method === 'GET') {
      const isOurs = url.searchParams.get('hub.verify_token') === 'the token';
      response.writeHead(isOurs ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ 'hub.challenge': url.searchParams.get('hub.challenge') }));
      return;
    }
    let rawBody = '';
    request.on('data', (part) => (rawBody += part));
    request.on('end', () => {
      received.push({ rawBody, signature: String(request.headers['x-strava-signature']) });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const subscribe = (simulator: FastifyInstance, url: string, token = 'the token') =>
  ask(simulator, {
    method: 'POST',
    url: '/strava/api/v3/push_subscriptions',
    ...form({ ...CREDENTIALS, callback_url: url, verify_token: token }),
  });

describe('Strava', () => {
  it('names the athlete in the first token answer, and the scopes nowhere in it', async () => {
    const simulator = start();
    const answer = await link(simulator, {}, 'strava');
    expect(answer).toMatchObject({ token_type: 'Bearer', athlete: { id: expect.any(Number) } });
    expect(answer.scope).toBeUndefined();
  });

  it('serves sessions in pages until one is empty, whole ones with energy, and their streams', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, {}, 'strava');
    const first = (await get(simulator, token, '/athlete/activities?per_page=200&page=1')).json();
    expect(first.length).toBeGreaterThan(20);
    expect((await get(simulator, token, '/athlete/activities?per_page=200&page=2')).json()).toEqual([]);
    const [{ id, start_date: utc, start_date_local: local, utc_offset: offsetSec }] = first;
    expect(Date.parse(local) - Date.parse(utc)).toBe(1000 * offsetSec);
    const { calories, distance, splits_metric: kilometres } = (await get(simulator, token, `/activities/${id}`)).json();
    expect(calories).toBeGreaterThan(0);
    const lengths = kilometres.map((kilometre: { distance: number }) => kilometre.distance);
    expect(lengths.reduce((sum: number, metres: number) => sum + metres, 0)).toBeCloseTo(distance, 3);
    const streams = (await get(simulator, token, `/activities/${id}/streams?keys=time,heartrate`)).json();
    expect(Object.keys(streams)).toEqual(['time', 'heartrate']);
    expect(streams.time.data).toHaveLength(streams.heartrate.data.length);
  });

  it('keeps activities from whoever was granted none', async () => {
    const simulator = start();
    const { access_token: token } = await link(simulator, { scope: 'read' }, 'strava');
    const answer = await get(simulator, token, '/athlete/activities');
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ errors: [{ resource: 'AccessToken', code: 'missing' }] });
  });

  it('has one subscription for an application, made after its challenge', async () => {
    const simulator = start();
    const { url, close } = await receiver();
    expect((await subscribe(simulator, url, 'another')).statusCode).toBe(400);
    expect((await subscribe(simulator, url)).statusCode).toBe(201);
    expect((await subscribe(simulator, url)).json()).toMatchObject({ errors: [{ code: 'already exists' }] });
    const list = `/strava/api/v3/push_subscriptions?${new URLSearchParams(CREDENTIALS).toString()}`;
    const [{ id, callback_url: held }] = (await ask(simulator, { url: list })).json();
    expect(held).toBe(url);
    await ask(simulator, { method: 'DELETE', url: list.replace('?', `/${id}?`) });
    expect((await ask(simulator, { url: list })).json()).toEqual([]);
    await close();
  });

  it('tells of sessions, signs, and of access that was taken away', async () => {
    const simulator = start();
    const { url, received, close } = await receiver();
    await subscribe(simulator, url);
    await link(simulator, {}, 'strava');
    await play(simulator, 'week', { provider: 'strava' });
    expect(received.length).toBeGreaterThan(3);
    const { rawBody, signature } = received[0] ?? { rawBody: '', signature: '' };
    const [, time] = /^t=(\d+)/.exec(signature) ?? [];
    expect(signature).toBe(`t=${time},v1=${createHmac('sha256', 'secret').update(`${time}.${rawBody}`).digest('hex')}`);
    await play(simulator, 'fault', { name: 'revoked', provider: 'strava' });
    expect(JSON.parse(received.at(-1)?.rawBody ?? '')).toMatchObject({
      object_type: 'athlete',
      updates: { authorized: 'false' },
    });
    await close();
  });
});
