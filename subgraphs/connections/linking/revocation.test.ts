import { createServer } from 'node:http';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { callbackOf, startOuraVendor, vendorEnv, type OuraVendor } from '../../../tests/support/oura-vendor.ts';
import { startPeople, type AthletePerson, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { createPolar, polarConfig } from '../providers/polar.ts';
import { vendorsOf, type Vendors } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createOpenAccess, type OpenAccess } from '../asking/access.ts';
import { createAskProvider, type AskProvider } from '../asking/ask-provider.ts';
import { BREAKER } from '../asking/breaker.ts';
import { createJobs } from '../sync/jobs.ts';
import { createQuotas } from '../asking/quota.ts';
import { beginRotation, rotateTokenKeys } from '../vault/rotate-tokens.ts';
import { ProviderConnection } from './connection.entity.ts';
import { createLinking, type Linking } from './linking.ts';
import { createReturns } from './returns.ts';
import { revokeDue } from './revocation.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const log = createLogger({ name: 'test', level: 'silent' });

/** Polar as far as it is told that a grant is over. */
let polarStatus = 204;
let polarCalls: string[] = [];
const polarServer = createServer((request, response) => {
  polarCalls.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  response.writeHead(polarStatus).end();
});

let people: People;
let oura: OuraVendor;
let vendors: Vendors;
let ask: AskProvider;
let hangUp: () => Promise<void>;
let linking: Linking;
let openAccess: OpenAccess;

beforeAll(async () => {
  people = await startPeople({ entities: [ProviderConnection] });
  oura = await startOuraVendor();
  await new Promise<void>((resolve) => polarServer.listen(0, '127.0.0.1', resolve));
  const polarUrl = `http://127.0.0.1:${(polarServer.address() as { port: number }).port}`;
  const { db, vault, clock } = people;
  vendors = vendorsOf([
    vendorWith(createOura, ouraConfig, vendorEnv(oura)),
    vendorWith(createPolar, polarConfig, {
      POLAR_CLIENT_ID: 'test_polar_client_id',
      POLAR_CLIENT_SECRET: 'test_polar_client_secret',
      POLAR_SIGNATURE_SECRET: 'test_polar_signature_secret',
      POLAR_API_URL: polarUrl,
    }),
  ]);
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  // Never left alone: what is tested here is what happens after one refusal.
  const breaker = { ...BREAKER, tries: 1, windowCalls: 10_000, failureShare: 0.99, openMs: 1 };
  ({ ask, close: hangUp } = createAskProvider({ quotas, clock, metrics: createMetrics(), log, breaker }));
  openAccess = createOpenAccess({ db, vault, ask, clock, log });
  const jobs = createJobs({ db, vendors, clock, onQueued: () => undefined, onChanged: () => undefined });
  const secret = Buffer.alloc(32, 7);
  linking = createLinking({
    ...{ db, vault, vendors, ask, clock, log, proofSecret: secret },
    returns: createReturns({ db, clock, secret }),
    publicOauthUrl: 'https://ally.test/v1/oauth',
    queueHistory: (...link) => jobs.queueHistory(...link),
    onLinked: () => undefined,
    onUnlinked: () => undefined,
  });
  Object.assign(people.parts, { linking, vendors });
});
afterAll(async () => {
  await hangUp();
  await oura.close();
  await new Promise((resolve) => polarServer.close(resolve));
  await people.stop();
});
beforeEach(() => {
  Object.assign(oura, { revokeStatus: 200, revokedWith: [] });
  [polarStatus, polarCalls] = [204, []];
});

/** Links that Oura user by way of the consent page. The connection's id. */
async function link(athlete: AthletePerson, userId: string): Promise<string> {
  const { sessionId, athleteId } = athlete;
  const { authorizationUrl } = await linking.begin({ provider: 'OURA', sessionId, athleteId });
  const callback = callbackOf(new URL(authorizationUrl), userId).searchParams;
  const arrival = await linking.arrive({ vendor: vendors.of('OURA'), callback });
  if (!('handle' in arrival)) throw new Error(`the way back was refused: ${arrival.refusal}`);
  return (await linking.confirm({ handle: arrival.handle, athleteId, requestId: newId() })).id;
}

/** Linked to Polar, whose token lives for years and has no refresh token. */
async function linkPolar({ athleteId }: AthletePerson, userId: string): Promise<string> {
  const connectionId = newId();
  await people.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'POLAR', $3, 'ACTIVE', '{}', now())`,
    [connectionId, athleteId, userId],
  );
  const tokens = { accessToken: `at-of-${userId}`, refreshToken: null, accessExpiresAt: new Date('2036-01-01') };
  await people.vault.sealTokens(people.db, { connectionId, tokens });
  return connectionId;
}

async function unlink(athlete: AthletePerson, provider: 'OURA' | 'POLAR', data: 'KEEP' | 'DELETE' = 'KEEP') {
  const answer = await people.ask(
    athlete.viewer,
    'mutation ($provider: Provider!, $data: UnlinkData!) { unlinkProvider(provider: $provider, data: $data) { state } }',
    { provider, data },
  );
  expect(answer.codes).toEqual([]);
  return answer.data.unlinkProvider.state as string;
}

/** The Oura users whose access token revoked a grant. */
const revoked = (): string[] => oura.revokedWith.map((token) => token.replace(/\.at\.\d+$/, ''));

const round = () => revokeDue({ ...people, vendors, ask, log });

/** A link, how many pairs are sealed for it, and whether its revocation waits. */
async function standing(connectionId: string) {
  const [row] = await people.database.query<{ state: string; pairs: number; waiting: number }>(
    `select state, (select count(*)::int from connections.sealed_token t where t.connection_id = c.id) as pairs,
            (select count(*)::int from connections.pending_revocation p where p.connection_id = c.id) as waiting
       from connections.provider_connection c where id = $1`,
    [connectionId],
  );
  return row;
}
const OVER = { state: 'REVOKED', pairs: 0, waiting: 0 };
const WAITING = { state: 'REVOKED', pairs: 1, waiting: 1 };

async function jobsOf(connectionId: string): Promise<string[]> {
  const rows = await people.database.query<{ state: string }>(
    'select state from connections.sync_job where connection_id = $1',
    [connectionId],
  );
  return rows.map(({ state }) => state);
}

const auditOf = ({ athleteId }: AthletePerson) =>
  people.database.query<{ action: string; actor_kind: string; purpose: string }>(
    `select action, actor_kind, purpose from audit.entry where athlete_id = $1 and action in ('LINK', 'UNLINK') order by id`,
    [athleteId],
  );

describe('an athlete who links another account of the same provider', () => {
  test('has the grant of the one before revoked, its jobs cancelled, and both on record', async () => {
    const athlete = await people.athlete();
    const before = await link(athlete, 'first');
    const after = await link(athlete, 'second');
    expect(revoked()).toEqual(['first']);
    expect(await standing(before)).toEqual(OVER);
    expect(await standing(after)).toEqual({ state: 'ACTIVE', pairs: 1, waiting: 0 });
    expect([await jobsOf(before), await jobsOf(after)]).toEqual([['CANCELLED'], ['QUEUED']]);
    expect((await auditOf(athlete)).map(({ action, actor_kind }) => [action, actor_kind])).toEqual([
      ['LINK', 'ACCOUNT'],
      ['UNLINK', 'ACCOUNT'],
      ['LINK', 'ACCOUNT'],
    ]);
  });

  test('is linked all the same while the provider takes no revocation; it is told later', async () => {
    const athlete = await people.athlete();
    const before = await link(athlete, 'third');
    oura.revokeStatus = 503;
    const after = await link(athlete, 'fourth');
    expect(await standing(before)).toEqual(WAITING);
    oura.revokeStatus = 200;
    people.moveClock(2 * MINUTE_MS);
    await round();
    expect([revoked(), await standing(before)]).toEqual([['third'], OVER]);
    expect(await standing(after)).toMatchObject({ state: 'ACTIVE', pairs: 1 });
  });

  test('and the same account again keeps its link: nothing is revoked', async () => {
    const athlete = await people.athlete();
    const id = await link(athlete, 'again');
    expect(await link(athlete, 'again')).toBe(id);
    expect([revoked(), await standing(id)]).toEqual([[], { state: 'ACTIVE', pairs: 1, waiting: 0 }]);
  });
});

describe('a provider that cannot be told at the unlink', () => {
  test.each([503, 429])('with %i does not hold the unlink up, and is told when it is back', async (status) => {
    const athlete = await people.athlete();
    const id = await link(athlete, `away-${status}`);
    oura.revokeStatus = status;
    expect(await unlink(athlete, 'OURA')).toBe('REVOKED');
    expect(await standing(id)).toEqual(WAITING);
    expect(await round()).toBe(0);
    people.moveClock(2 * MINUTE_MS);
    expect(await round()).toBe(1);
    expect(await standing(id)).toEqual(WAITING);
    // Twice as old, so it waits twice as long: nothing is due after another minute.
    people.moveClock(MINUTE_MS);
    expect(await round()).toBe(0);
    oura.revokeStatus = 200;
    people.moveClock(5 * MINUTE_MS);
    expect(await round()).toBe(1);
    expect([revoked(), await standing(id)]).toEqual([[`away-${status}`], OVER]);
  });

  test('leaves a pair that serves nothing but the revocation', async () => {
    const athlete = await people.athlete();
    const id = await link(athlete, 'no-more-calls');
    const call = { method: 'GET' as const, url: `${oura.url}/v2/x/y` };
    const access = () => openAccess({ vendor: vendors.of('OURA'), connectionId: id, purpose: 'test' });
    const begunBefore = access();
    await begunBefore(call);
    oura.revokeStatus = 503;
    await unlink(athlete, 'OURA');
    const refused = { code: 'NOT_FOUND' };
    await expect(access()(call)).rejects.toMatchObject(refused);
    // One that had opened its token before gets no new one.
    oura.expireTokens();
    await expect(begunBefore(call)).rejects.toMatchObject(refused);
    // The revocation itself renews it.
    oura.revokeStatus = 401;
    people.moveClock(2 * MINUTE_MS);
    const before = oura.requests.length;
    await round();
    expect(oura.requests.slice(before)).toContain('POST /oauth/token');
    expect(await standing(id)).toEqual(OVER);
  });

  test('is told with the pair that a rotation of keys has sealed anew meanwhile', async () => {
    const athlete = await people.athlete();
    const id = await link(athlete, 'rotated');
    oura.revokeStatus = 503;
    await unlink(athlete, 'OURA');
    people.moveClock(2 * MINUTE_MS);
    const { startedAt } = await beginRotation(people.db, people.clock);
    const { db, clock, tokenRing: ring } = people;
    const { athleteId } = athlete;
    const rotated = await rotateTokenKeys({ db, clock, ring, athleteId, startedAt, onBatch: () => undefined });
    expect(rotated).toMatchObject({ newKeys: 1, resealed: 1, removedKeys: 1, broken: [] });
    oura.revokeStatus = 200;
    await round();
    expect([revoked(), await standing(id)]).toEqual([['rotated'], OVER]);
  });

  test('is told by the name it gave the person, though the athlete had everything else deleted', async () => {
    const athlete = await people.athlete();
    const id = await linkPolar(athlete, '4711');
    polarStatus = 503;
    await unlink(athlete, 'POLAR', 'DELETE');
    expect(await standing(id)).toEqual(WAITING);
    [polarStatus, polarCalls] = [204, []];
    people.moveClock(2 * MINUTE_MS);
    await round();
    expect(polarCalls).toEqual(['DELETE /v3/users/4711 Bearer at-of-4711']);
    expect(await standing(id)).toEqual(OVER);
    const left = await people.database.query(
      `select provider_user_id from connections.provider_connection where id = $1 and provider_user_id <> ''`,
      [id],
    );
    expect(left).toEqual([]);
  });

  test('is told nothing any more once the account is linked again: that grant shall live', async () => {
    const athlete = await people.athlete();
    const id = await link(athlete, 'comes-back');
    oura.revokeStatus = 503;
    await unlink(athlete, 'OURA');
    const again = await link(athlete, 'comes-back');
    oura.revokeStatus = 200;
    people.moveClock(2 * MINUTE_MS);
    await round();
    expect([revoked(), await standing(id)]).toEqual([[], OVER]);
    expect(await standing(again)).toMatchObject({ state: 'ACTIVE', pairs: 1 });
  });

  test('for a week is given up, on record, and the pair is destroyed', async () => {
    const athlete = await people.athlete();
    const id = await link(athlete, 'never-back');
    oura.revokeStatus = 503;
    await unlink(athlete, 'OURA');
    people.moveClock(6 * DAY_MS);
    expect(await round()).toBe(1);
    expect(await standing(id)).toEqual(WAITING);
    people.moveClock(DAY_MS + MINUTE_MS);
    const before = oura.requests.length;
    expect(await round()).toBe(1);
    expect([await standing(id), oura.requests.length - before]).toEqual([OVER, 0]);
    expect((await auditOf(athlete)).at(-1)).toEqual({
      action: 'UNLINK',
      actor_kind: 'SYSTEM',
      purpose: 'gave up telling OURA that the link is over',
    });
  });
});

test('a provider that refuses for good is told once, and the pair is destroyed', async () => {
  const athlete = await people.athlete();
  const id = await linkPolar(athlete, '4712');
  polarStatus = 404;
  await unlink(athlete, 'POLAR');
  expect([polarCalls.length, await standing(id)]).toEqual([1, OVER]);
});
