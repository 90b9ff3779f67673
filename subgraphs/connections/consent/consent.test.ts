import { createAccessReader } from '#platform/consent';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { SIGNALS } from '#platform/signals';
import { localDate } from '#platform/slots';
import { startPeople, type AthletePerson, type People, type Person } from '../accounts/people.test-support.ts';

const DAY_MS = 86_400_000;
const WITHDRAW =
  'mutation($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { signal since grantedAt withdrawnAt team { id } } }';
const CONSENTS =
  'query($id: ID!) { athlete(id: $id) { consents { signal since until withdrawnAt team { id name } } } }';

let people: People;
let coach: Person;
let athlete: AthletePerson;
let teamId: string;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());
beforeEach(async () => {
  coach = await people.coach();
  athlete = await people.athlete({ timeZone: 'Pacific/Auckland' });
  teamId = await people.team(coach, [athlete]);
  await people.settle();
  people.heard.length = 0;
});

const withdraw = (input: { teamId: string; signal: string }, viewer: Viewer = athlete.viewer) =>
  people.ask(viewer, WITHDRAW, { input });
const consentsSeenBy = async (viewer: Viewer) =>
  (await people.ask(viewer, CONSENTS, { id: athlete.athleteId })).data.athlete?.consents ?? null;
const today = (): string => localDate(people.clock.now(), 'Pacific/Auckland');
const told = async () => {
  await people.settle();
  return people.heard.map(({ body }) => body).filter((body) => body.mark === undefined);
};
const historyRows = () =>
  people.database.query<{ signal: string; action: string; epoch: string }>(
    'select signal, action, epoch from connections.consent_history where athlete_id = $1 order by id',
    [athlete.athleteId],
  );
const auditRows = () =>
  people.database.query(
    'select actor_id, action, signals, purpose, team_id, request_id is not null as has_request from audit.entry where athlete_id = $1 order by id',
    [athlete.athleteId],
  );

test('nothing is shared until the athlete says so', async () => {
  expect(await consentsSeenBy(athlete.viewer)).toEqual([]);
  expect(await consentsSeenBy(coach.viewer)).toEqual([]);
});

test('a grant begins today where the athlete is, and leaves a row, its history and an entry in the access log', async () => {
  const { data } = await people.grant(athlete, { teamId, signal: 'HRV' });
  expect(data.grantConsent).toEqual({
    signal: 'HRV',
    since: today(),
    until: null,
    withdrawnAt: null,
    team: { id: teamId },
  });
  const [row] = await historyRows();
  expect(row).toMatchObject({ signal: 'HRV', action: 'GRANTED' });
  expect(await auditRows()).toEqual([
    {
      actor_id: athlete.accountId,
      action: 'CONSENT',
      signals: ['HRV'],
      purpose: 'consent granted',
      team_id: teamId,
      has_request: true,
    },
  ]);
  expect(await told()).toEqual([{ athleteId: athlete.athleteId, teamId, signal: 'HRV', epoch: Number(row?.epoch) }]);
});

test('what the coach may read follows the grant, from its first day on, and ends with the withdrawal', async () => {
  const grantsOf = async () => {
    const reader = createAccessReader({ db: people.db, clock: people.clock });
    const found = await reader.forViewer({ viewer: coach.viewer, athleteIds: [athlete.athleteId], teamId: null });
    return found.get(athlete.athleteId)?.grants.map(({ signal, since }) => ({ signal, since }));
  };
  expect(await grantsOf()).toEqual([]);
  await people.grant(athlete, { teamId, signal: 'SLEEP', since: '2025-01-15' });
  expect(await grantsOf()).toEqual([{ signal: 'SLEEP', since: '2025-01-15' }]);
  await withdraw({ teamId, signal: 'SLEEP' });
  expect(await grantsOf()).toEqual([]);
});

test('granting again replaces, and takes a withdrawal back', async () => {
  await people.grant(athlete, { teamId, signal: 'HRV', since: '2025-01-15' });
  await withdraw({ teamId, signal: 'HRV' });
  const until = new Date(people.clock.now().getTime() + DAY_MS).toISOString();
  await people.grant(athlete, { teamId, signal: 'HRV', since: '2025-02-01', until });
  expect(await consentsSeenBy(athlete.viewer)).toEqual([
    { signal: 'HRV', since: '2025-02-01', until, withdrawnAt: null, team: { id: teamId, name: 'Rowers' } },
  ]);
  const rows = await historyRows();
  expect(rows.map((row) => row.action)).toEqual(['GRANTED', 'WITHDRAWN', 'GRANTED']);
  const epochs = rows.map((row) => Number(row.epoch));
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  expect(new Set(epochs).size).toBe(3);
  expect((await told()).map((body) => body.epoch)).toEqual(epochs);
});

test('a grant lasts until its time and no longer', async () => {
  await people.grant(athlete, {
    teamId,
    signal: 'HRV',
    until: new Date(people.clock.now().getTime() + 60_000).toISOString(),
  });
  expect(await consentsSeenBy(coach.viewer)).toHaveLength(1);
  people.moveClock(61_000);
  expect(await consentsSeenBy(coach.viewer)).toHaveLength(0);
  expect(await consentsSeenBy(athlete.viewer)).toHaveLength(1);
});

test('a grant neither begins in the future nor ends in the past', async () => {
  const tomorrow = localDate(new Date(people.clock.now().getTime() + DAY_MS), 'Pacific/Auckland');
  expect((await people.grant(athlete, { teamId, signal: 'HRV', since: tomorrow })).codes).toEqual(['BAD_USER_INPUT']);
  expect((await people.grant(athlete, { teamId, signal: 'HRV', since: '2025-02-30' })).codes).toEqual([
    'BAD_USER_INPUT',
  ]);
  const past = new Date(people.clock.now().getTime() - 1_000).toISOString();
  expect((await people.grant(athlete, { teamId, signal: 'HRV', until: past })).codes).toEqual(['BAD_USER_INPUT']);
  expect((await people.grant(athlete, { teamId, signal: 'HRV', since: today() })).codes).toEqual([]);
  expect(await historyRows()).toHaveLength(1);
});

test('only members grant, and only athletes: foreign, unknown and malformed teams are refused alike', async () => {
  const foreign = await people.team(await people.coach(), []);
  const refusals = [];
  for (const id of [foreign, newId(), 'x']) refusals.push(await people.grant(athlete, { teamId: id, signal: 'HRV' }));
  expect(refusals[0]?.codes).toEqual(['NOT_FOUND']);
  expect(refusals).toEqual([refusals[0], refusals[0], refusals[0]]);
  expect((await people.grant(coach, { teamId, signal: 'HRV' })).codes).toEqual(['FORBIDDEN']);
  expect((await withdraw({ teamId, signal: 'HRV' }, coach.viewer)).codes).toEqual(['FORBIDDEN']);
  expect((await withdraw({ teamId, signal: 'HRV' }, people.anonymous)).codes).toEqual(['UNAUTHENTICATED']);
  expect((await withdraw({ teamId, signal: 'HRV' }, { kind: 'team', teamId })).codes).toEqual(['UNAUTHENTICATED']);
  expect(await historyRows()).toEqual([]);
  expect(await told()).toEqual([]);
});

test('withdrawing twice is withdrawing once', async () => {
  await people.grant(athlete, { teamId, signal: 'HRV' });
  const first = await withdraw({ teamId, signal: 'HRV' });
  people.moveClock(5_000);
  const second = await withdraw({ teamId, signal: 'HRV' });
  expect(first.data.withdrawConsent.withdrawnAt).not.toBeNull();
  expect(second).toEqual(first);
  expect((await historyRows()).map((row) => row.action)).toEqual(['GRANTED', 'WITHDRAWN']);
  expect(await auditRows()).toHaveLength(2);
  expect(await told()).toHaveLength(2);
});

test('withdrawing from no team of one’s own, or what was never shared, is NOT_FOUND', async () => {
  expect((await withdraw({ teamId: newId(), signal: 'HRV' })).codes).toEqual(['NOT_FOUND']);
  expect((await withdraw({ teamId: 'x', signal: 'HRV' })).codes).toEqual(['NOT_FOUND']);
  expect((await withdraw({ teamId, signal: 'HRV' })).codes).toEqual(['NOT_FOUND']);
});

test('withdrawing one signal leaves the others and the other teams', async () => {
  const otherId = await people.team(coach, [athlete], 'Sprinters');
  for (const signal of SIGNALS) await people.grant(athlete, { teamId, signal });
  await people.grant(athlete, { teamId: otherId, signal: 'HRV' });
  await withdraw({ teamId, signal: 'HRV' });
  const seen = (await consentsSeenBy(coach.viewer)) as { signal: string; team: { id: string } }[];
  expect(
    seen
      .filter((consent) => consent.team.id === teamId)
      .map((consent) => consent.signal)
      .sort(),
  ).toEqual(SIGNALS.filter((s) => s !== 'HRV').sort());
  expect(seen.filter((consent) => consent.team.id === otherId)).toHaveLength(1);
});

test('the athlete sees all of it, past ones too; a coach what holds now for the coach’s own teams; others nothing', async () => {
  const other = await people.coach();
  const otherId = await people.team(other, [athlete], 'Sprinters');
  await people.grant(athlete, { teamId, signal: 'HRV' });
  await people.grant(athlete, { teamId, signal: 'SLEEP' });
  await people.grant(athlete, { teamId: otherId, signal: 'STEPS' });
  await withdraw({ teamId, signal: 'SLEEP' });
  const signals = async (viewer: Viewer) =>
    ((await consentsSeenBy(viewer)) as { signal: string }[] | null)?.map((consent) => consent.signal).sort() ?? null;
  expect(await signals(athlete.viewer)).toEqual(['HRV', 'SLEEP', 'STEPS']);
  expect(await signals(coach.viewer)).toEqual(['HRV']);
  expect(await signals({ kind: 'team', teamId: otherId })).toEqual(['STEPS']);
  expect(await signals((await people.coach()).viewer)).toBeNull();
  expect(await signals(people.anonymous)).toBeNull();
});

test('an athlete who has left still sees what was shared, and of the team its name only', async () => {
  await people.grant(athlete, { teamId, signal: 'HRV' });
  await people.ask(athlete.viewer, 'mutation($id: ID!) { leaveTeam(teamId: $id) }', { id: teamId });
  const { data } = await people.ask(
    athlete.viewer,
    '{ viewer { athlete { consents { withdrawnAt team { name coaches { id } members { totalCount } } } } } }',
  );
  expect(data.viewer.athlete.consents).toEqual([
    { withdrawnAt: expect.anything(), team: { name: 'Rowers', coaches: [], members: { totalCount: 0 } } },
  ]);
});

test('a request that ends a membership halfway sees it ended from there on', async () => {
  const shared = '{ team { coaches { id } members { totalCount } } }';
  const { data } = await people.ask(
    athlete.viewer,
    `mutation($id: ID!) {
      before: grantConsent(input: { teamId: $id, signal: HRV }) ${shared}
      leaveTeam(teamId: $id)
      after: withdrawConsent(input: { teamId: $id, signal: HRV }) ${shared}
    }`,
    { id: teamId },
  );
  expect(data.before.team).toEqual({ coaches: [{ id: coach.accountId }], members: { totalCount: 1 } });
  expect(data.after.team).toEqual({ coaches: [], members: { totalCount: 0 } });
});

test('grants and withdrawals that meet leave the row as the newest history says', async () => {
  await people.grant(athlete, { teamId, signal: 'HRV' });
  await Promise.all(
    Array.from({ length: 24 }, (_unused, n) =>
      n % 2 === 0 ? people.grant(athlete, { teamId, signal: 'HRV' }) : withdraw({ teamId, signal: 'HRV' }),
    ),
  );
  const rows = await historyRows();
  const newest = rows.at(-1);
  const [row] = await people.database.query<{ withdrawn_at: Date | null; epoch: string }>(
    'select withdrawn_at, epoch from connections.consent where athlete_id = $1',
    [athlete.athleteId],
  );
  expect(row?.epoch).toBe(newest?.epoch);
  expect(row?.withdrawn_at === null).toBe(newest?.action === 'GRANTED');
  const epochs = rows.map(({ epoch }) => Number(epoch));
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
});

test('a consent that cannot be put on record is not given', async () => {
  await people.database.query('revoke execute on function audit.append(jsonb) from connections');
  try {
    await expect(people.grant(athlete, { teamId, signal: 'HRV' })).rejects.toThrow(/permission denied/);
  } finally {
    await people.database.query('grant execute on function audit.append(jsonb) to connections');
  }
  expect(await consentsSeenBy(athlete.viewer)).toEqual([]);
  expect(await historyRows()).toEqual([]);
  expect(await told()).toEqual([]);
});
