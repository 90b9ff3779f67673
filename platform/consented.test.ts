import { createConsentedLoader, type Consented } from '#platform/consented';
import { createRequestContext, type RequestContext } from '#platform/context';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import { createLogger } from '#platform/log';
import type { LocalDate } from '#platform/signals';
import { createMeasuredTeam, type MeasuredTeam } from '../tests/support/measured-team.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const SINCE = '2026-11-10';

interface Key {
  athleteId: string;
  date: LocalDate;
}

let team: MeasuredTeam;
let db: Database;
let context: RequestContext;
/** Of three athletes the second withholds SLEEP. */
let [first, second, third] = ['', '', ''];
const stranger = newId();

beforeAll(async () => {
  team = await createMeasuredTeam({ athletes: 3, timeZone: 'UTC', since: SINCE });
  [first = '', second = '', third = ''] = team.athleteIds;
  await team.database.query(`delete from connections.consent where athlete_id = $1 and signal = 'SLEEP'`, [second]);
  db = await team.database.open('health_data');
});
afterAll(() => team.database.drop());
beforeEach(() => {
  context = createRequestContext({
    ...{ viewer: team.coach, requestId: 'r', purpose: 'query', db },
    clock: { now: () => NOW },
    log: createLogger({ name: 'test', level: 'silent' }),
  });
});

/** Answers whom it is asked about; `batches` are what it was asked. */
function loaderOf({ dayOf }: { dayOf?: (key: Key) => LocalDate } = {}) {
  const batches: (readonly Consented<Key>[])[] = [];
  const loader = createConsentedLoader<Key, string>({
    ...{ context, signal: 'SLEEP', ...(dayOf && { dayOf }) },
    cacheKeyOf: ({ athleteId, date }) => `${athleteId} ${date}`,
    withheld: ({ athleteId }) => `withheld ${athleteId}`,
    async read(asked) {
      batches.push(asked);
      return asked.map(({ key }) => `told ${key.athleteId}`);
    },
  });
  return { batches, ask: (...keys: Key[]) => loader.loadMany(keys) };
}

const on = (date: LocalDate) => (athleteId: string) => ({ athleteId, date });

test('each key gets its own answer, and only what is shared is read, once for all', async () => {
  const { ask, batches } = loaderOf();
  const answers = await ask(...[stranger, first, second, 'no id', third].map(on('2026-11-20')));
  expect(answers).toEqual([null, `told ${first}`, `withheld ${second}`, null, `told ${third}`]);
  expect(batches).toHaveLength(1);
  expect(batches[0]).toMatchObject([
    { key: { athleteId: first }, since: SINCE, access: { relation: 'coach', timeZone: 'UTC' } },
    { key: { athleteId: third }, since: SINCE },
  ]);
});

test('what is about one day is withheld before the first day that is shared', async () => {
  const { ask } = loaderOf({ dayOf: ({ date }) => date });
  expect(await ask(on('2026-11-09')(first), on(SINCE)(first))).toEqual([`withheld ${first}`, `told ${first}`]);
});

test('nothing is read where nothing is shared, and only what was read is on record', async () => {
  const { ask, batches } = loaderOf();
  const record = async () => {
    await context.reads.flush();
    return team.database.query('select athlete_id, signals from audit.entry order by athlete_id');
  };
  await team.database.query('truncate audit.entry');
  await ask(...[second, stranger].map(on(SINCE)));
  expect([batches, await record()]).toEqual([[], []]);
  await ask(...[third, second].map(on(SINCE)));
  expect(await record()).toEqual([{ athlete_id: third, signals: ['SLEEP'] }]);
});
