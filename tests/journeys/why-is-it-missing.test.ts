import {
  deliver,
  linkVendorUser,
  signDelivery,
  sleepDocument,
  sleepEvent,
  startOuraVendor,
  vendorEnv,
  type OuraVendor,
} from '../support/oura-vendor.ts';
import { createTeam, join, register, share, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const USER = 'oura-user-1';
const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

let vendor: OuraVendor;
let world: World;
let athlete: Person;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'], env: vendorEnv(vendor) });
  athlete = await register(world, 'ATHLETE', 'UTC');
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

interface Step {
  at: string | null;
  provider: string | null;
  stage: string;
  outcome: string;
  reason: string | null;
  explanation: string;
  deliveryId: string | null;
  domain: string | null;
  repeats: number | null;
  until: string | null;
}

const QUERY = `query ($id: ID!, $date: Date!) { athlete(id: $id) { id
  dataTrace(date: $date) { at provider stage outcome reason explanation deliveryId domain repeats until } } }`;

async function traceFor(person: Person, date: string): Promise<Step[] | null> {
  const variables = { id: athlete.athleteId, date };
  const { athlete: found } = await world.ask<{ athlete: { dataTrace: Step[] | null } | null }>(
    QUERY,
    variables,
    person.token,
  );
  return found?.dataTrace ?? null;
}

const trace = async (date: string): Promise<Step[]> => (await traceFor(athlete, date)) ?? [];
const endings = (steps: readonly Step[]): string[] => steps.map(({ stage, outcome }) => `${stage} ${outcome}`);
const traceWith = (date: string, ending: string): Promise<Step[]> =>
  until(`${ending} on ${date}`, async () => {
    const steps = await trace(date);
    return endings(steps).includes(ending) && steps;
  });
const tellOf = async (objectId: string, type = 'create'): Promise<void> => {
  const answer = await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId, type })));
  expect(answer.status).toBe(200);
};

describe('an athlete who asks why a day is empty', () => {
  it('is told that nothing is connected', async () => {
    const [step, ...more] = await trace(today);
    expect(more).toEqual([]);
    expect(step).toMatchObject({ provider: null, stage: 'CONNECTION', outcome: 'NOT_CONNECTED' });
    expect(step?.explanation).toMatch(/connect/i);
  });

  it('is told that the provider has sent nothing for the day', async () => {
    vendor.documents.set('sleep/old', sleepDocument({ id: 'old', day: dayAgo(20) }));
    await linkVendorUser(world, { athlete, userId: USER });
    await traceWith(today, 'CONNECTION NOTHING_RECEIVED');
    // A night of the history: loaded, not notified.
    expect(endings(await traceWith(dayAgo(20), 'STORED STORED'))).toEqual(
      expect.arrayContaining(['FETCHED FETCHED', 'NORMALISED READ']),
    );
  });

  it('sees the whole way of a night that came three times, and no value of it', async () => {
    vendor.documents.set('sleep/seen', sleepDocument({ id: 'seen', day: today, hrvMs: 77 }));
    const delivery = signDelivery(sleepEvent({ userId: USER, objectId: 'seen', time: `${today}T05:00:00+00:00` }));
    await Promise.all(Array.from({ length: 3 }, () => deliver(world, delivery)));
    const steps = await traceWith(today, 'STORED STORED');
    const way = steps.filter(({ deliveryId }) => deliveryId === steps[0]?.deliveryId);
    expect(endings(way).slice(0, 4)).toEqual([
      'SEEN RECEIVED',
      'VERIFIED SIGNED',
      'FETCHED FETCHED',
      'NORMALISED READ',
    ]);
    expect(way[0]).toMatchObject({ provider: 'OURA', domain: 'sleep', repeats: 2 });
    const stored = way.filter(({ stage }) => stage === 'STORED').map(({ domain }) => domain);
    expect(stored).toEqual(expect.arrayContaining(['sleep', 'hrv', 'resting_heart_rate']));
    // No number of two digits in any sentence: neither 77 ms nor 463 minutes.
    expect(steps.map(({ explanation, reason }) => `${explanation} ${reason}`).join(' ')).not.toMatch(
      /\d\d|oura-user-1/,
    );
  });

  it('is told of a missing permission', async () => {
    vendor.failWith = 403;
    await tellOf('forbidden');
    const step = (await traceWith(today, 'FETCHED MISSING_PERMISSION')).find(
      ({ outcome }) => outcome === 'MISSING_PERMISSION',
    );
    expect(step).toMatchObject({ reason: 'missing_scope', explanation: expect.stringMatching(/connect oura again/i) });
    vendor.failWith = null;
  });

  it('is told that an item was not believed, and why', async () => {
    const tomorrow = dayAgo(-2);
    vendor.documents.set('sleep/future', sleepDocument({ id: 'future', day: tomorrow }));
    await tellOf('future');
    const rejected = (await traceWith(today, 'REFUSED REJECTED')).find(({ outcome }) => outcome === 'REJECTED');
    expect(rejected).toMatchObject({ reason: 'future_dated', explanation: expect.stringMatching(/clock/) });
  });

  it('is told that the provider is away and when it is asked again, and nothing is lost', async () => {
    vendor.documents.set('sleep/later', sleepDocument({ id: 'later', day: dayAgo(1) }));
    vendor.failWith = 503;
    await tellOf('later');
    const waiting = (await traceWith(dayAgo(1), 'FETCHED WAITING')).find(({ outcome }) => outcome === 'WAITING');
    expect(Date.parse(waiting?.until ?? '')).toBeGreaterThan(Date.now() - 60_000);
    vendor.failWith = null;
    const steps = await until(
      'the night of yesterday',
      async () => {
        const now = await trace(dayAgo(1));
        return now.some(({ stage, domain }) => stage === 'STORED' && domain === 'sleep') && now;
      },
      90_000,
    );
    expect(endings(steps)).not.toContain('FETCHED WAITING');
  }, 120_000);

  it('is the only one who is answered: not a coach who may see everything else', async () => {
    const coach = await register(world, 'COACH');
    const teamId = await createTeam(world, coach);
    await join(world, { coach, teamId, athlete });
    await share(world, {
      athlete,
      teamId,
      signals: ['HRV', 'RESTING_HEART_RATE', 'HEART_RATE', 'SLEEP', 'TRAINING', 'STEPS', 'VITALS'],
      since: dayAgo(30),
    });
    expect(await traceFor(coach, today)).toBeNull();
    expect(await traceFor(await register(world, 'ATHLETE'), today)).toBeNull();
    expect((await trace(today)).length).toBeGreaterThan(3);
  });
});
