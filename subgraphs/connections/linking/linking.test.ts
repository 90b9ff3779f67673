import { createHttpServer } from '#platform/http';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { callbackOf, startOuraVendor, vendorEnv, type OuraVendor } from '../../../tests/support/oura-vendor.ts';
import {
  startPeople,
  type Answer,
  type AthletePerson,
  type People,
  type Person,
} from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createAskProvider } from '../asking/ask-provider.ts';
import { createJobs } from '../sync/jobs.ts';
import { createQuotas } from '../asking/quota.ts';
import { addOauthCallback } from './callback.ts';
import { ProviderConnection } from './connection.entity.ts';
import { createLinking } from './linking.ts';
import { createReturns, forgetReturns } from './returns.ts';

const MINUTE_MS = 60_000;
const log = createLogger({ name: 'test', level: 'silent' });
const server = createHttpServer({ log });

let people: People;
let ouraServer: OuraVendor;
let hangUp: () => Promise<void>;
let url = '';
/** What comes when a link is committed. */
let afterCommit: () => void = () => undefined;

beforeAll(async () => {
  people = await startPeople({ entities: [ProviderConnection] });
  ouraServer = await startOuraVendor();
  const { db, vault, clock } = people;
  const vendors = vendorsOf([vendorWith(createOura, ouraConfig, vendorEnv(ouraServer))]);
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  const { ask, close } = createAskProvider({ quotas, clock, metrics: createMetrics(), log });
  hangUp = close;
  const secret = Buffer.alloc(32, 7);
  const returns = createReturns({ db, clock, secret });
  const jobs = createJobs({ db, vendors, clock, onQueued: () => undefined, onChanged: () => undefined });
  const linking = createLinking({
    ...{ db, vault, vendors, returns, ask, clock, log, proofSecret: secret },
    publicOauthUrl: 'https://ally.test/v1/oauth',
    queueHistory: (...link) => jobs.queueHistory(...link),
    onLinked: () => afterCommit(),
    onUnlinked: () => undefined,
  });
  Object.assign(people.parts, { linking, vendors });
  addOauthCallback(server, { vendors, linking, dashboardUrl: 'http://dashboard.test/', log });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await hangUp();
  await server.close();
  await ouraServer.close();
  await people.stop();
});

const UNKNOWN = /begun by somebody else, or was used already/;

/** Asks for a consent page; the address to which it would send the browser of that Oura user. */
async function begin(athlete: Person, userId: string): Promise<URL> {
  const { data } = await people.ask(athlete.viewer, 'mutation { linkProvider(provider: OURA) { authorizationUrl } }');
  return callbackOf(new URL(data.linkProvider.authorizationUrl), userId);
}

/** A browser comes back from the consent page. Where it is led then. */
async function arriveAt({ pathname, search }: URL): Promise<string> {
  const answer = await fetch(`${url}${pathname}${search}`, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return answer.headers.get('location') ?? '';
}

const handleIn = (address: string): string => {
  const handle = new URLSearchParams(address.split('?')[1]).get('confirm');
  if (handle === null) throw new Error(`there is no handle in ${address}`);
  return handle;
};

/** The handle of a return that waits. */
const waiting = async (athlete: Person, userId: string): Promise<string> =>
  handleIn(await arriveAt(await begin(athlete, userId)));

const confirm = (viewer: Person['viewer'] | typeof people.anonymous, handle: string): Promise<Answer> =>
  people.ask(
    viewer,
    'mutation ($handle: String!) { confirmProviderLink(handle: $handle) { provider state reason signals } }',
    { handle },
  );

const look = async (person: Person, handle: string) =>
  (
    await people.ask(
      person.viewer,
      'query ($handle: String!) { pendingLink(handle: $handle) { provider isFromThisSession } }',
      { handle },
    )
  ).data.pendingLink;

/** The same person in another browser. */
async function inAnotherSession(person: AthletePerson): Promise<AthletePerson> {
  const account = { id: person.accountId, role: 'ATHLETE' as const };
  const { sessionId } = await people.db.transaction((tx) => people.sessions.start(tx, account));
  return { ...person, sessionId, viewer: { ...person.viewer, sessionId } };
}

const linksOf = async (...athletes: AthletePerson[]): Promise<number> => {
  const [row] = await people.database.query<{ n: number }>(
    'select count(*)::int as n from connections.provider_connection where athlete_id = any($1::uuid[])',
    [athletes.map(({ athleteId }) => athleteId)],
  );
  return row?.n ?? -1;
};

const tokenCalls = (): number => ouraServer.requests.filter((request) => request === 'POST /oauth/token').length;

describe('the way back from a provider', () => {
  test('waits sealed under a handle, and is linked by the word of the athlete who began', async () => {
    const athlete = await people.athlete();
    const callback = await begin(athlete, 'oura-plain');
    const before = tokenCalls();
    const address = await arriveAt(callback);
    expect(address).toMatch(/^http:\/\/dashboard\.test\/#\/connect\?provider=oura&confirm=[\w-]{43}$/);
    const state = callback.searchParams.get('state') as string;
    expect(address).not.toContain(state);
    expect([tokenCalls() - before, await linksOf(athlete)]).toEqual([0, 0]);
    const rows = await people.database.query<{ text: string; sealed: string }>(
      `select o::text as text, encode(answer_sealed, 'escape') as sealed from connections.oauth_state o where athlete_id = $1`,
      [athlete.athleteId],
    );
    expect(rows).toHaveLength(1);
    for (const secret of ['oura-plain.code', state, handleIn(address)]) {
      expect(rows[0]?.text).not.toContain(secret);
      expect(rows[0]?.sealed).not.toContain(secret);
    }

    expect(await look(athlete, handleIn(address))).toEqual({ provider: 'OURA', isFromThisSession: true });
    const { data, codes } = await confirm(athlete.viewer, handleIn(address));
    expect(codes).toEqual([]);
    expect(data.confirmProviderLink).toMatchObject({ provider: 'OURA', state: 'ACTIVE', reason: null });
    expect(await linksOf(athlete)).toBe(1);
    const log = await people.database.query<{ action: string; actor_id: string }>(
      `select action, actor_id from audit.entry where athlete_id = $1 and action = 'LINK'`,
      [athlete.athleteId],
    );
    expect(log).toEqual([{ action: 'LINK', actor_id: athlete.accountId }]);
  });

  test('is linked together with its history: what fails after the commit leaves no link without it', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-crash');
    afterCommit = () => {
      throw new Error('the process was killed');
    };
    await expect(confirm(athlete.viewer, handle)).rejects.toThrow('the process was killed');
    afterCommit = () => undefined;
    const rows = await people.database.query(
      `select c.state as link, j.kind, j.state, j.to_date - j.from_date as days
         from connections.provider_connection c left join connections.sync_job j on j.connection_id = c.id
        where c.athlete_id = $1`,
      [athlete.athleteId],
    );
    expect(rows).toEqual([{ link: 'ACTIVE', kind: 'HISTORICAL', state: 'QUEUED', days: 90 }]);
  });

  test('is linked as well when the athlete signs in again in between, but only after being asked', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-second-browser');
    const again = await inAnotherSession(athlete);
    expect(await look(again, handle)).toEqual({ provider: 'OURA', isFromThisSession: false });
    expect((await confirm(again.viewer, handle)).codes).toEqual([]);
    expect(await linksOf(athlete)).toBe(1);
  });

  test('names what was not granted, and links the rest', async () => {
    const athlete = await people.athlete();
    const all = ouraServer.scope;
    ouraServer.scope = 'email personal daily';
    const { data } = await confirm(athlete.viewer, await waiting(athlete, 'oura-unticked'));
    ouraServer.scope = all;
    const { state, reason, signals } = data.confirmProviderLink;
    expect([state, signals]).toEqual(['ACTIVE', expect.arrayContaining(['SLEEP'])]);
    expect(reason).toMatch(/^Not granted at Oura: .*heartrate.*Link again to add them\.$/);
  });

  test('says since when workouts are heard, and nothing where they were not granted', async () => {
    const athlete = await people.athlete();
    const spans = () =>
      people.database.query<{ since: Date; linkedAt: Date }>(
        `select s.since, c.linked_at as "linkedAt" from connections.source_span_v1 s
           join connections.provider_connection c on c.athlete_id = s.athlete_id where s.athlete_id = $1`,
        [athlete.athleteId],
      );
    await confirm(athlete.viewer, await waiting(athlete, 'oura-runner'));
    const [span] = await spans();
    expect(span?.since).toEqual(span?.linkedAt);
    const all = ouraServer.scope;
    ouraServer.scope = 'email personal daily';
    await confirm(athlete.viewer, await waiting(athlete, 'oura-runner'));
    ouraServer.scope = all;
    expect(await spans()).toEqual([]);
  });

  test('is refused to nobody in particular, and still waits for its athlete', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-signed-out');
    expect((await confirm(people.anonymous, handle)).codes).toEqual(['UNAUTHENTICATED']);
    expect((await confirm(athlete.viewer, handle)).codes).toEqual([]);
  });
});

describe('somebody else who confirms', () => {
  test.each([
    ['another athlete', () => people.athlete()],
    ['a coach', () => people.coach()],
  ])('%s is refused, and what waited is destroyed: it was not the owner’s', async (_who, somebody) => {
    const owner = await people.athlete();
    const other = await somebody();
    const handle = await waiting(owner, 'oura-of-the-victim');
    const before = tokenCalls();
    expect(await look(other, handle)).toBeNull();
    const { codes, messages } = await confirm(other.viewer, handle);
    expect(codes).toEqual(['NOT_FOUND']);
    expect(messages[0]).toMatch(UNKNOWN);
    // The owner, who may be the one who sent the link around, cannot use it either.
    expect(await look(owner, handle)).toBeNull();
    expect((await confirm(owner.viewer, handle)).codes).toEqual(['NOT_FOUND']);
    expect([tokenCalls() - before, await linksOf(owner)]).toEqual([0, 0]);
  });

  test('leaves what the owner had linked before as it is', async () => {
    const [owner, other] = [await people.athlete(), await people.athlete()];
    await confirm(owner.viewer, await waiting(owner, 'oura-linked-before'));
    await confirm(other.viewer, await waiting(owner, 'oura-another'));
    const rows = await people.database.query(
      'select provider_user_id, state from connections.provider_connection where athlete_id = $1',
      [owner.athleteId],
    );
    expect(rows).toEqual([{ provider_user_id: 'oura-linked-before', state: 'ACTIVE' }]);
  });

  test('whose provider account another athlete has is told so', async () => {
    const [first, second] = [await people.athlete(), await people.athlete()];
    await confirm(first.viewer, await waiting(first, 'oura-shared'));
    const { codes, messages } = await confirm(second.viewer, await waiting(second, 'oura-shared'));
    expect(codes).toEqual(['CONFLICT']);
    expect(messages[0]).toMatch(/connected to another athlete/);
    expect(await linksOf(second)).toBe(0);
  });
});

describe('one use', () => {
  test('a second confirm is refused, and of many at once one links', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-once');
    const before = tokenCalls();
    const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(athlete.viewer, handle)));
    expect(answers.map(({ codes }) => codes[0] ?? 'linked').toSorted()).toEqual([
      ...Array.from({ length: 7 }, () => 'NOT_FOUND'),
      'linked',
    ]);
    expect(tokenCalls() - before).toBe(1);
  });

  test('a state that came back once leads nowhere the second time, and takes nothing from the first', async () => {
    const athlete = await people.athlete();
    const callback = await begin(athlete, 'oura-first');
    const handle = handleIn(await arriveAt(callback));
    callback.searchParams.set('code', 'oura-of-somebody-else.code');
    expect(await arriveAt(callback)).toMatch(/result=expired$/);
    await confirm(athlete.viewer, handle);
    const rows = await people.database.query(
      'select provider_user_id as id from connections.provider_connection where athlete_id = $1',
      [athlete.athleteId],
    );
    expect(rows).toEqual([{ id: 'oura-first' }]);
  });

  test('a code the provider takes no more links nothing, and says so', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-token-fault');
    ouraServer.refusesCodes = true;
    const { codes, messages } = await confirm(athlete.viewer, handle);
    ouraServer.refusesCodes = false;
    expect([codes, await linksOf(athlete)]).toEqual([['PROVIDER_UNAVAILABLE'], 0]);
    expect(messages[0]).toMatch(/Oura did not complete the connection/);
  });
});

describe('a callback that is not kept', () => {
  const refusedBecause = async (change: (callback: URL) => void): Promise<string> => {
    const callback = await begin(await people.athlete(), 'oura-odd');
    change(callback);
    return arriveAt(callback);
  };
  test.each([
    ['has no state', (callback: URL) => callback.searchParams.delete('state'), 'expired'],
    ['has a state nobody was given', (callback: URL) => callback.searchParams.set('state', 'x'), 'expired'],
    ['is longer than any provider’s', (callback: URL) => callback.searchParams.set('pad', 'x'.repeat(5_000)), 'failed'],
  ])('%s', async (_what, change, word) => {
    expect(await refusedBecause(change)).toBe(`http://dashboard.test/#/connect?provider=oura&result=${word}`);
  });

  test('belongs to a session that has ended', async () => {
    const athlete = await people.athlete();
    const callback = await begin(athlete, 'oura-signed-out-before');
    await people.sessions.logout(athlete);
    expect(await arriveAt(callback)).toMatch(/result=expired$/);
  });
});

describe('what comes too late', () => {
  test('the session that began has ended: the same athlete, signed in anew, begins again', async () => {
    const athlete = await people.athlete();
    const handle = await waiting(athlete, 'oura-signed-out-meanwhile');
    const again = await inAnotherSession(athlete);
    await people.sessions.logout(athlete);
    expect(await look(again, handle)).toBeNull();
    const { codes, messages } = await confirm(again.viewer, handle);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(messages[0]).toMatch(/or you signed out meanwhile/);
    expect(await linksOf(athlete)).toBe(0);
  });

  test('access that was refused at the provider is said plainly, and nobody is asked', async () => {
    const athlete = await people.athlete();
    const callback = await begin(athlete, 'unused');
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    const before = tokenCalls();
    const { codes, messages } = await confirm(athlete.viewer, handleIn(await arriveAt(callback)));
    expect(codes).toEqual(['FORBIDDEN']);
    expect(messages[0]).toMatch(/^You did not allow access at Oura/);
    expect(tokenCalls() - before).toBe(0);
  });

  test('a return of eleven minutes is refused; after an hour more nothing is left of it', async () => {
    const athlete = await people.athlete();
    const [late, never] = [await waiting(athlete, 'oura-late'), await waiting(athlete, 'oura-never')];
    const left = () =>
      people.database.query('select from connections.oauth_state where athlete_id = $1', [athlete.athleteId]);
    people.moveClock(11 * MINUTE_MS);
    expect(await look(athlete, never)).toBeNull();
    const { codes, messages } = await confirm(athlete.viewer, late);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(messages[0]).toMatch(/ten minutes to confirm Oura are over/);
    await forgetReturns(people);
    expect(await left()).toHaveLength(1);
    people.moveClock(61 * MINUTE_MS);
    await forgetReturns(people);
    expect(await left()).toEqual([]);
  });
});

test('the graph says which providers can be linked here', async () => {
  const { data } = await people.ask((await people.athlete()).viewer, '{ viewer { linkableProviders } }');
  expect(data).toEqual({ viewer: { linkableProviders: ['OURA'] } });
});
