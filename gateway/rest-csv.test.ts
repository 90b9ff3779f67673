import { get as getOverHttp, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#platform/errors';
import { signRosterLink, type RosterLink } from '#platform/roster-link';
import { TEAM } from './testing/small-graph.ts';
import { openWorld, type Account, type World } from './testing/world.ts';

let world: World;
let coach: Account;
beforeAll(async () => {
  world = await openWorld();
  coach = world.coach([TEAM]);
});
afterEach(async () => {
  world.small.measured.clear();
  await world.reset();
});
afterAll(() => world.close());

const linkOf = (part: Partial<RosterLink> = {}): string =>
  signRosterLink(world.small.keys.insights, {
    ...{ teamId: TEAM, ...coach, filter: {}, days: 1, expiresAt: Date.now() + 60_000, nonce: 'n' },
    ...part,
  });

const get = (link: string) => fetch(new URL(`/api/v1/teams/${TEAM}/readiness.csv?link=${link}`, world.url));

/** Parts as insights gives them, by the cursor that asks for them. */
function measureParts(parts: Record<string, unknown>): unknown[] {
  const asked: unknown[] = [];
  world.small.measured.set('rosterTable', (args) => {
    asked.push(args);
    const part = parts[String(args['after'] ?? '')];
    if (part instanceof Error) throw part;
    return part;
  });
  return asked;
}

const part = (endCursor: string | null, ...names: string[]) => ({
  columns: ['name', 'score'],
  rows: names.map((name) => [name, '70']),
  endCursor,
});

test('a file is read in parts and written as one, with the days and the filter of its link', async () => {
  const asked = measureParts({ '': part('a', 'Anna', '=1'), a: part('b', 'Ben'), b: part(null, 'Cleo, the fast') });
  const response = await get(linkOf({ days: 7, filter: { search: 'n' } }));
  expect([response.status, await response.text()]).toEqual([
    200,
    'team,name,score\r\nSprinters,Anna,70\r\nSprinters,\'=1,70\r\nSprinters,Ben,70\r\nSprinters,"Cleo, the fast",70\r\n',
  ]);
  expect(asked).toEqual(
    [null, 'a', 'b']
      .map((after) => ({ days: 7, filter: { search: 'n' }, ...(after === null ? {} : { after }) }))
      .map((args) => expect.objectContaining(args)),
  );
});

/** Each part is more than a socket holds on its way, so that a file of them cannot lie there whole. */
const [PARTS, LINES, FILLING] = [45, 1_000, 'x'.repeat(1_500)];

/** A part takes a tenth of it, on a machine that is busy with something else as well. */
const [STILL_MS, LOOK_EVERY_MS] = [3_000, 250];

test('a reader who stops holds the making of the file up, and gets the whole of it afterwards', async () => {
  const parts = Array.from({ length: PARTS }, (_, at) => {
    const names = Array.from({ length: LINES }, (__, line) => `${at * LINES + line} ${FILLING}`);
    return [at === 0 ? '' : String(at), () => part(at === PARTS - 1 ? null : String(at + 1), ...names)] as const;
  });
  const made = new Map(parts);
  let asked = 0;
  world.small.measured.set('rosterTable', (args) => {
    asked += 1;
    return made.get(String(args['after'] ?? ''))?.();
  });
  const url = new URL(`/api/v1/teams/${TEAM}/readiness.csv?link=${linkOf()}`, world.url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    getOverHttp(url, resolve).once('error', reject);
  });
  // Nobody reads: what is under way fills up, and then no further part is asked for.
  for (let [before, stillFor] = [-1, 0]; stillFor < STILL_MS; before = asked) {
    await wait(LOOK_EVERY_MS);
    stillFor = before === asked ? stillFor + LOOK_EVERY_MS : 0;
  }
  expect(asked).toBeLessThan(PARTS / 2);
  let [text, lines] = ['', 0];
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const rows = (text + chunk).split('\r\n');
    text = rows.pop() ?? '';
    for (const row of rows) {
      if (lines > 0 && !row.startsWith(`Sprinters,${lines - 1} x`)) expect(row).toBe(`line ${lines}`);
      lines += 1;
    }
  }
  expect([text, lines, asked]).toEqual(['', 1 + PARTS * LINES, PARTS]);
}, 60_000);

test('a part that fails breaks the file off: nobody takes half a team for a whole one', async () => {
  measureParts({ '': part('a', 'Anna'), a: new Error('the database is away') });
  const response = await get(linkOf());
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('a first part that fails is a problem to read, and no file', async () => {
  measureParts({ '': new Error('the database is away') });
  const response = await get(linkOf());
  expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
    500,
    'application/problem+json',
  ]);
});

test('files that are made too often are a 429 that says when to come again', async () => {
  measureParts({ '': new AppError('RATE_LIMITED', 'Too many exports for now.', { retryAfterS: 300 }) });
  const response = await get(linkOf());
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '300']);
  expect(await response.json()).toMatchObject({ status: 429, code: 'rate_limited' });
});

test('a link works until it expires, and never for another key or another coach’s session', async () => {
  measureParts({ '': part(null, 'Anna') });
  expect((await get(linkOf({ expiresAt: Date.now() - 1 }))).status).toBe(404);
  const other = world.coach([TEAM]);
  expect((await get(linkOf({ sessionId: other.sessionId }))).status).toBe(404);
  expect((await get(linkOf({ sessionId: 'ended' }))).status).toBe(401);
  const [payload] = linkOf().split('.');
  const foreign = signRosterLink(
    world.small.keys.connections,
    JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as RosterLink,
  );
  expect((await get(foreign)).status).toBe(404);
  expect((await get(linkOf())).status).toBe(200);
});
