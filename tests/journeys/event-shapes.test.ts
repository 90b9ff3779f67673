import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createLogger } from '#platform/log';
import { openBus, type Bus } from '#platform/bus';
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

const FOLDER = 'schema/events';
const RECOMPUTE = 'athlete-ally.dlq.recompute.v1';
const USER = 'oura-user-1';
const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

let vendor: OuraVendor;
let world: World;
let bus: Bus;
let athlete: Person;
const heard: { subject: string; body: unknown }[] = [];

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const schemas = new Map(
  readdirSync(FOLDER).map((file): [string, { subject: RegExp; accepts: ValidateFunction }] => {
    const schema = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { title: string };
    const pattern = schema.title.replaceAll('.', '[.]').replaceAll(/\{\w+\}/g, '[^.]+');
    return [file, { subject: new RegExp(`^${pattern}$`), accepts: ajv.compile(schema) }];
  }),
);
const fileOf = (subject: string): string | undefined =>
  [...schemas].find(([, schema]) => schema.subject.test(subject))?.[0];

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    programs: ['connections', 'health-data', 'insights', 'gateway'],
    env: { ...vendorEnv(vendor), SWEEP_AFTER_MS: '1000' },
  });
  bus = await openBus({
    url: world.nats.url('operator'),
    name: 'test',
    log: createLogger({ name: 'test', level: 'silent' }),
  });
  const everything = bus.connection.subscribe('athlete-ally.>');
  void (async () => {
    for await (const { subject, data } of everything)
      heard.push({ subject, body: JSON.parse(Buffer.from(data).toString()) });
  })();
  await bus.connection.flush();
  await live();
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await world?.stop();
  await vendor?.close();
});

const hasHeard = (file: string): Promise<boolean> =>
  until(file, () => heard.some(({ subject }) => fileOf(subject) === file));

/** Everything that makes a process say something. */
async function live(): Promise<void> {
  const coach = await register(world, 'COACH');
  athlete = await register(world, 'ATHLETE');
  const teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: ['SLEEP', 'HRV'] });
  await linkVendorUser(world, { athlete, userId: USER });
  const series = { interval: 300, items: [52, 51, 50], timestamp: `${DAY}T01:00:00.000+02:00` };
  vendor.documents.set('sleep/n1', { ...sleepDocument({ id: 'n1', day: DAY }), heart_rate: series });
  await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'n1' })));
  for (const domain of ['sleep', 'hrv', 'resting_heart_rate', 'heart_rate'])
    await hasHeard(`normalized.${domain}.v1.json`);
  await hasHeard('insights.readiness.v1.json');
  vendor.failWith = 422;
  await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'n2' })));
  await hasHeard('dlq.v1.json');
  vendor.failWith = null;
  await world.database.query('alter table insights.taken_touch add constraint broken check (false) not valid');
  vendor.documents.set('sleep/n3', { ...sleepDocument({ id: 'n3', day: DAY }), average_hrv: 70 });
  await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: 'n3' })));
  await until('a letter of insights', () => heard.some(({ subject }) => subject === RECOMPUTE));
  await world.database.query('alter table insights.taken_touch drop constraint broken');
  await world.ask(
    'mutation ($input: StartBackfillInput!) { startBackfill(input: $input) { id } }',
    { input: { provider: 'OURA', from: DAY, to: DAY } },
    athlete.token,
  );
  await hasHeard('sync.job.v1.json');
  await world.ask('mutation ($teamId: ID!) { leaveTeam(teamId: $teamId) }', { teamId }, athlete.token);
  await hasHeard('access.changed.v1.json');
}

test('every message that the processes sent is as the schema of its subject says', () => {
  const wrong = heard.flatMap(({ subject, body }) => {
    const file = fileOf(subject);
    const schema = file === undefined ? undefined : schemas.get(file);
    if (schema === undefined) return [`${subject} has no schema`];
    return schema.accepts(body) ? [] : [`${subject}: ${ajv.errorsText(schema.accepts.errors)}`];
  });
  expect(wrong).toEqual([]);
});

test.each([
  'raw.v1.json',
  'normalized.sleep.v1.json',
  'normalized.hrv.v1.json',
  'normalized.resting_heart_rate.v1.json',
  'normalized.heart_rate.v1.json',
  'insights.readiness.v1.json',
  'sync.job.v1.json',
  'consent.changed.v1.json',
  'access.changed.v1.json',
  'dlq.v1.json',
])('a message of %s was among them, and one more field in it would be refused, however deep', (file) => {
  const message = heard.find(({ subject }) => fileOf(subject) === file);
  expect(message).toBeDefined();
  const accepts = schemas.get(file)?.accepts as ValidateFunction;
  for (const path of objectsIn(message?.body)) {
    const altered = structuredClone(message?.body);
    const place = path.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      altered as Record<string, unknown>,
    );
    place['hrvMs'] = 51;
    expect(accepts(altered)).toBe(false);
  }
});

test('insights announces the letter of an athlete it could not compute, once', async () => {
  const letters = await world.database.query('select id, stage, reason from insights.dead_letter');
  expect(letters).toHaveLength(1);
  expect(heard.filter(({ subject }) => subject === RECOMPUTE).map(({ body }) => body)).toEqual(letters);
});

/** Paths to every object in a body, itself included. */
function objectsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) => objectsIn(child, [...path, key]));
  return Array.isArray(value) ? below : [path, ...below];
}
