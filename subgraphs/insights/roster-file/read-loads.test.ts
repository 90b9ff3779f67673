import type { Database } from '#platform/database';
import { dateOf, dayNumber } from '#platform/slots';
import { pick, randomOf, seed } from '../../../tests/support/chaos.ts';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { createTeamOf } from '../ask.test-support.ts';
import { readRecentLoads, type RecentLoadKey } from '../training/read-recent-load.ts';
import { linkWatch, train } from '../training/trained.test-support.ts';
import { readLoadsOfDays } from './read-loads.ts';

const TODAY = '2026-11-20';
const DAYS = 90;
const ago = (days: number): string => dateOf(dayNumber(TODAY) - days);

let database: TestDatabase;
let db: Database;
let athleteIds: string[];

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  ({ athleteIds } = await createTeamOf(database, 4));
  await linkWatch(database, athleteIds);
});
afterAll(() => database?.drop());

const keysOf = (athleteId: string, since: string | null): RecentLoadKey[] =>
  Array.from({ length: DAYS }, (_, back) => ({ athleteId, timeZone: 'Europe/Helsinki', today: ago(back), since }));

test(`each day of a file says of the load what the roster of that day said (CHAOS_SEED=${seed})`, async () => {
  const random = randomOf(seed);
  // A half year of trying out, ordinary weeks with two that were much more, weeks alike, and nothing at all.
  const [wild = '', spiked = '', alike = ''] = athleteIds;
  const of = (from: number, minutes: (back: number) => number) =>
    Object.fromEntries(
      Array.from({ length: from }, (_, at) => [from - at, minutes(from - at)]).filter(([, min]) => min),
    );
  await train(database, {
    ...{ athleteIds: [wild], today: TODAY },
    trained: of(180, () => pick([0, 0, 20, 45, 90, 200], random)),
  });
  await train(database, {
    ...{ athleteIds: [spiked], today: TODAY },
    trained: of(120, (back) => ((back > 40 && back < 47) || back < 4 ? 120 : 20 + (back % 3) * 10)),
  });
  await train(database, { athleteIds: [alike], today: TODAY, trained: of(70, (back) => (back > 20 ? 30 : 50)) });
  const keys = athleteIds.flatMap((id, at) => keysOf(id, at % 2 === 0 ? null : ago(60)));
  const [one, other] = [await readLoadsOfDays(db, keys), await readRecentLoads(db, keys)];
  expect(one.map((load) => load && [...load.facts])).toEqual(other.map((load) => load && [...load.facts]));
  expect(one).toEqual(other);
  const said = new Set(one.flatMap((load) => [...(load?.facts.values() ?? [])].flat()));
  expect(said).toEqual(new Set(['LOAD_SPIKE', 'MONOTONY_HIGH']));
});
