import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, calculateJwkThumbprint, type JWK } from 'jose';
import { ACCESS_TOKEN } from '#platform/access-token';
import type { Clock } from '#platform/clock';
import { newDataKey, open, seal, type KeyRing } from '#platform/crypto';
import type { Database, Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { dataKeyAad } from '../vault/data-keys.ts';

const LIFETIME_MS = 10 * 60_000;
const ROTATE_AFTER_MS = 30 * 86_400_000;
/** A retired key is published for another day: tokens live ten minutes, and caches of key sets some hours. */
const PUBLISHED_AFTER_RETIREMENT_MS = 86_400_000;
/** How long a replica signs before it looks whether another one has brought a new key. */
const LOOK_AGAIN_AFTER_MS = 10 * 60_000;

const LOCK = 'athlete-ally/signing-key';

/** Signs access tokens: EdDSA, `typ` at+jwt (RFC 9068), `sub` the account, `sid` the session. */
export interface AccessTokens {
  /** Makes the first key, or finds it. Call at start, so that no sign-in waits for it. */
  prepare(): Promise<void>;
  /** A token of ten minutes, or less when the session ends before (`endsAt`). */
  issue(options: { accountId: string; sessionId: string; endsAt: Date }): Promise<{ token: string; expiresAt: Date }>;
  /** The public keys, newest first, as /internal/jwks answers them. */
  jwks(): Promise<{ keys: JWK[] }>;
}

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

/** `ring`: the key ring of purpose `token`. */
export function createAccessTokens(options: { db: Database; clock: Clock; ring: KeyRing }): AccessTokens {
  const { db, clock } = options;
  let current: { key: Promise<SigningKey>; lookedAt: number } | null = null;

  function signingKey(): Promise<SigningKey> {
    const now = clock.now().getTime();
    if (current === null || now - current.lookedAt >= LOOK_AGAIN_AFTER_MS) {
      const key = loadOrMakeKey(options);
      current = { key, lookedAt: now };
      key.catch(() => {
        // A failed look is not remembered: the next sign-in tries again.
        if (current?.key === key) current = null;
      });
    }
    return current.key;
  }

  return {
    async prepare() {
      await signingKey();
    },
    async issue({ accountId, sessionId, endsAt }) {
      const { kid, privateKey } = await signingKey();
      const now = clock.now().getTime();
      const expiresAtS = Math.floor(Math.min(now + LIFETIME_MS, endsAt.getTime()) / 1000);
      const token = await new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type, kid })
        .setIssuer(ACCESS_TOKEN.issuer)
        .setAudience(ACCESS_TOKEN.audience)
        .setSubject(accountId)
        .setJti(newId())
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(expiresAtS)
        .sign(privateKey);
      return { token, expiresAt: new Date(expiresAtS * 1000) };
    },
    async jwks() {
      const rows = await db.query<{ public_jwk: JWK }[]>(
        'select public_jwk from signing_key where retired_at is null or retired_at > $1 order by created_at desc',
        [new Date(clock.now().getTime() - PUBLISHED_AFTER_RETIREMENT_MS)],
      );
      return { keys: rows.map((row) => row.public_jwk) };
    },
  };
}

interface KeyRow {
  kid: string;
  private_sealed: Buffer;
  key_id: string;
  created_at: Date;
}

/** One process at a time: the replicas of a deployment start together and must agree on one key. */
async function loadOrMakeKey(options: { db: Database; clock: Clock; ring: KeyRing }): Promise<SigningKey> {
  const now = options.clock.now();
  return options.db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [LOCK]);
    const [row] = await tx.query<KeyRow[]>(
      `select kid, private_sealed, key_id, created_at from signing_key where retired_at is null order by created_at desc limit 1`,
    );
    const dataKey = await signingDataKey({ tx, ring: options.ring, now });
    if (row && now.getTime() - row.created_at.getTime() < ROTATE_AFTER_MS) {
      const der = open({ key: dataKey.key, sealed: row.private_sealed, aad: privateKeyAad(row.kid, dataKey.id) });
      return { kid: row.kid, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
    }
    await tx.query('update signing_key set retired_at = $1 where retired_at is null', [now]);
    return makeKey({ tx, dataKey, now });
  });
}

const privateKeyAad = (kid: string, keyId: string): string[] => ['signing-key', kid, keyId];

async function makeKey(options: { tx: Sql; dataKey: { id: string; key: Buffer }; now: Date }): Promise<SigningKey> {
  const { dataKey, now } = options;
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  const plaintext = privateKey.export({ format: 'der', type: 'pkcs8' });
  await options.tx.query(
    'insert into signing_key (kid, public_jwk, private_sealed, key_id, created_at) values ($1, $2, $3, $4, $5)',
    [
      kid,
      JSON.stringify({ ...jwk, kid, alg: 'EdDSA', use: 'sig' }),
      seal({ key: dataKey.key, plaintext, aad: privateKeyAad(kid, dataKey.id) }),
      dataKey.id,
      now,
    ],
  );
  return { kid, privateKey };
}

const aadOf = (id: string): string[] => dataKeyAad({ id, athleteId: null, kind: 'signing' });

/** The one data key of kind `signing`, made on first need. Runs under the advisory lock of its caller. */
async function signingDataKey(options: { tx: Sql; ring: KeyRing; now: Date }): Promise<{ id: string; key: Buffer }> {
  const { tx, ring } = options;
  const [row] = await tx.query<
    {
      id: string;
      wrapped: Buffer;
      kek_version: number;
    }[]
  >(`select id, wrapped, kek_version from data_key where kind = 'signing' and athlete_id is null`);
  if (row)
    return {
      id: row.id,
      key: ring.unwrap({ wrapped: row.wrapped, kekVersion: row.kek_version, aad: aadOf(row.id) }),
    };
  const id = newId();
  const key = newDataKey();
  const { wrapped, kekVersion } = ring.wrap({ dataKey: key, aad: aadOf(id) });
  await tx.query(
    `insert into data_key (id, athlete_id, kind, wrapped, kek_version, created_at) values ($1, null, 'signing', $2, $3, $4)`,
    [id, wrapped, kekVersion, options.now],
  );
  return { id, key };
}
