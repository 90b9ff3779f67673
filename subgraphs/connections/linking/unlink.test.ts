import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { startWhoopVendor, whoopEnv, type WhoopVendor } from '../../../tests/support/whoop-vendor.ts';
import { until } from '../../../tests/support/wait.ts';
import { startPeople, type Answer, type AthletePerson, type People } from '../accounts/people.test-support.ts';
import { createCounter } from '../limits/counter.ts';
import type { Vendor } from '../providers/provider.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createWhoop, whoopConfig } from '../providers/whoop.ts';
import { createOpenAccess } from '../asking/access.ts';
import { createAskProvider, type AskProvider } from '../asking/ask-provider.ts';
import { createQuotas } from '../asking/quota.ts';
import { createVault } from '../vault/vault.ts';
import { ProviderConnection } from './connection.entity.ts';
import { createLinking } from './linking.ts';
import { createReturns } from './returns.ts';

const HOUR_MS = 3_600_000;
const log = createLogger({ name: 'test', level: 'silent' });

let people: People;
/** It takes the newest access token alone, and a refresh token once. */
let whoop: WhoopVendor;
let vendor: Vendor;
let ask: AskProvider;
let hangUp: () => Promise<void>;

beforeAll(async () => {
  people = await startPeople({ entities: [ProviderConnection] });
  whoop = await startWhoopVendor();
  const { db, vault, clock } = people;
  vendor = vendorWith(createWhoop, whoopConfig, whoopEnv(whoop));
  const quotas = createQuotas({ db, counter: createCounter({ db }), clock, log });
  ({ ask, close: hangUp } = createAskProvider({ quotas, clock, metrics: createMetrics(), log }));
  const secret = Buffer.alloc(32, 7);
  const linking = createLinking({
    ...{ db, vault, vendors: vendorsOf([vendor]), clock, log, proofSecret: secret },
    returns: createReturns({ db, clock, secret }),
    ask,
    publicOauthUrl: 'https://ally.test/v1/oauth',
    queueHistory: () => Promise.resolve(),
    onLinked: () => undefined,
    onUnlinked: () => undefined,
  });
  Object.assign(people.parts, { linking });
});
afterAll(async () => {
  await hangUp();
  await whoop.close();
  await people.stop();
});

/** Linked to WHOOP with its first pair, whose access token has ended at WHOOP. */
async function linked(athlete: AthletePerson): Promise<string> {
  const connectionId = newId();
  await people.database.query(
    `insert into connections.provider_connection (id, athlete_id, provider, provider_user_id, state, granted_scopes, linked_at)
     values ($1, $2, 'WHOOP', '27104913', 'ACTIVE', '{}', now())`,
    [connectionId, athlete.athleteId],
  );
  const accessExpiresAt = new Date(Date.now() + HOUR_MS);
  const tokens = { accessToken: 'at.1', refreshToken: 'rt.1', accessExpiresAt };
  await people.vault.sealTokens(people.db, { connectionId, tokens });
  whoop.expireTokens();
  return connectionId;
}

/** A read by another replica: WHOOP refuses the pair of the link, so a new one is asked for. `onRefresh` happens before that. */
async function fetchElsewhere(connectionId: string, onRefresh: () => Promise<void>): Promise<number> {
  const { db, clock, tokenRing, payloadRing } = people;
  const vault = createVault({ db, tokenRing, payloadRing, clock });
  const heldUp: AskProvider = async (to, call, options) => {
    if (call.url === to.oauth.tokenUrl) await onRefresh();
    return ask(to, call, options);
  };
  const openAccess = createOpenAccess({ db, vault, ask: heldUp, clock, log });
  const access = openAccess({ vendor, connectionId, purpose: 'test' });
  return (await access({ method: 'GET', url: vendor.oauth.probeUrl })).status;
}

const isWaiting = async (): Promise<boolean> => {
  // By the same role: another sees nothing of the statement.
  const rows = await people.db.query<unknown[]>(
    `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into pending_revocation%'`,
  );
  return rows.length > 0;
};

test('an unlink waits for a refresh that is under way, and revokes with the pair it brings', async () => {
  const athlete = await people.athlete();
  const connectionId = await linked(athlete);
  let unlinking: Promise<Answer> | null = null;
  const fetched = await fetchElsewhere(connectionId, async () => {
    unlinking = people.ask(athlete.viewer, 'mutation { unlinkProvider(provider: WHOOP, data: KEEP) { state } }');
    await until('the unlink to wait', isWaiting);
  });
  const { data } = await (unlinking as unknown as Promise<Answer>);
  expect(data.unlinkProvider).toEqual({ state: 'REVOKED' });
  expect(fetched).toBe(200);
  expect(whoop.revokedWith).toBe('at.2');
  expect(whoop.requests.toSorted()).toEqual([
    'DELETE /developer/v2/user/access',
    'GET /developer/v2/user/profile/basic',
    'GET /developer/v2/user/profile/basic',
    'POST /oauth/oauth2/token',
  ]);
});
