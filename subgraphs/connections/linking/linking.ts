import { appendAudit, type AuditEntry } from '#platform/audit';
import type { Clock } from '#platform/clock';
import { hmacSha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import { AppError } from '#platform/errors';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import { providerSlug, type Provider } from '#platform/signals';
import { opensWorkouts, type Identity, type Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';
import { ProviderUnavailable, type AskProvider } from '../asking/ask-provider.ts';
import type { Jobs } from '../sync/jobs.ts';
import { phoneOf } from '../uploads/phones.ts';
import { GrantLost, type Vault } from '../vault/vault.ts';
import { ProviderConnection, type PendingLink, type ProviderLink, type UnlinkData } from './connection.entity.ts';
import { reasonFor } from './account-events.ts';
import { endConnection } from './end-connection.ts';
import { authorizationUrl, exchangeCode, type Granted } from './oauth.ts';
import type { Returns } from './returns.ts';
import { forgetRevocation, settleRevocations } from './revocation.ts';

/** Somebody came back from a provider: under this handle it waits for its athlete, or it is refused with a word. */
export type Arrival = { handle: string } | { refusal: 'expired' | 'failed' };

export interface Linking {
  /** A consent page address, good once, for ten minutes, for this session and athlete. */
  begin(options: { provider: Provider; sessionId: string; athleteId: string }): Promise<ProviderLink>;
  /** Keeps what the provider sent back with a browser. That alone links nothing: the browser may be anybody's. */
  arrive(options: { vendor: Vendor; callback: URLSearchParams }): Promise<Arrival>;
  /** What waits under a handle, for the athlete who began; null for anybody else. */
  look(options: { handle: string; sessionId: string; athleteId: string | null }): Promise<PendingLink | null>;
  /**
   * The athlete's word that they were the one at the provider: links. Throws NOT_FOUND for what is unknown, used or
   * somebody else's, BAD_USER_INPUT when it is too late, FORBIDDEN when access was refused at the provider, CONFLICT when
   * the provider account is another athlete's, PROVIDER_UNAVAILABLE.
   */
  confirm(options: { handle: string; athleteId: string | null; requestId: string }): Promise<ProviderConnection>;
  /**
   * Ends the link, then the grant at the provider: at once, or later when it cannot be asked. DELETE: orders that everything
   * the provider brought is deleted.
   */
  unlink(options: {
    provider: Provider;
    athleteId: string;
    data: UnlinkData;
    by: { accountId: string; requestId: string };
  }): Promise<ProviderConnection>;
}

/** Longer than any provider's query. */
const MAX_CALLBACK_LENGTH = 4_096;

export function createLinking(options: {
  db: Database;
  vault: Vault;
  vendors: Vendors;
  ask: AskProvider;
  clock: Clock;
  log: Logger;
  /** Without the provider: `https://.../v1/oauth`. */
  publicOauthUrl: string;
  returns: Returns;
  /** Of which proof keys are made; the same for all replicas. */
  proofSecret: Buffer;
  /** In the transaction of the link. */
  queueHistory: Jobs['queueHistory'];
  /** After the commit, where a crash may come first: recipients are forgotten, webhooks are ensured, workers are woken. */
  onLinked: (link: { vendor: Vendor; providerUserId: string }) => void;
  onUnlinked: (link: { vendor: Vendor; providerUserId: string }) => void;
}): Linking {
  const { db, vault, vendors, returns, ask, clock, log } = options;
  const redirectUriOf = (vendor: Vendor): string => `${options.publicOauthUrl}/${vendor.slug}/callback`;
  /** The proof key (RFC 7636) follows from the state and a secret of ours: nothing to store, on whichever replica the browser comes back. */
  const codeVerifierOf = (vendor: Vendor, state: string): string | null =>
    vendor.oauth.hasPkce ? hmacSha256(options.proofSecret, 'proof key\n', state).toString('base64url') : null;

  /** Who the person at the provider is, and what they granted. */
  async function exchange(vendor: Vendor, state: string, callback: URLSearchParams): Promise<Granted & Identity> {
    const redirectUri = redirectUriOf(vendor);
    const codeVerifier = codeVerifierOf(vendor, state);
    const { answer, ...tokens } = await exchangeCode({
      ask,
      vendor,
      clock,
      callback,
      state,
      redirectUri,
      codeVerifier,
    });
    const identity = await vendor.oauth.identify({
      answer,
      ask: (call) =>
        ask(vendor, { ...call, headers: { ...call.headers, authorization: `Bearer ${tokens.accessToken}` } }),
    });
    if (identity === null) throw new ProviderUnavailable(vendor.name, clock.now());
    return { ...tokens, providerUserId: identity.providerUserId, scopes: [...(identity.scopes ?? tokens.scopes)] };
  }

  async function link(vendor: Vendor, owner: Owner, { state, callback }: { state: string; callback: URLSearchParams }) {
    const granted = await exchange(vendor, state, callback).catch((error: unknown) => {
      if (!(error instanceof GrantLost) && !(error instanceof ProviderUnavailable)) throw error;
      log.warn({ err: error, provider: vendor.slug }, 'a provider could not be linked');
      throw notLinked(vendor.name, error);
    });
    const { providerUserId, ...tokens } = granted;
    const connectionId = await storeLink({ ...options, vendor, owner, tokens, providerUserId });
    // The provider account stays with the athlete who has it. Revoking here would end that athlete's grant as well.
    if (connectionId === null) throw taken(vendor.name);
    options.onLinked({ vendor, providerUserId });
    return db.source.getRepository(ProviderConnection).findOneByOrFail({ id: connectionId });
  }

  return {
    async begin({ provider, sessionId, athleteId }) {
      const phone = phoneOf(provider);
      if (phone) throw linkedByItsApp(phone.name);
      const vendor = vendors.of(provider);
      const { state, expiresAt } = await returns.begin({ provider, sessionId, athleteId });
      const redirectUri = redirectUriOf(vendor);
      const codeVerifier = codeVerifierOf(vendor, state);
      return { authorizationUrl: authorizationUrl({ vendor, redirectUri, state, codeVerifier }), expiresAt };
    },
    async arrive({ vendor, callback }) {
      if (callback.toString().length > MAX_CALLBACK_LENGTH) return { refusal: 'failed' };
      const handle = await returns.keep({ provider: vendor.provider, callback });
      return handle === null ? { refusal: 'expired' } : { handle };
    },
    look: (request) => returns.look(request),
    async confirm({ handle, athleteId, requestId }) {
      const returned = await returns.redeem(handle);
      if (returned === null) throw unknownReturn();
      if (returned.athleteId !== athleteId) {
        // Gone, not kept for its owner: what came back belongs to whoever sat at this browser, and that was not the owner.
        log.warn({ provider: providerSlug(returned.provider), requestId }, 'a return was confirmed by somebody else');
        throw unknownReturn();
      }
      const vendor = vendors.of(returned.provider);
      const { state, callback, accountId } = returned;
      if (callback === null) throw tooLate(vendor.name);
      if (callback.get('error') === 'access_denied') throw refused(vendor.name);
      const connection = await link(vendor, { athleteId, accountId, requestId }, { state, callback });
      // Of the account that was linked before, if it was another one.
      await settleRevocations({ ...options, vendor, athleteId });
      return connection;
    },
    async unlink({ provider, athleteId, data, by }) {
      const phone = phoneOf(provider);
      const vendor = phone ? null : vendors.of(provider);
      const repository = db.source.getRepository(ProviderConnection);
      const connection = await repository
        .createQueryBuilder('c')
        .where('c.athlete_id = :athleteId and c.provider = :provider', { athleteId, provider })
        .orderBy('c.linkedAt', 'DESC')
        .getOne();
      // What was kept at an unlink may still be deleted later.
      const { name } = phone ?? (vendor as Vendor);
      if (!connection || (connection.state === 'REVOKED' && data === 'KEEP'))
        throw new AppError('NOT_FOUND', `${name} is not linked, so there is nothing to unlink.`);
      const end = { vault, connection, vendorName: name, data, at: clock.now(), reason: null, by };
      await db.transaction((tx) => endConnection(tx, end));
      if (vendor) {
        options.onUnlinked({ vendor, providerUserId: connection.providerUserId });
        await settleRevocations({ ...options, vendor, athleteId });
      }
      return repository.findOneByOrFail({ id: connection.id });
    },
  };
}

const linkedByItsApp = (name: string): AppError =>
  new AppError(
    'BAD_USER_INPUT',
    `${name} has no consent page: its app on the phone links it with the first upload. Open the app and sync.`,
  );

/** The same for what never was, was used, and is somebody else's. */
const unknownReturn = (): AppError =>
  new AppError(
    'NOT_FOUND',
    'Nothing was connected: this way back from a provider was begun by somebody else, or was used already. To connect an account of your own, begin from Connections.',
  );

const tooLate = (name: string): AppError =>
  new AppError(
    'BAD_USER_INPUT',
    `Nothing was connected: the ten minutes to confirm ${name} are over, or you signed out meanwhile. Begin again.`,
  );

const refused = (name: string): AppError =>
  new AppError('FORBIDDEN', `You did not allow access at ${name}, so it stays unconnected. Begin again to allow it.`);

const taken = (name: string): AppError =>
  new AppError('CONFLICT', `This ${name} account is connected to another athlete here. Disconnect it there first.`);

const notLinked = (name: string, cause: unknown): AppError =>
  new AppError(
    'PROVIDER_UNAVAILABLE',
    `${name} did not complete the connection, so nothing was connected. Begin again in a moment.`,
    { cause },
  );

interface Owner {
  athleteId: string;
  accountId: string;
  requestId: string;
}

const UNIQUE_VIOLATION = '23505';

/** The connection, new or renewed; null when the provider account belongs to another athlete. */
async function storeLink(options: {
  db: Database;
  vault: Vault;
  vendor: Vendor;
  clock: Clock;
  queueHistory: Jobs['queueHistory'];
  owner: Owner;
  tokens: Granted;
  providerUserId: string;
}): Promise<string | null> {
  const { db, vault, vendor, owner, tokens, providerUserId } = options;
  const now = options.clock.now();
  const reason = reasonFor(vendor, tokens.scopes);
  try {
    return await db.transaction(async (tx) => {
      const [existing] = await tx.query<{ id: string; providerUserId: string }[]>(
        `select id, provider_user_id as "providerUserId" from provider_connection
          where athlete_id = $1 and provider = $2 and state <> 'REVOKED' for update`,
        [owner.athleteId, vendor.provider],
      );
      let id = existing?.id ?? newId();
      if (existing && existing.providerUserId !== providerUserId) {
        // Another account of the same person: what the old one brought keeps its origin.
        const connection = { id: existing.id, athleteId: owner.athleteId, provider: vendor.provider };
        const end = { vault, connection, vendorName: vendor.name, data: 'KEEP' as const, at: now, reason: null };
        await endConnection(tx, { ...end, by: owner });
        id = newId();
      }
      await tx.query(
        `insert into provider_connection (id, athlete_id, provider, provider_user_id, state, state_reason, granted_scopes, linked_at, workouts_since)
         values ($1, $2, $3, $4, 'ACTIVE', $5, $6, $7, case when $8 then $7::timestamptz end)
         on conflict (id) do update set state = 'ACTIVE', state_reason = excluded.state_reason,
                granted_scopes = excluded.granted_scopes, linked_at = excluded.linked_at,
                workouts_since = excluded.workouts_since, workouts_until = null`,
        [
          id,
          owner.athleteId,
          vendor.provider,
          providerUserId,
          reason,
          tokens.scopes,
          now,
          opensWorkouts(vendor, tokens.scopes),
        ],
      );
      await vault.sealTokens(tx, { connectionId: id, tokens });
      await forgetRevocation(tx, { provider: vendor.provider, providerUserId });
      await options.queueHistory(tx, { athleteId: owner.athleteId, connectionId: id, provider: vendor.provider });
      await appendAudit(tx, [linkEntry({ at: now, owner, vendor: vendor.name })]);
      return id;
    });
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === UNIQUE_VIOLATION && constraint === 'provider_connection_of_user') return null;
    throw error;
  }
}

const linkEntry = (part: { at: Date; owner: Owner; vendor: string }): AuditEntry => ({
  at: part.at,
  actorId: part.owner.accountId,
  actorKind: 'ACCOUNT',
  athleteId: part.owner.athleteId,
  action: 'LINK',
  signals: [],
  purpose: `link ${part.vendor}`,
  requestId: part.owner.requestId,
});
