import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf } from '../ask.test-support.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

let database: TestDatabase;
let db: Database;
let coach: Viewer;
/** Another coach of the same team. */
let colleague: Viewer;
let athlete: Viewer;
let teamId: string;

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  const team = await createTeamOf(database, 1);
  ({ coach, teamId } = team);
  athlete = team.self(team.athleteIds[0] ?? '');
  const accountId = newId();
  await database.query(
    `insert into connections.account (id, email, password_hash, display_name, role, created_at) values ($1, 'c2', 'x', 'x', 'COACH', now())`,
    [accountId],
  );
  await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
    teamId,
    accountId,
  ]);
  colleague = { kind: 'account', accountId, sessionId: 's', role: 'COACH', athleteId: null };
});
afterAll(() => database.drop());
beforeEach(() => database.query('truncate insights.saved_view'));

interface View {
  id: string;
  name: string;
  query: string;
}

const listed = async (viewer: Viewer = coach, team = teamId): Promise<View[] | null> => {
  const { data, errors } = await ask<{ _entities: [{ savedViews: View[] | null }] }>({
    ...{ db, viewer, now: NOW },
    source: `{ _entities(representations: [{ __typename: "Team", id: "${team}" }]) { ... on Team { savedViews { id name query } } } }`,
  });
  expect(errors).toEqual([]);
  return data._entities[0].savedViews;
};
const names = async (viewer?: Viewer) => (await listed(viewer))?.map(({ name }) => name);

async function mutate(
  viewer: Viewer,
  mutation: string,
): Promise<{ view: View | undefined; refusal: string | undefined }> {
  const { data, errors } = await ask<{ view: View } | null>({
    ...{ db, viewer, now: NOW },
    source: `mutation { view: ${mutation} { id name query } }`,
  });
  return { view: data?.view, refusal: errors[0]?.message };
}
const save = (name: string, query = 'sort=-sleep', viewer = coach, team = teamId) =>
  mutate(
    viewer,
    `saveView(input: { teamId: "${team}", name: ${JSON.stringify(name)}, query: ${JSON.stringify(query)} })`,
  );
const rename = (id: string, name: string, viewer = coach) =>
  mutate(viewer, `renameView(id: "${id}", name: ${JSON.stringify(name)})`);
const remove = async (id: string, viewer = coach) => {
  const { data, errors } = await ask<{ removeView: boolean } | null>({
    ...{ db, viewer, now: NOW },
    source: `mutation { removeView(id: "${id}") }`,
  });
  return { removed: data?.removeView, refusal: errors[0]?.message };
};

describe('saved views', () => {
  it('are kept under a trimmed name, listed by it whatever the case, and given back as they were', async () => {
    await save('morning', 'sort=flags&q=Zo%C3%AB+%26+Co&columns=');
    await save('  Bad nights ');
    await save('after racing', '');
    expect(await listed()).toMatchObject([
      { name: 'after racing', query: '' },
      { name: 'Bad nights', query: 'sort=-sleep' },
      { name: 'morning', query: 'sort=flags&q=Zo%C3%AB+%26+Co&columns=' },
    ]);
  });

  it('of the same name are one: the later takes the place of the earlier, and its id', async () => {
    const first = await save('morning');
    const again = await save('morning', 'sort=flags');
    expect(again.view).toEqual({ id: first.view?.id, name: 'morning', query: 'sort=flags' });
    expect(await names()).toEqual(['morning']);
  });

  it('are each coach’s own: a colleague in the team neither sees, renames nor deletes them', async () => {
    const { view } = await save('morning');
    const id = view?.id ?? '';
    expect(await listed(colleague)).toEqual([]);
    expect((await rename(id, 'mine', colleague)).refusal).toMatch(/no such view among yours/);
    expect(await remove(id, colleague)).toEqual({ removed: true, refusal: undefined });
    expect(await names()).toEqual(['morning']);
    await save('morning', 'sort=flags', colleague);
    expect([(await listed())?.[0]?.query, (await listed(colleague))?.[0]?.query]).toEqual([
      'sort=-sleep',
      'sort=flags',
    ]);
  });

  it('are for coaches of the team: nobody else lists or keeps any', async () => {
    for (const viewer of [athlete, { kind: 'anonymous' }, { kind: 'team', teamId }] as Viewer[])
      expect(await listed(viewer)).toBeNull();
    expect(await listed(coach, newId())).toBeNull();
    expect((await save('mine', '', athlete)).refusal).toMatch(/no such team among those you coach/);
    expect((await save('mine', '', coach, newId())).refusal).toMatch(/no such team among those you coach/);
    expect((await save('mine', '', { kind: 'anonymous' })).refusal).toMatch(/sign/i);
    expect(await database.query('select 1 from insights.saved_view')).toEqual([]);
  });

  it('are gone from sight with the place in the team, and there again with it', async () => {
    await save('morning', '', colleague);
    const { accountId } = colleague as Extract<Viewer, { kind: 'account' }>;
    const [place] = await database.query<{ joined_at: Date }>(
      'delete from connections.team_coach where account_id = $1 returning joined_at',
      [accountId],
    );
    expect(place).toBeDefined();
    expect(await listed(colleague)).toBeNull();
    await database.query('insert into connections.team_coach (team_id, account_id, joined_at) values ($1, $2, now())', [
      teamId,
      accountId,
    ]);
    expect(await names(colleague)).toEqual(['morning']);
  });

  it('are renamed, to no name that is taken, and keep their own name where it is said again', async () => {
    const [morning, nights] = [await save('morning'), await save('nights')];
    const id = nights.view?.id ?? '';
    expect((await rename(id, ' Bad nights ')).view).toEqual({ id, name: 'Bad nights', query: 'sort=-sleep' });
    expect((await rename(id, 'morning')).refusal).toMatch(/Another of your views has this name/);
    expect((await rename(morning.view?.id ?? '', 'morning')).view?.name).toBe('morning');
    expect(await names()).toEqual(['Bad nights', 'morning']);
    expect((await rename('nonsense', 'x')).refusal).toMatch(/no such view among yours/);
  });

  it('are deleted, and a second time changes nothing', async () => {
    const { view } = await save('morning');
    for (let time = 0; time < 2; time += 1) expect((await remove(view?.id ?? '')).removed).toBe(true);
    expect((await remove('nonsense')).removed).toBe(true);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['', 'sort=name', /1 to 60 characters/],
    ['   ', 'sort=name', /1 to 60 characters/],
    ['x'.repeat(61), 'sort=name', /1 to 60 characters/],
    ['x', 'https://elsewhere.example/?a', /no address of a table/],
    ['x', 'sort=name#/consent', /no address of a table/],
    ['x', 'a b', /no address of a table/],
    ['x', 'q='.padEnd(2_001, 'a'), /no address of a table/],
  ])('%#: a name or an address that is none is refused', async (name, query, words) => {
    expect((await save(name, query)).refusal).toMatch(words);
    expect(await names()).toEqual([]);
  });

  it('are at most fifty of a team; what is there may still be replaced', async () => {
    for (let at = 0; at < 50; at += 1) expect((await save(`view ${at}`)).refusal).toBeUndefined();
    expect((await save('one more')).refusal).toMatch(/50 views of this team already/);
    expect((await save('view 7', 'sort=flags')).view?.query).toBe('sort=flags');
    expect(await names()).toHaveLength(50);
  });
});
