import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { createSquad } from '../athletes/squad.ts';
import { addForms } from '../server.ts';
import { openStore } from '../state.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { defineVendor } from './definition.ts';
import { startVendor } from './start.ts';
import type { OauthOptions } from './tables.ts';

/** A vendor that is all that Oura is not: what others need of the shared parts, before any of them speaks. */
function acme({ url, oauth = {} }: { url: string; oauth?: Partial<OauthOptions> }) {
  return defineVendor({
    slug: 'acme',
    name: 'Acme',
    variables: {},
    oauth: {
      authorizePath: '/confirm',
      tokenPath: '/token',
      scopes: { SLEEP: 'Nights', SPORT: 'Training' },
      scopeSeparator: ',',
      scopesChosenBy: 'page',
      pkce: 'optional',
      clientAuthentication: 'basic',
      refreshTokens: 'stay',
      accessTokenSec: 600,
      refreshTokenSec: 3600,
      tokenPrefix: 'ACME',
      tellsScopeOnRedirect: false,
      answerExtras: ({ userId, isRefresh }) => ({ x_user: userId, scope: isRefresh ? undefined : 'told' }),
      ...oauth,
    },
    delivery: {
      sign: ({ isForged }) => ({ 'x-acme': isForged ? 'forged' : 'genuine' }),
      isTaken: (status) => status === 204,
      answerWithinMs: 2000,
      retryAfterSec: [1],
    },
    api: {
      windows: [
        { requests: 100, sec: 60 },
        { requests: 3, sec: 86_400 },
      ],
      limitedPer: 'application',
      usageHeaders: ({ windows }) => ({ 'x-usage': windows.map(({ used }) => used).join(',') }),
      rateLimited: ({ endsAtMs, nowMs }) => ({ headers: { 'x-wait': String((endsAtMs - nowMs) / 1000) }, body: {} }),
      unauthorized: (reply) => reply.code(401).send({}),
      unavailable: (reply) => reply.code(500).send({}),
    },
    create: ({ guard, courier }) => {
      const send = (eventType: string) =>
        courier.send({ to: { url }, eventType, dataType: 'sleep', rawBody: '{}', headers: { 'x-event': eventType } });
      return {
        addRoutes: (app) => {
          void app.register(async (scope) => {
            const callerOf = guard(scope);
            scope.get('/me', (request) => ({ me: callerOf(request).athlete.key, scopes: callerOf(request).scopes }));
          });
        },
        userIdOf: ({ key }) => `acme ${key}`,
        documentIdOf: ({ date }) => date,
        tell: () => send('night'),
        tellDeleted: () => send('deleted'),
        tellUnknownUser: () => send('unknown'),
        tellRevoked: () => send('revoked'),
      };
    },
  });
}

const REDIRECT = 'http://127.0.0.1:4001/callback';
const BASIC = `Basic ${Buffer.from('client:secret').toString('base64')}`;
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A vendor that answers, a receiver that keeps the headers of what it was sent, and a clock. */
async function open({ statuses = [], oauth = {} }: { statuses?: number[]; oauth?: Partial<OauthOptions> } = {}) {
  const received: IncomingHttpHeaders[] = [];
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      received.push(request.headers);
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });
  const clock = { nowMs: Date.parse('2026-11-20T09:00:00Z') };
  const now = () => clock.nowMs;
  const store = openStore({ folder: null, nowMs: clock.nowMs });
  const squad = createSquad({ seed: 1, store, now });
  const app = fastify();
  addForms(app);
  const vendor = startVendor(app, {
    definition: acme({ url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, oauth }),
    seed: 1,
    settings: {
      clientId: 'client',
      clientSecret: 'secret',
      redirectUris: [REDIRECT],
      accessTokenSec: 600,
      rateLimit: 100,
      own: {},
    },
    store,
    squad,
    log: createDeliveryLog(),
    now,
    retryAfterMs: () => 5,
  });
  closing.push(async () => {
    vendor.stop();
    await app.close();
  });
  const post = (path: string, fields: Record<string, string>, authorization = BASIC) =>
    app.inject({
      method: 'POST',
      url: `/acme${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
      payload: new URLSearchParams(fields).toString(),
    });
  const approve = async (fields: Record<string, string> = {}) => {
    const asked = { response_type: 'code', client_id: 'client', redirect_uri: REDIRECT, athlete: 'aino' };
    const answer = await post('/confirm', { ...asked, decision: 'approve', ...fields });
    return new URL(String(answer.headers.location)).searchParams;
  };
  const redeem = async (fields: Record<string, string> = {}) => {
    const code = (await approve(fields)).get('code') ?? '';
    return (await post('/token', { grant_type: 'authorization_code', code, redirect_uri: REDIRECT })).json();
  };
  const refresh = (token: string) => post('/token', { grant_type: 'refresh_token', refresh_token: token });
  const me = (token: string) => app.inject({ url: '/acme/me', headers: { authorization: `Bearer ${token}` } });
  const [aino] = squad.athletes();
  if (!aino) throw new Error('There is no athlete at all: the stories are gone.');
  return { app, vendor, clock, received, post, approve, redeem, refresh, me, aino, squad };
}

describe('consent and tokens', () => {
  test('without a scope in the call mean all the vendor has, unless the page was shown and all were unticked', async () => {
    const { redeem, me, approve } = await open();
    expect((await me((await redeem()).access_token)).json()).toEqual({ me: 'aino', scopes: ['SLEEP', 'SPORT'] });
    const none = await redeem({ scopes_shown: '1' });
    expect((await me(none.access_token)).json().scopes).toEqual([]);
    const one = await redeem({ scope: 'SPORT' });
    expect((await me(one.access_token)).json().scopes).toEqual(['SPORT']);
    expect((await approve()).has('scope')).toBe(false);
    expect((await approve({ scope: 'SLEEP,DREAMS' })).get('error')).toBe('invalid_scope');
  });

  test('offer every scope of the vendor on a page that chooses them', async () => {
    const { app } = await open();
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: REDIRECT,
      prompt: 'x',
    });
    const { body } = await app.inject({ url: `/acme/confirm?${query}` });
    expect(body.match(/type="checkbox" name="scope"/g)).toHaveLength(2);
    expect(body).toContain('action="/acme/confirm"');
    expect(body).toContain('name="prompt" value="x"');
  });

  test('take the client’s secret only where the vendor looks for it, and add what the vendor adds', async () => {
    const { post, redeem, approve } = await open();
    expect(await redeem()).toMatchObject({ x_user: 'acme aino', scope: 'told', expires_in: 600 });
    const form = {
      grant_type: 'authorization_code',
      code: (await approve()).get('code') ?? '',
      redirect_uri: REDIRECT,
      client_id: 'client',
      client_secret: 'secret',
    };
    expect((await post('/token', form, '')).statusCode).toBe(401);
  });

  test('keep a refresh token that stays, until it ends', async () => {
    const { redeem, refresh, clock, me } = await open();
    const { refresh_token: token } = await redeem();
    for (let turn = 0; turn < 2; turn++) {
      const answer = (await refresh(token)).json();
      expect(answer).not.toHaveProperty('refresh_token');
      expect(answer).not.toHaveProperty('scope');
      expect((await me(answer.access_token)).statusCode).toBe(200);
    }
    clock.nowMs += 3_600_000;
    expect((await refresh(token)).statusCode).toBe(400);
  });

  test('know vendors without refresh tokens, and those where it must be asked for', async () => {
    const none = await open({ oauth: { refreshTokens: 'none' } });
    expect(await none.redeem()).not.toHaveProperty('refresh_token');
    expect(none.vendor.grants.isLinked('aino')).toBe(true);
    const asked = await open({ oauth: { isRefreshable: ({ query }) => query.get('access_type') === 'offline' } });
    expect(await asked.redeem()).not.toHaveProperty('refresh_token');
    expect(await asked.redeem({ access_type: 'offline' })).toHaveProperty('refresh_token');
  });

  test('require a proof key where the vendor does, and refuse in its words', async () => {
    const { approve, refresh } = await open({
      oauth: { pkce: 'required', refusal: (error) => ({ status: 422, body: { acme: error } }) },
    });
    expect((await approve()).get('error')).toBe('invalid_request');
    const plain = { code_challenge: 'x', code_challenge_method: 'plain' };
    expect((await approve(plain)).get('error')).toBe('invalid_request');
    expect((await approve({ ...plain, code_challenge_method: 'S256' })).has('code')).toBe(true);
    const refused = await refresh('unknown');
    expect([refused.statusCode, refused.json()]).toEqual([422, { acme: 'invalid_grant' }]);
  });
});

describe('the guard', () => {
  test('counts in every window, for all tokens together where the vendor does', async () => {
    const { redeem, me, clock } = await open();
    const tokens = [await redeem(), await redeem({ athlete: 'luca' })];
    const ask = (index: number) => me(tokens[index].access_token);
    expect((await ask(0)).headers['x-usage']).toBe('1,1');
    expect((await ask(1)).headers['x-usage']).toBe('2,2');
    clock.nowMs += 60_000;
    expect((await ask(0)).headers['x-usage']).toBe('1,3');
    const refused = await ask(1);
    expect([refused.statusCode, refused.headers['x-wait']]).toEqual([429, String(86_400 - 60)]);
  });

  test('passes an ordered 429 on in the vendor’s way, once', async () => {
    const { redeem, me, vendor } = await open();
    const { access_token: token } = await redeem();
    vendor.faults.plan('rate-limit', 1);
    const refused = await me(token);
    expect([refused.statusCode, refused.headers['x-wait']]).toEqual([429, '2']);
    expect((await me(token)).statusCode).toBe(200);
  });
});

describe('deliveries', () => {
  test('go to the configured address with the vendor’s headers, until answered as it wants', async () => {
    const { redeem, vendor, received, aino } = await open({ statuses: [200] });
    await redeem();
    vendor.faults.plan('bad-signature', 1);
    const attempts = await vendor.tell(aino, []);
    expect(attempts).toMatchObject([{ eventType: 'night', dataType: 'sleep', status: 200 }]);
    for (const endsAt = Date.now() + 5000; received.length < 2 && Date.now() < endsAt;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(received.map((headers) => [headers['x-event'], headers['x-acme']])).toEqual([
      ['night', 'forged'],
      ['night', 'genuine'],
    ]);
  });

  test('tell of a revocation and a deleted night only for who was linked', async () => {
    const { redeem, vendor, received, aino, squad } = await open();
    expect(await vendor.revokeAthlete(aino)).toEqual([]);
    await redeem();
    await vendor.deleteNight(aino, squad.dayAt(aino, 0));
    expect(vendor.deletedNights.has(aino, 0)).toBe(true);
    await vendor.revokeAthlete(aino);
    expect(await vendor.tell(aino, [])).toEqual([]);
    expect(received.map((headers) => headers['x-event'])).toEqual(['deleted', 'revoked']);
    expect(vendor.grants.isLinked('aino')).toBe(false);
  });

  test('that are late wait half a minute; held-back ones go after the next, the last of them first', async () => {
    const { redeem, vendor, aino } = await open();
    await redeem();
    vendor.faults.plan('late', 1);
    expect(await vendor.tell(aino, [])).toEqual([]);
    vendor.faults.plan('reordered', 2);
    expect(await vendor.tell(aino, [])).toEqual([]);
    expect(await vendor.tellUnknownUser()).toEqual([]);
    expect(vendor.pending()).toBe(3);
    const attempts = await vendor.tell(aino, []);
    expect(attempts.map(({ eventType }) => eventType)).toEqual(['night', 'unknown', 'night']);
    expect(vendor.pending()).toBe(1);
  });
});
