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
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const NIGHTS = 20;
const USER = 'oura-user-of-a-deleted-ring';
const NIGHT = 'a-deleted-night';
const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

let vendor: OuraVendor;
let world: World;
let athlete: Person;

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({
    env: vendorEnv(vendor),
    programs: ['connections', 'health-data', 'insights', 'gateway'],
  });
  athlete = await register(world, 'ATHLETE', 'UTC');
  for (let n = 0; n < NIGHTS; n += 1) {
    const document = sleepDocument({ id: `${NIGHT}-${n}`, day: dayAgo(n), hrvMs: 50 + (n % 5) });
    vendor.documents.set(`sleep/${NIGHT}-${n}`, document);
  }
  await linkAndLoad();
}, 120_000);
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const QUERY = `{ viewer { athlete {
  connections { provider state dataDeletedAt }
  sleep(from: "${dayAgo(NIGHTS)}", to: "${today}") { state nights { date } }
  hrv(from: "${dayAgo(NIGHTS)}", to: "${today}") { state streams { id } }
  readiness(date: "${today}") { status score revision }
  earlier: readiness(date: "${dayAgo(9)}") { status score }
} } }`;

interface Seen {
  connections: { provider: string; state: string; dataDeletedAt: string | null }[];
  sleep: { state: string; nights: { date: string }[] };
  hrv: { state: string; streams: { id: string }[] };
  readiness: { status: string; score: number | null; revision: number };
  earlier: { status: string; score: number | null };
}

const seen = async (): Promise<Seen> =>
  (await world.ask<{ viewer: { athlete: Seen } }>(QUERY, {}, athlete.token)).viewer.athlete;

async function linkAndLoad(): Promise<void> {
  await linkVendorUser(world, { athlete, userId: USER });
  await until('the nights and their score', async () => {
    const { sleep, readiness } = await seen();
    return sleep.nights.length === NIGHTS && readiness.score !== null;
  });
}

const unlink = (data: 'KEEP' | 'DELETE') =>
  world.ask<{ unlinkProvider: { state: string; dataDeletedAt: string | null } }>(
    'mutation ($data: UnlinkData!) { unlinkProvider(provider: OURA, data: $data) { state dataDeletedAt } }',
    { data },
    athlete.token,
  );

/** Every row of every table of the product in which one of these words stands, by table. */
async function rowsWith(...words: string[]): Promise<Record<string, number>> {
  const tables = await world.database.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname in ('connections', 'health_data', 'insights', 'audit')`,
  );
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await world.database.query<{ n: number }>(
      `select count(*)::int as n from ${name} t where exists (select from unnest($1::text[]) w where strpos(t::text, w) > 0)`,
      [words],
    );
    if (row && row.n > 0) found[name] = row.n;
  }
  return found;
}

/** What a ring leaves: its nights, its stream and the name its vendor gave the person. */
const leftovers = () => rowsWith(NIGHT, 'oura:', USER);

const isErased = async (): Promise<boolean> => {
  const [row] = await world.database.query<{ open: number; bodies: number }>(
    `select (select count(*)::int from connections.source_erasure where erased_at is null) as open,
            (select count(*)::int from connections.delivery where provider = 'OURA') as bodies`,
  );
  return row?.open === 0 && row.bodies === 0;
};

describe('an athlete who unlinks a provider', () => {
  it('and keeps the data still sees every night, and may link again', async () => {
    const before = await seen();
    expect((await unlink('KEEP')).unlinkProvider).toEqual({ state: 'REVOKED', dataDeletedAt: null });
    const after = await seen();
    expect([after.sleep, after.hrv, after.readiness]).toEqual([before.sleep, before.hrv, before.readiness]);
    await linkAndLoad();
  });

  it('and deletes the data sees none of it any more; the score is computed anew without it', async () => {
    expect(Object.keys(await leftovers()).length).toBeGreaterThan(5);
    expect((await seen()).earlier.score).not.toBeNull();
    const { unlinkProvider } = await unlink('DELETE');
    expect(unlinkProvider.state).toBe('REVOKED');
    expect(unlinkProvider.dataDeletedAt).not.toBeNull();
    const after = await until('the score without it', async () => {
      const now = await seen();
      return now.readiness.score === null && now;
    });
    expect([after.sleep.state, after.sleep.nights, after.hrv]).toEqual([
      'NO_DATA',
      [],
      { state: 'NO_DATA', streams: [] },
    ]);
    expect([after.readiness.status, after.earlier]).toEqual(['INSUFFICIENT', { status: 'INSUFFICIENT', score: null }]);
    const [view] = await world.database.query<{ reason: string }>(
      'select reason from insights.readiness_day where athlete_id = $1 and date = $2 and basis = 7',
      [athlete.athleteId, today],
    );
    expect(view?.reason).toBe('DELETION');
  });

  it('leaves nothing behind: no night, no body, no series, no name at the vendor', async () => {
    await until('the bodies to be gone', isErased);
    expect(await leftovers()).toEqual({});
    const traces = await world.database.query(
      `select 'bodies' as what from connections.delivery where athlete_id = $1
       union all select 'ledger' from health_data.processed_delivery where athlete_id = $1
       union all select 'letters' from health_data.dead_letter where athlete_id = $1
       union all select 'records' from connections.record_fetch
       union all select 'tokens' from connections.sealed_token`,
      [athlete.athleteId],
    );
    expect(traces).toEqual([]);
  });

  it('and links again starts afresh: the history is loaded and stored', async () => {
    await linkAndLoad();
    expect((await seen()).connections.map(({ state }) => state).toSorted()).toEqual(['ACTIVE', 'REVOKED', 'REVOKED']);
  });

  it('loses nothing to crashes: what was on its way is not taken, and the erasure ends', async () => {
    const events = Array.from({ length: 30 }, (_, n) =>
      deliver(world, signDelivery(sleepEvent({ userId: USER, objectId: `${NIGHT}-${n % NIGHTS}`, type: 'update' }))),
    );
    await Promise.all([unlink('DELETE'), ...events]);
    await Promise.all([world.kill('health-data'), world.kill('connections'), world.kill('insights')]);
    await Promise.all([world.start('health-data'), world.start('connections'), world.start('insights')]);
    await until('the erasure', isErased);
    await until('no trace of the ring', async () => Object.keys(await leftovers()).length === 0);
    // Nothing comes back: what stood in the bus was delivered meanwhile.
    const orders = await world.database.query<{ n: number }>(
      'select count(*)::int as n from health_data.erased_source e join insights.erased_source i using (order_id)',
    );
    expect(orders).toEqual([{ n: 2 }]);
    expect((await seen()).sleep.state).toBe('NO_DATA');
  }, 90_000);

  it('may still delete later what was kept at first, but not unlink what is not linked', async () => {
    await linkAndLoad();
    await unlink('KEEP');
    await expect(unlink('KEEP')).rejects.toThrow(/NOT_FOUND/);
    await unlink('DELETE');
    await until('no trace of the ring', async () => (await isErased()) && Object.keys(await leftovers()).length === 0);
  });
});
