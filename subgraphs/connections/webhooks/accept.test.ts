import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#platform/clock';
import { createKeyRing, keyObject } from '#platform/crypto';
import type { Sql } from '#platform/database';
import { newId } from '#platform/ids';
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
import { openSpool, type Spool } from './spool.ts';

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
function intakeOver(db: Sql, spool: Spool | null = null): Intake {
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const payloadKeys = createPayloadKeys({ ring });
  return createIntake({
    db,
    vendors: vendorsOf([vendor]),
    spool,
    recipients: createRecipients({ db, payloadKeys, clock: systemClock }),
    intakeKey: { id: newId(), key: keyObject(randomBytes(32)) },
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

const of = (providerUserId: string): Arrival => ({
  ...arrival,
  parsed: { items: [{ kind: 'data', providerUserId, domain: 'sleep', body }], unreadable: [] },
});

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

  test('what waits is bounded by its bytes too, and taken again when it is written', async () => {
    const { intake, lookups } = gated();
    const large = { ...of('large'), rawBody: Buffer.alloc(10 * 1024 * 1024) };
    const answers = Array.from({ length: 7 }, () => intake.accept(large));
    await expect(intake.accept(of('one too many'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    let ended = 0;
    let isAnswered = false;
    const all = Promise.all(answers).finally(() => (isAnswered = true));
    while (!isAnswered) {
      while (ended < lookups.length) lookups[ended++]?.end();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(await all)).toEqual(new Set(['unknown_user']));
    const after = intake.accept(of('after'));
    await until('it to be looked up', () => lookups.length > ended, 1_000);
    lookups[ended]?.end();
    expect(await after).toBe('unknown_user');
    await intake.close();
  });

  test('when PostgreSQL is away what is made ready is refused, each at once and nothing else with it', async () => {
    const { intake, lookups } = gated();
    const first = intake.accept(of('first'));
    await until('the first to be looked up', () => lookups.length === 1, 1_000);
    const second = Promise.allSettled(Array.from({ length: 16 }, (_, at) => intake.accept(of(`second ${at}`))));
    await until('the second to be looked up as well', () => lookups.length === 2, 1_000);
    lookups[1]?.fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await new Promise((resolve) => setImmediate(resolve));
    lookups[0]?.end();
    expect(await first).toBe('unknown_user');
    for (const one of await second) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    expect(lookups).toHaveLength(2);
    await intake.close();
  });
});

test.each([0, 7, 16])('one delivery that cannot be stored refuses none of its neighbours (number %i)', async (bad) => {
  const intake = intakeOver({
    query: async (_text: string, [, userIds]: [string[], string[]]) => {
      if (userIds.includes(`user ${bad}`)) throw new TypeError('x is not a function');
      return [];
    },
  } as unknown as Sql);
  const answers = await Promise.allSettled(Array.from({ length: 17 }, (_, at) => intake.accept(of(`user ${at}`))));
  for (const [at, answer] of answers.entries())
    expect(answer).toMatchObject(at === bad ? { status: 'rejected' } : { status: 'fulfilled', value: 'unknown_user' });
  await intake.close();
});

test('when PostgreSQL goes again while the last of the spool is brought to it, the spool is drained once more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athlete-ally-spool-'));
  const metrics = createMetrics();
  const log = createLogger({ name: 'test', level: 'silent' });
  const ring = createKeyRing({ purpose: 'payload', roots: new Map([[1, randomBytes(32)]]) });
  const spool = await openSpool({ folder, limitBytes: 1e6, ring, metrics, log });
  let isThere = false;
  /** Lookups from the spool, each to be ended. */
  const held: (() => void)[] = [];
  const intake = intakeOver(
    {
      query: () =>
        isThere
          ? new Promise((resolve) => held.push(() => resolve([])))
          : Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
    } as unknown as Sql,
    spool,
  );
  const bodyOf = (user: string): Arrival => {
    const rawBody = Buffer.from(
      JSON.stringify({
        event_type: 'update',
        data_type: 'sleep',
        object_id: 'x',
        event_time: '2026-11-16T05:02:30+00:00',
        user_id: user,
      }),
    );
    return { ...arrival, rawBody, parsed: vendor.webhook.parse(rawBody) };
  };
  expect(await intake.accept(bodyOf('first'))).toBe('spooled');
  isThere = true;
  await until('the first to be brought back', () => held.length === 1);
  expect(await intake.accept(bodyOf('meanwhile'))).toBe('spooled');
  held[0]?.();
  await until('what came meanwhile to be brought back', () => held.length === 2);
  isThere = false;
  expect(await intake.accept(bodyOf('last'))).toBe('spooled');
  isThere = true;
  held[1]?.();
  await until('the last to be brought back', () => held.length === 3);
  held[2]?.();
  await until('the spool to be empty', async () => (await metrics.spoolBytes.get()).values[0]?.value === 0);
  await intake.close();
  await rm(folder, { recursive: true });
});
