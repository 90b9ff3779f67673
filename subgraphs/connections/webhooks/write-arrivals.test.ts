import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing, newDataKey, open } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
import { createPayloadKeys, payloadKeyAad, type PayloadKey, type WrappedKey } from '#platform/payload-keys';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import type { ParsedBody } from '../providers/provider.ts';
import type { TimedArrival } from './arrival.ts';
import type { SealedDelivery } from './new-delivery.ts';
import { createRecipients } from './recipients.ts';
import { readyArrivals } from './write-arrivals.ts';

/** More than the memory of keys has room for. */
const PEOPLE = 20_001;
const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
const vendor = vendorWith(createOura, ouraConfig, {
  OURA_CLIENT_ID: 'id',
  OURA_CLIENT_SECRET: 'a secret of a test',
  OURA_VERIFICATION_TOKEN: 'a verification token',
});

function newKey(athleteId: string | null): WrappedKey {
  const key = { id: newId(), athleteId };
  return { ...key, ...ring.wrap({ dataKey: newDataKey(), aad: payloadKeyAad(key) }) };
}

/** A database in which whoever is asked for is linked. */
const linked = {
  query: async (_text: string, [providers, userIds]: [string[], string[]]) =>
    userIds.map((providerUserId, at) => {
      const athleteId = newId();
      const { id: keyId, wrapped, kekVersion } = newKey(athleteId);
      return { provider: providers[at], providerUserId, connectionId: newId(), athleteId, keyId, wrapped, kekVersion };
    }),
} as unknown as Sql;

const arrivalOf = (parsed: ParsedBody): TimedArrival => ({
  arrival: { vendor, rawBody: Buffer.from('{}'), parsed, provenance: 'signed', signedAt: '' },
  receivedAt: new Date(),
});

const opened = ({ delivery, id, bodySealed }: SealedDelivery, { key }: PayloadKey): string =>
  open({ key, sealed: bodySealed, aad: ['payload-body', id, delivery.keyId] }).toString();

test('a body for more people than keys fit into memory is sealed for each of them', async () => {
  const payloadKeys = createPayloadKeys({ ring });
  const recipients = createRecipients({ db: linked, payloadKeys, clock: systemClock });
  const items = Array.from({ length: PEOPLE }, (_, at) => ({
    kind: 'data' as const,
    providerUserId: `person-${at}`,
    domain: 'dailies',
    body: Buffer.from(`of person ${at}`),
  }));
  const arrivals = [arrivalOf({ items, unreadable: [] })];
  const { deliveries } = await readyArrivals({ recipients, intakeKey: payloadKeys.remember(newKey(null)), arrivals });
  expect(new Set(deliveries.map(({ delivery }) => delivery.athleteId)).size).toBe(PEOPLE);
  const last = deliveries.at(-1) as SealedDelivery;
  expect(opened(last, payloadKeys.of(last.delivery.keyId))).toBe(`of person ${PEOPLE - 1}`);
});

test('what nobody can read is sealed however many keys were used since the start', async () => {
  const payloadKeys = createPayloadKeys({ ring });
  const intakeKey = payloadKeys.remember(newKey(null));
  for (let others = 0; others < PEOPLE; others += 1) payloadKeys.remember(newKey(newId()));
  expect(payloadKeys.has(intakeKey.id)).toBe(false);
  const recipients = createRecipients({ db: linked, payloadKeys, clock: systemClock });
  const unreadable = [{ reason: 'not_json' as const, body: Buffer.from('no JSON') }];
  const { deliveries } = await readyArrivals({
    recipients,
    intakeKey,
    arrivals: [arrivalOf({ items: [], unreadable })],
  });
  expect(deliveries.map((delivery) => opened(delivery, intakeKey))).toEqual(['no JSON']);
});
