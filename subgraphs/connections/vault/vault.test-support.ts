import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing, type KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { makeDataKey } from './data-keys.ts';
import { sealPair } from './sealed-token.ts';
import { createVault, type ProviderTokens, type Vault } from './vault.ts';

/** Whose tokens they are, where a test asks nobody. */
export const oura = { provider: 'OURA', name: 'Oura' } as const;

export const EXPIRES = new Date('2026-12-01');

export const tokensNamed = (name: string): ProviderTokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  accessExpiresAt: EXPIRES,
});

/** The root secrets of both versions, and the rings of a replica before and after the switch to the second. */
export function twoVersions() {
  const roots = {
    token: new Map([1, 2].map((version) => [version, randomBytes(32)] as const)),
    payload: new Map([1, 2].map((version) => [version, randomBytes(32)] as const)),
  };
  const ringsAt = (current: number) => ({
    tokenRing: createKeyRing({ purpose: 'token', roots: roots.token, current }),
    payloadRing: createKeyRing({ purpose: 'payload', roots: roots.payload, current }),
  });
  return { roots, before: ringsAt(1), after: ringsAt(2) };
}

export interface Linked {
  athleteId: string;
  connectionId: string;
}

export type VaultWorld = Awaited<ReturnType<typeof startVaults>>;

/** A database of its own, and as many replicas as asked for: each a vault on its own pool. */
export async function startVaults(rings: { tokenRing: KeyRing; payloadRing: KeyRing }[]) {
  const database: TestDatabase = await createDatabase();
  const replicas: { db: Database; vault: Vault }[] = [];
  for (const ring of rings) {
    const db = await database.open('connections');
    replicas.push({ db, vault: createVault({ db, ...ring, clock: systemClock }) });
  }
  const first = replicas[0] as { db: Database; vault: Vault };

  async function newAthlete(): Promise<string> {
    const [athleteId] = await bareAthletes(database, 1);
    await first.vault.createAthleteKeys(first.db, athleteId as string);
    return athleteId as string;
  }

  async function newConnection(athleteId: string, { provider = 'OURA', state = 'ACTIVE' } = {}): Promise<string> {
    const id = newId();
    await database.query(
      `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
       values ($1, $2, $3, $4, $5, '{}', now())`,
      [id, athleteId, provider, `user-${id}`, state],
    );
    return id;
  }

  return {
    database,
    replicas,
    newAthlete,
    newConnection,
    async linked(name: string): Promise<Linked> {
      const athleteId = await newAthlete();
      const connectionId = await newConnection(athleteId);
      await first.vault.sealTokens(first.db, { connectionId, tokens: tokensNamed(name) });
      return { athleteId, connectionId };
    },
  };
}

async function bareAthletes(database: TestDatabase, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at)
     select id, id || '@example.com', 'x', 'A', 'ATHLETE', now() from unnest($1::uuid[]) as n(id)`,
    [ids],
  );
  await database.query(
    `insert into connections.athlete (id, account_id, display_name, time_zone) select id, id, 'A', 'UTC' from unnest($1::uuid[]) as n(id)`,
    [ids],
  );
  return ids;
}

const CHUNK = 5_000;

/** Many linked athletes at once, each with a token key, a payload key and the tokens `access-<connection id>`. */
export async function linkMany(
  database: TestDatabase,
  rings: { tokenRing: KeyRing; payloadRing: KeyRing },
  count: number,
): Promise<Linked[]> {
  const all: Linked[] = [];
  while (all.length < count) {
    const athletes = await bareAthletes(database, Math.min(CHUNK, count - all.length));
    const made = athletes.map((athleteId) => {
      const place = { athleteId, provider: 'OURA', connectionId: newId() };
      const key = makeDataKey(rings.tokenRing, { athleteId, kind: 'token' });
      const sealed = sealPair({ ring: rings.tokenRing, key, place, tokens: tokensNamed(place.connectionId) });
      return { ...place, keys: [key, makeDataKey(rings.payloadRing, { athleteId, kind: 'payload' })], sealed };
    });
    const keys = made.flatMap((one) => one.keys);
    await database.query(
      `insert into connections.data_key (id, athlete_id, kind, wrapped, kek_version, created_at)
       select id, athlete_id, kind, wrapped, version, now()
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::int[]) as n(id, athlete_id, kind, wrapped, version)`,
      [
        keys.map(({ id }) => id),
        keys.map(({ athleteId }) => athleteId),
        keys.map(({ kind }) => kind),
        keys.map(({ wrapped }) => wrapped),
        keys.map(({ kekVersion }) => kekVersion),
      ],
    );
    const ids = made.map(({ connectionId }) => connectionId);
    await database.query(
      `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
       select id, athlete_id, 'OURA', id::text, 'ACTIVE', '{}', now() from unnest($1::uuid[], $2::uuid[]) as n(id, athlete_id)`,
      [ids, athletes],
    );
    await database.query(
      `insert into connections.sealed_token (connection_id, key_id, access_sealed, refresh_sealed, access_expires_at, generation, updated_at)
       select id, key_id, access, refresh, $5, 1, now()
         from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) as n(id, key_id, access, refresh)`,
      [
        ids,
        made.map(({ sealed }) => sealed.keyId),
        made.map(({ sealed }) => sealed.accessSealed),
        made.map(({ sealed }) => sealed.refreshSealed),
        EXPIRES,
      ],
    );
    all.push(...made.map(({ athleteId, connectionId }) => ({ athleteId, connectionId })));
  }
  return all;
}
