import { appendAudit, type AuditEntry } from '#platform/audit';
import { newId } from '#platform/ids';
import {
  startPeople,
  statementsOf,
  type AthletePerson,
  type Json,
  type People,
  type Person,
} from '../accounts/people.test-support.ts';

const LOG = `query($id: ID!, $first: Int, $after: String) { athlete(id: $id) { accessLog(first: $first, after: $after) {
  totalCount edges { cursor node { at who action signals purpose team { name } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;

let people: People;
let coach: Person;
let athlete: AthletePerson;
let teamId: string;
beforeAll(async () => {
  people = await startPeople();
  coach = await people.coach({ displayName: 'Cora' });
});
afterAll(() => people.stop());
beforeEach(async () => {
  athlete = await people.athlete({ displayName: 'Ada' });
  teamId = await people.team(coach, [athlete]);
});

const entry = (changes: Partial<AuditEntry>): AuditEntry => ({
  at: people.clock.now(),
  actorId: coach.accountId,
  actorKind: 'ACCOUNT',
  athleteId: athlete.athleteId,
  action: 'READ',
  signals: ['HRV'],
  purpose: 'query',
  requestId: null,
  ...changes,
});

async function read(options: { first?: number; after?: string | null } = {}) {
  const { data, codes } = await people.ask(athlete.viewer, LOG, { id: athlete.athleteId, ...options });
  return { log: data.athlete.accessLog, codes };
}

test('the athlete reads who looked at what, the newest first, each with a name', async () => {
  await appendAudit(people.db, [
    entry({ signals: ['HRV', 'SLEEP'] }),
    entry({ actorId: null, actorKind: 'TEAM_STREAM', action: 'WATCH', teamId, purpose: 'live' }),
    // On record, and nobody who looked: it stays out of the athlete's log.
    entry({ actorId: null, actorKind: 'SYSTEM', action: 'DECRYPT', signals: [], purpose: 'fetch' }),
    entry({ actorId: newId() }),
  ]);
  await people.grant(athlete, { teamId, signal: 'HRV' });
  const { log } = await read();
  expect(log.totalCount).toBe(4);
  expect(log.edges.map(({ node }: Json) => [node.who, node.action, node.signals.join(), node.team?.name])).toEqual([
    ['Ada', 'CONSENT', 'HRV', 'Rowers'],
    ['An account that no longer exists', 'READ', 'HRV', undefined],
    ['The coaches of Rowers', 'WATCH', 'HRV', 'Rowers'],
    ['Cora', 'READ', 'HRV,SLEEP', undefined],
  ]);
});

test('the log comes in pages that neither repeat nor miss an entry, also while it grows', async () => {
  await appendAudit(
    people.db,
    Array.from({ length: 5 }, (_unused, n) => entry({ purpose: `look ${n}` })),
  );
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { log }: Json = await read({ first: 2, after });
    expect(log.pageInfo.hasPreviousPage).toBe(after !== null);
    seen.push(...log.edges.map((edge: Json) => edge.node.purpose));
    more = log.pageInfo.hasNextPage;
    after = log.pageInfo.endCursor;
    if (seen.length === 2) await appendAudit(people.db, [entry({ purpose: 'later' })]);
  }
  expect(seen).toEqual(['look 4', 'look 3', 'look 2', 'look 1', 'look 0']);
  expect((await read({ after: 'x' })).codes).toEqual(['BAD_USER_INPUT']);
  expect((await read({ first: 101 })).codes).toEqual(['BAD_USER_INPUT']);
});

test('nobody else reads it, a coach of the athlete neither', async () => {
  await appendAudit(people.db, [entry({})]);
  const viewers = [coach.viewer, { kind: 'team', teamId } as const];
  for (const viewer of viewers)
    expect((await people.ask(viewer, LOG, { id: athlete.athleteId })).data.athlete).toEqual({ accessLog: null });
});

test('one athlete’s log holds nothing of another’s', async () => {
  const other = await people.athlete();
  await appendAudit(people.db, [entry({ athleteId: other.athleteId }), entry({})]);
  expect((await read()).log.totalCount).toBe(1);
});

test('a page of fifty asks for all its names at once', async () => {
  const coaches = [coach, await people.coach(), await people.coach()];
  const entries = Array.from({ length: 50 }, (_unused, n) =>
    entry({ actorId: coaches[n % 3]?.accountId ?? null, teamId }),
  );
  await appendAudit(people.db, entries);
  // Access with the athlete; the page; its total with the names and the team.
  expect(await statementsOf(people, () => read({ first: 50 }))).toHaveLength(3);
});
