import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { graphql, type ExecutionResult } from 'graphql';
import { decodeJwt } from 'jose';
import { createKeyRing } from '#platform/crypto';
import { openDatabase } from '#platform/database';
import { publicError } from '#platform/errors';
import { ANONYMOUS, type Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { announce, listen, openBus } from '#platform/bus';
import { subjects } from '#platform/streams';
import { startNats } from '../../../embedded/nats.ts';
import { createDatabase, theCluster } from '../../../tests/support/database.ts';
import { createAnnouncements } from '../consent/announcements.ts';
import { createConnectionsContext, type ConnectionsParts } from '../context.ts';
import { connectionsSubgraph, peopleEntities } from '../schema.ts';
import { createCounter } from '../limits/counter.ts';
import { createLimits } from '../limits/limits.ts';
import { createVault } from '../vault/vault.ts';
import { createAccessTokens } from './access-token.ts';
import { createPasswords } from './password.ts';
import { createSessions } from './session.ts';
import { createSignIn } from './sign-in.ts';

export const PASSWORD = 'a password of a test';

/** Hashes in a millisecond; what today's cost is worth is tested beside password.ts. */
const QUICK = { logN: 10, r: 8, p: 1 };

/** Somebody who registered. `viewer` is what the gateway would assert of them. */
export interface Person {
  email: string;
  viewer: Extract<Viewer, { kind: 'account' }>;
  accountId: string;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
}

/** A person who is an athlete. */
export type AthletePerson = Person & { athleteId: string };

/** An answer as JSON. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test reads the fields it has just asked for
export type Json = any;

export interface Answer {
  data: Json;
  /** Codes as a client sees them. */
  codes: string[];
  messages: string[];
}

export type People = Awaited<ReturnType<typeof startPeople>>;

/** The people side of connections on a real database and a real broker, asked through its schema. */
export async function startPeople({ entities = [] }: { entities?: Function[] } = {}) {
  const database = await createDatabase();
  const nats = await startNats({
    cacheDir: '.cache',
    dataDir: join(theCluster().folder, `nats-${database.name}`),
    isDurable: false,
  });
  const log = createLogger({ name: 'test', level: 'silent' });
  const db = await openDatabase({
    url: database.urlOf('connections'),
    schema: 'connections',
    name: 'test',
    entities: [...peopleEntities, ...entities],
    log,
  });
  const bus = await openBus({ url: nats.url('connections'), name: 'test', log });
  const listener = await openBus({ url: nats.url('insights'), name: 'test-listener', log });
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const tokenRing = createKeyRing({ purpose: 'token', roots: new Map([[1, randomBytes(32)]]) });
  const payloadRing = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const vault = createVault({ db, tokenRing, payloadRing, clock });
  const tokens = createAccessTokens({ db, clock, ring: tokenRing });
  const announcements = createAnnouncements({ bus, log });
  const sessions = createSessions({ db, clock, tokens, announcements });
  const passwords = createPasswords({ cost: QUICK });
  const signIn = createSignIn({ db, clock, sessions, createAthleteKeys: vault.createAthleteKeys, passwords });
  const { schema } = await connectionsSubgraph();
  const limits = createLimits({ counter: createCounter({ db }), log });
  const parts: Partial<ConnectionsParts> = {
    ...{ db, clock, bus, log, limits, sessions, signIn, vault, dashboardUrl: 'http://dashboard.test/' },
  };

  const heard: { subject: string; body: Json }[] = [];
  for (const subject of [subjects.consentChanged, subjects.accessChanged]) {
    listen<unknown>(listener, { subject, log, handle: (body) => void heard.push({ subject, body }) });
  }
  await listener.connection.flush();

  async function ask(viewer: Viewer, source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
    const contextValue = createConnectionsContext({
      call: { viewer, requestId: newId(), purpose: 'query', opening: 'with-snapshot' },
      // Parts that only the intake side reads are absent here, unless a test brings them.
      parts: parts as ConnectionsParts,
    });
    const result: ExecutionResult = await graphql({ schema, source, variableValues, contextValue });
    await contextValue.reads.flush();
    const errors = result.errors ?? [];
    for (const error of errors) if (publicError(error).code === 'INTERNAL') throw error.originalError ?? error;
    return {
      data: JSON.parse(JSON.stringify(result.data ?? null)),
      codes: errors.map((error) => publicError(error).code),
      messages: errors.map((error) => error.message),
    };
  }

  let count = 0;
  async function register(
    role: 'ATHLETE' | 'COACH',
    named: Partial<{ displayName: string; email: string; timeZone: string }> = {},
  ): Promise<Person> {
    count += 1;
    const email = named.email ?? `person-${count}@example.org`;
    const input = {
      email,
      password: PASSWORD,
      displayName: `Person ${count}`,
      timeZone: 'Europe/Berlin',
      role,
      ...named,
    };
    const { accessToken, refreshToken } = await signIn.register(input);
    const { accountId, sessionId, athleteId } = await sessions.check({
      sessionId: String(decodeJwt(accessToken)['sid']),
      isActivity: false,
    });
    return {
      email,
      viewer: { kind: 'account', accountId, sessionId, role, athleteId },
      accountId,
      sessionId,
      accessToken,
      refreshToken,
    };
  }

  return {
    database,
    db,
    clock,
    tokenRing,
    payloadRing,
    vault,
    tokens,
    sessions,
    signIn,
    /** What the resolvers find in their context. */
    parts,
    ask,
    heard,
    moveClock(byMs: number) {
      offsetMs += byMs;
    },
    /** All announcements made before this call are in `heard` afterwards: a mark sent behind them has come. */
    async settle() {
      const marks = [newId(), newId()];
      announce(bus, { subject: subjects.consentChanged, body: { mark: marks[0] } });
      announce(bus, { subject: subjects.accessChanged, body: { mark: marks[1] } });
      const hasCome = (mark: string | undefined): boolean => heard.some(({ body }) => body.mark === mark);
      while (!marks.every(hasCome)) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    coach: (named: Partial<{ displayName: string; email: string }> = {}) => register('COACH', named),
    async athlete(
      named: Partial<{ displayName: string; email: string; timeZone: string }> = {},
    ): Promise<AthletePerson> {
      const person = await register('ATHLETE', named);
      return { ...person, athleteId: person.viewer.athleteId as string };
    },
    async team(coach: Person, members: readonly Person[], name = 'Rowers'): Promise<string> {
      const made = await ask(coach.viewer, 'mutation($name: String!) { createTeam(input: { name: $name }) { id } }', {
        name,
      });
      const teamId = made.data.createTeam.id as string;
      for (const member of members) {
        const invited = await ask(
          coach.viewer,
          'mutation($id: ID!) { inviteAthlete(input: { teamId: $id }) { token } }',
          { id: teamId },
        );
        await ask(member.viewer, 'mutation($t: String!) { acceptInvitation(token: $t) { id } }', {
          t: invited.data.inviteAthlete.token,
        });
      }
      return teamId;
    },
    grant: (athlete: Person, input: { teamId: string; signal: string; since?: string; until?: string }) =>
      ask(
        athlete.viewer,
        'mutation($input: GrantConsentInput!) { grantConsent(input: $input) { signal since until withdrawnAt team { id } } }',
        { input },
      ),
    anonymous: ANONYMOUS,
    async stop() {
      await Promise.all([bus.close(), listener.close(), db.close()]);
      await nats.stop();
      await database.drop();
    },
  };
}

/** Every statement that `work` sends to the database. */
export async function statementsOf(people: People, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const { source, prepared } = people.db;
  const before = source.logger;
  const asked = [prepared, prepared.composed].map((sql) => ({ sql, query: sql.query }));
  for (const { sql, query } of asked)
    sql.query = (text: string, parameters?: unknown[]) => {
      statements.push(text);
      return query(text, parameters);
    };
  const quiet = (): void => undefined;
  source.logger = {
    logQuery: (sql: string) => void statements.push(sql),
    logQueryError: quiet,
    logQuerySlow: quiet,
    logSchemaBuild: quiet,
    logMigration: quiet,
    log: quiet,
  };
  try {
    await work();
  } finally {
    source.logger = before;
    for (const { sql, query } of asked) sql.query = query;
  }
  return statements;
}
