import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { createLogger } from '#platform/log';
import { createPayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { createIntake, type Intake } from './accept.ts';
import type { Arrival } from './arrival.ts';
import { createRecipients } from './recipients.ts';

const vendor = vendorWith(createOura, ouraConfig, {
  OURA_CLIENT_ID: 'id',
  OURA_CLIENT_SECRET: 'a secret of a test',
  OURA_VERIFICATION_TOKEN: 'a verification token',
});
const body = Buffer.from('{}');
const arrival: Arrival = {
  vendor,
  rawBody: body,
  parsed: { items: [{ kind: 'data', providerUserId: 'nobody', domain: 'sleep', body }], unreadable: [] },
  provenance: 'signed',
  signedAt: '',
};

/** Over a database that knows nobody and answers within the turn, so that the steps to the end of a write can be counted. */
function intakeOver(db: Sql): Intake {
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const payloadKeys = createPayloadKeys({ ring });
  return createIntake({
    db,
    vendors: vendorsOf([vendor]),
    spool: null,
    recipients: createRecipients({ db, payloadKeys, clock: systemClock }),
    payloadKeys,
    intakeKeyId: 'none',
    clock: systemClock,
    metrics: createMetrics(),
    log: createLogger({ name: 'test', level: 'silent' }),
    onStored: () => undefined,
  });
}

// Around the moment at which the intake finds nothing waiting and rests: each of these microtasks is before, in or after it.
test.each(Array.from({ length: 40 }, (_, steps) => steps))(
  'a delivery that comes %i microtasks after the last statement is answered too',
  async (steps) => {
    const second = Promise.withResolvers<unknown>();
    let isFirst = true;
    const intake = intakeOver({
      query: async () => {
        if (isFirst) void acceptAfter(steps);
        isFirst = false;
        return [];
      },
    } as Sql);
    const acceptAfter = async (microtasks: number): Promise<void> => {
      for (let step = 0; step < microtasks; step += 1) await Promise.resolve();
      second.resolve(intake.accept(arrival));
    };
    expect(await intake.accept(arrival)).toBe('unknown_user');
    expect(await second.promise).toBe('unknown_user');
    await intake.close();
  },
  1_000,
);
