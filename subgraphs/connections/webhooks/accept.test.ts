import { randomBytes } from 'node:crypto';
import { systemClock } from '#platform/clock';
import { createKeyRing } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { createLogger } from '#platform/log';
import { createPayloadKeys } from '#platform/payload-keys';
import { createMetrics } from '#platform/telemetry';
import { until } from '../../../tests/support/wait.ts';
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
    announceLetters: () => Promise.resolve(),
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

describe('while a statement is under way', () => {
  /** Of each lookup: how many people it asks for, and how to end it. */
  const gated = () => {
    const lookups: { people: number; end: () => void; fail: (error: Error) => void }[] = [];
    const intake = intakeOver({
      query: (_text: string, [, userIds]: [string[], string[]]) =>
        new Promise((resolve, reject) => {
          lookups.push({ people: userIds.length, end: () => resolve([]), fail: reject });
        }),
    } as unknown as Sql);
    const asked = (): number => lookups.reduce((sum, { people }) => sum + people, 0);
    return { intake, lookups, asked };
  };
  const of = (providerUserId: string): Arrival => ({
    ...arrival,
    parsed: { items: [{ kind: 'data', providerUserId, domain: 'sleep', body }], unreadable: [] },
  });

  test('what comes is made ready for the next one', async () => {
    const { intake, lookups } = gated();
    const first = intake.accept(of('first'));
    await until('the first to be looked up', () => lookups.length === 1, 1_000);
    const second = Array.from({ length: 16 }, (_, at) => intake.accept(of(`second ${at}`)));
    await until('the second to be looked up as well', () => lookups.length === 2, 1_000);
    lookups[1]?.end();
    lookups[0]?.end();
    expect(new Set(await Promise.all([first, ...second]))).toEqual(new Set(['unknown_user']));
    await intake.close();
  });

  test('no more is made ready than the next one takes', async () => {
    const { intake, lookups, asked } = gated();
    const answers = [intake.accept(of('first'))];
    await until('the first to be looked up', () => lookups.length === 1, 1_000);
    answers.push(...Array.from({ length: 1_200 }, (_, at) => intake.accept(of(`later ${at}`))));
    await until('the next to be looked up', () => lookups.length === 2, 1_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked()).toBe(1 + 500);
    let ended = 0;
    while (asked() < 1_201 || ended < lookups.length) {
      while (ended < lookups.length) lookups[ended++]?.end();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['unknown_user']));
    await intake.close();
  });

  test('what cannot be made ready is refused, and nothing else with it', async () => {
    const { intake, lookups } = gated();
    const first = intake.accept(of('first'));
    await until('the first to be looked up', () => lookups.length === 1, 1_000);
    const second = Promise.allSettled(Array.from({ length: 16 }, (_, at) => intake.accept(of(`second ${at}`))));
    await until('the second to be looked up as well', () => lookups.length === 2, 1_000);
    lookups[1]?.fail(new Error('no such table'));
    await new Promise((resolve) => setImmediate(resolve));
    lookups[0]?.end();
    expect(await first).toBe('unknown_user');
    for (const one of await second) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    await intake.close();
  });
});
