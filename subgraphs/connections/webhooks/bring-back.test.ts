import { createLogger } from '#platform/log';
import { createOura, ouraConfig } from '../providers/oura.ts';
import { vendorsOf } from '../providers/registry.ts';
import { vendorWith } from '../providers/vendor.test-support.ts';
import { toRecord, type TimedArrival } from './arrival.ts';
import { bringBack } from './bring-back.ts';

const vendor = vendorWith(createOura, ouraConfig, {
  OURA_CLIENT_ID: 'id',
  OURA_CLIENT_SECRET: 'a secret of a test',
  OURA_VERIFICATION_TOKEN: 'a verification token',
});
const recordOf = (body: string, of = vendor): Buffer => {
  const rawBody = Buffer.from(body);
  const parsed = { items: [], unreadable: [] };
  return toRecord({
    arrival: { vendor: of, rawBody, parsed, provenance: 'signed', signedAt: '' },
    receivedAt: new Date(),
  });
};
const log = createLogger({ name: 'test', level: 'silent' });
let told: string[] = [];
const heard = { ...log, error: (...said: unknown[]) => void told.push(String(said.at(-1))) } as unknown as typeof log;

/** What is stored, by a PostgreSQL that throws at some bodies. */
function storing(errors: Record<string, Error>): { stored: string[]; run: (records: Buffer[]) => Promise<number> } {
  told = [];
  const stored: string[] = [];
  const store = async (arrivals: readonly TimedArrival[]): Promise<void> => {
    const bodies = arrivals.map(({ arrival }) => arrival.rawBody.toString());
    for (const body of bodies) if (errors[body]) throw errors[body];
    stored.push(...bodies);
  };
  return { stored, run: (records) => bringBack(records, { vendors: vendorsOf([vendor]), store, log: heard }) };
}

const bodies = Array.from({ length: 11 }, (_, at) => `{"n":${at}}`);

test.each([0, 4, 10])('a delivery that cannot be stored keeps no other from its place (number %i)', async (bad) => {
  const { stored, run } = storing({ [bodies[bad] as string]: new TypeError('x is not a function') });
  expect(await run(bodies.map((body) => recordOf(body)))).toBe(1);
  expect(stored).toEqual(bodies.filter((_, at) => at !== bad));
  expect(told).toEqual(['a spooled delivery cannot be stored']);
});

test('neither does one that cannot be read, or is of a provider that is not configured any more', async () => {
  const { stored, run } = storing({});
  const records = [Buffer.from('no record'), recordOf('{}', { ...vendor, slug: 'gone' }), recordOf('{"n":1}')];
  expect(await run(records)).toBe(2);
  expect(stored).toEqual(['{"n":1}']);
  expect(told).toEqual([
    'a spooled delivery cannot be read',
    'a spooled delivery is of a provider that is not configured',
  ]);
});

test.each(['57P01', '40P01'])(
  'while PostgreSQL is away or asks for it once more nothing is given up (%s)',
  async (code) => {
    const { run } = storing({ '{"n":3}': Object.assign(new Error('not now'), { code }) });
    await expect(run(bodies.map((body) => recordOf(body)))).rejects.toThrow('not now');
    expect(told).toEqual([]);
  },
);
