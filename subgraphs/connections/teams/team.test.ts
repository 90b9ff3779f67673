import type { Viewer } from '#platform/identity';
import { newId } from '#platform/ids';
import { startPeople, statementsOf, type Json, type People } from '../accounts/people.test-support.ts';

const DAY_MS = 86_400_000;
const INVITE = 'mutation($input: InviteAthleteInput!) { inviteAthlete(input: $input) { id url token expiresAt } }';
const ACCEPT = 'mutation($token: String!) { acceptInvitation(token: $token) { id name } }';
const LEAVE = 'mutation($teamId: ID!) { leaveTeam(teamId: $teamId) }';
const REMOVE = 'mutation($teamId: ID!, $athleteId: ID!) { removeAthlete(teamId: $teamId, athleteId: $athleteId) }';
const TEAM = '{ id name coaches { id displayName } members { totalCount edges { node { athlete { id } } } } }';
const TEAM_BY_ID = `query($id: ID!) { team(id: $id) ${TEAM} }`;
const ATHLETE_BY_ID = 'query($id: ID!) { athlete(id: $id) { id displayName timeZone } }';
const ENTITIES = `query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Athlete { id displayName } ... on Team { id name } } }`;

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

const idsOf = (team: Json): string[] => team.members.edges.map((edge: Json) => edge.node.athlete.id);
const teamViewer = (teamId: string): Viewer => ({ kind: 'team', teamId });

describe('making a team', () => {
  test('a coach makes a team and is its coach', async () => {
    const coach = await people.coach({ displayName: 'Cora' });
    const { data } = await people.ask(coach.viewer, `mutation { createTeam(input: { name: " Rowers " }) ${TEAM} }`);
    expect(data.createTeam).toMatchObject({
      name: 'Rowers',
      coaches: [{ id: coach.accountId, displayName: 'Cora' }],
      members: { totalCount: 0 },
    });
    const { data: again } = await people.ask(coach.viewer, '{ viewer { teams { id name } } }');
    expect(again.viewer.teams).toEqual([{ id: data.createTeam.id, name: 'Rowers' }]);
  });

  test('an athlete makes no team, a stranger neither, and a team needs a name', async () => {
    const make = (viewer: Viewer, name: string) =>
      people.ask(viewer, 'mutation($n: String!) { createTeam(input: { name: $n }) { id } }', { n: name });
    expect((await make((await people.athlete()).viewer, 'Rowers')).codes).toEqual(['FORBIDDEN']);
    expect((await make(people.anonymous, 'Rowers')).codes).toEqual(['UNAUTHENTICATED']);
    expect((await make((await people.coach()).viewer, ' ')).codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('inviting', () => {
  test('an athlete who accepts is a member, and the token is spent', async () => {
    const [coach, athlete, other] = [await people.coach(), await people.athlete(), await people.athlete()];
    const teamId = await people.team(coach, []);
    const { data } = await people.ask(coach.viewer, INVITE, { input: { teamId } });
    const { token, url, expiresAt } = data.inviteAthlete;
    expect(url).toBe(`http://dashboard.test/#/invitation/${token}`);
    expect(Math.round((new Date(expiresAt).getTime() - people.clock.now().getTime()) / DAY_MS)).toBe(14);
    expect((await people.ask(athlete.viewer, ACCEPT, { token })).data.acceptInvitation).toEqual({
      id: teamId,
      name: 'Rowers',
    });
    expect((await people.ask(other.viewer, ACCEPT, { token })).codes).toEqual(['NOT_FOUND']);
    expect((await people.ask(athlete.viewer, ACCEPT, { token })).codes).toEqual(['NOT_FOUND']);
    expect(idsOf((await people.ask(coach.viewer, TEAM_BY_ID, { id: teamId })).data.team)).toEqual([athlete.athleteId]);
  });

  test('of many who accept one token at once, one joins', async () => {
    const coach = await people.coach();
    const teamId = await people.team(coach, []);
    const athletes = [await people.athlete(), await people.athlete(), await people.athlete(), await people.athlete()];
    const { token } = (await people.ask(coach.viewer, INVITE, { input: { teamId } })).data.inviteAthlete;
    const answers = await Promise.all(athletes.map(({ viewer }) => people.ask(viewer, ACCEPT, { token })));
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
    expect((await people.ask(coach.viewer, TEAM_BY_ID, { id: teamId })).data.team.members.totalCount).toBe(1);
  });

  test('an invitation to one address is of no use to another', async () => {
    const coach = await people.coach();
    const teamId = await people.team(coach, []);
    const [invited, other] = [await people.athlete({ email: 'Invited@example.org' }), await people.athlete()];
    const { token } = (await people.ask(coach.viewer, INVITE, { input: { teamId, email: 'invited@Example.org' } })).data
      .inviteAthlete;
    expect((await people.ask(other.viewer, ACCEPT, { token })).codes).toEqual(['NOT_FOUND']);
    expect((await people.ask(invited.viewer, ACCEPT, { token })).codes).toEqual([]);
  });

  test('an invitation ends after 14 days', async () => {
    const coach = await people.coach();
    const teamId = await people.team(coach, []);
    const { token } = (await people.ask(coach.viewer, INVITE, { input: { teamId } })).data.inviteAthlete;
    people.moveClock(14 * DAY_MS + 1_000);
    const athlete = await people.athlete();
    expect((await people.ask(athlete.viewer, ACCEPT, { token })).codes).toEqual(['NOT_FOUND']);
  });

  test('a member who accepts again spends nothing', async () => {
    const [coach, athlete, other] = [await people.coach(), await people.athlete(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    const { token } = (await people.ask(coach.viewer, INVITE, { input: { teamId } })).data.inviteAthlete;
    expect((await people.ask(athlete.viewer, ACCEPT, { token })).codes).toEqual(['CONFLICT']);
    expect((await people.ask(other.viewer, ACCEPT, { token })).codes).toEqual([]);
  });

  test('only a coach of the team invites; to other coaches the team does not exist', async () => {
    const [coach, other, athlete] = [await people.coach(), await people.coach(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    const foreign = await people.ask(other.viewer, INVITE, { input: { teamId } });
    const unknown = await people.ask(other.viewer, INVITE, { input: { teamId: newId() } });
    const malformed = await people.ask(other.viewer, INVITE, { input: { teamId: 'x' } });
    expect(foreign.codes).toEqual(['NOT_FOUND']);
    expect([unknown, malformed]).toEqual([foreign, foreign]);
    expect((await people.ask(athlete.viewer, INVITE, { input: { teamId } })).codes).toEqual(['FORBIDDEN']);
    expect((await people.ask(teamViewer(teamId), INVITE, { input: { teamId } })).codes).toEqual(['UNAUTHENTICATED']);
    expect((await people.ask(coach.viewer, ACCEPT, { token: 'x' })).codes).toEqual(['FORBIDDEN']);
  });
});

describe('who sees whom', () => {
  test('a coach sees members; a member sees the coaches and of the members only themselves; others see no team', async () => {
    const [coach, ada, bea, stranger] = [
      await people.coach(),
      await people.athlete(),
      await people.athlete(),
      await people.athlete(),
    ];
    const teamId = await people.team(coach, [ada, bea]);
    const see = async (viewer: Viewer) => (await people.ask(viewer, TEAM_BY_ID, { id: teamId })).data.team;
    expect(idsOf(await see(coach.viewer))).toEqual([ada.athleteId, bea.athleteId]);
    expect(idsOf(await see(teamViewer(teamId)))).toEqual([ada.athleteId, bea.athleteId]);
    const asMember = await see(bea.viewer);
    expect(idsOf(asMember)).toEqual([bea.athleteId]);
    expect(asMember.members.totalCount).toBe(1);
    expect(asMember.coaches).toEqual([{ id: coach.accountId, displayName: expect.any(String) }]);
    for (const viewer of [stranger.viewer, (await people.coach()).viewer, teamViewer(newId()), people.anonymous])
      expect(await see(viewer)).toBeNull();
  });

  test('unknown, malformed and hidden ids are answered alike, by id and by entity', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    const teamId = await people.team(await people.coach(), [athlete]);
    for (const id of [athlete.athleteId, newId(), 'x', '', `${athlete.athleteId}'`]) {
      expect(await people.ask(coach.viewer, ATHLETE_BY_ID, { id })).toEqual({
        data: { athlete: null },
        codes: [],
        messages: [],
      });
    }
    for (const id of [teamId, newId(), 'x']) {
      expect(await people.ask(coach.viewer, TEAM_BY_ID, { id })).toEqual({
        data: { team: null },
        codes: [],
        messages: [],
      });
    }
    const keys = [
      { __typename: 'Athlete', id: athlete.athleteId },
      { __typename: 'Athlete', id: 'x' },
      { __typename: 'Team', id: teamId },
      { __typename: 'Team', id: newId() },
    ];
    expect((await people.ask(coach.viewer, ENTITIES, { keys })).data._entities).toEqual([null, null, null, null]);
  });

  test('a coach knows an athlete while they are a member, as does the team’s live stream', async () => {
    const [coach, athlete] = [
      await people.coach(),
      await people.athlete({ displayName: 'Ada', timeZone: 'Asia/Tokyo' }),
    ];
    const teamId = await people.team(coach, [athlete]);
    const known = { athlete: { id: athlete.athleteId, displayName: 'Ada', timeZone: 'Asia/Tokyo' } };
    const see = async (viewer: Viewer) => (await people.ask(viewer, ATHLETE_BY_ID, { id: athlete.athleteId })).data;
    expect(await see(coach.viewer)).toEqual(known);
    expect(await see(teamViewer(teamId))).toEqual(known);
    expect(await see(teamViewer(newId()))).toEqual({ athlete: null });
    await people.ask(athlete.viewer, LEAVE, { teamId });
    expect(await see(coach.viewer)).toEqual({ athlete: null });
    expect(await see(teamViewer(teamId))).toEqual({ athlete: null });
    const { members } = (await people.ask(coach.viewer, TEAM_BY_ID, { id: teamId })).data.team;
    expect(members).toEqual({ totalCount: 0, edges: [] });
  });

  test('team mates do not know each other', async () => {
    const [coach, ada, bea] = [await people.coach(), await people.athlete(), await people.athlete()];
    await people.team(coach, [ada, bea]);
    expect((await people.ask(ada.viewer, ATHLETE_BY_ID, { id: bea.athleteId })).data).toEqual({ athlete: null });
  });

  test('an ADMIN knows nobody, even in a team', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    const admin: Viewer = { ...coach.viewer, role: 'ADMIN' };
    expect((await people.ask(admin, ATHLETE_BY_ID, { id: athlete.athleteId })).data.athlete).toBeNull();
    expect((await people.ask(admin, TEAM_BY_ID, { id: teamId })).data.team).toBeNull();
  });

  test('a profile is for the athlete only, wherever the athlete is reached', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    const profile = 'profile { sleepNeedMin sex maxHr restHr vt1 vt2 quietHours { from to } }';
    const asked = `query($id: ID!) { team(id: $id) { members { edges { node { athlete { ${profile} accessLog { totalCount } } } } } } }`;
    const node = async (viewer: Viewer) =>
      (await people.ask(viewer, asked, { id: teamId })).data.team.members.edges[0].node.athlete;
    expect(await node(coach.viewer)).toEqual({ profile: null, accessLog: null });
    expect(await node(teamViewer(teamId))).toEqual({ profile: null, accessLog: null });
    expect((await node(athlete.viewer)).profile).toMatchObject({
      sleepNeedMin: 480,
      sex: null,
      quietHours: { from: '22:00', to: '07:00' },
    });
    const changed = await people.ask(
      athlete.viewer,
      `mutation { updateProfile(input: { displayName: "Neu", maxHr: 190 }) { displayName ${profile} } }`,
    );
    expect(changed.data.updateProfile).toMatchObject({ displayName: 'Neu', profile: { maxHr: 190 } });
    expect((await people.ask(athlete.viewer, '{ viewer { displayName } }')).data.viewer.displayName).toBe('Neu');
    expect(
      (await people.ask(coach.viewer, 'mutation { updateProfile(input: { displayName: "X" }) { id } }')).codes,
    ).toEqual(['FORBIDDEN']);
  });

  test('members come in pages that neither repeat nor miss anybody', async () => {
    const coach = await people.coach();
    const athletes = [];
    for (let n = 0; n < 5; n += 1) athletes.push(await people.athlete());
    const teamId = await people.team(coach, athletes);
    const asked = `query($id: ID!, $after: String) { team(id: $id) { members(first: 2, after: $after) {
      totalCount edges { cursor node { joinedAt athlete { id } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { members }: Json = (await people.ask(coach.viewer, asked, { id: teamId, after })).data.team;
      expect(members.totalCount).toBe(5);
      expect(members.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...idsOf({ members }));
      more = members.pageInfo.hasNextPage;
      after = members.pageInfo.endCursor;
    }
    expect(seen).toEqual(athletes.map((athlete) => athlete.athleteId));
    expect((await people.ask(coach.viewer, asked, { id: teamId, after: 'x' })).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('ten teams with all their members cost as many statements as one', async () => {
    const coach = await people.coach();
    const athletes = [await people.athlete(), await people.athlete()];
    const asked = `{ viewer { teams { id name coaches { displayName } members(first: 2) { totalCount edges { node { athlete { displayName consents { signal } } } } } } } }`;
    await people.team(coach, athletes);
    const one = await statementsOf(people, () => people.ask(coach.viewer, asked));
    for (let n = 0; n < 9; n += 1) await people.team(coach, athletes);
    const ten = await statementsOf(people, () => people.ask(coach.viewer, asked));
    expect(ten).toHaveLength(one.length);
    expect((await people.ask(coach.viewer, asked)).data.viewer.teams).toHaveLength(10);
  });

  test('a hundred entities are answered by one statement', async () => {
    const coach = await people.coach();
    const athletes = [await people.athlete(), await people.athlete(), await people.athlete()];
    await people.team(coach, athletes);
    const keys = [...athletes.map((athlete) => athlete.athleteId), ...Array.from({ length: 97 }, newId)].map((id) => ({
      __typename: 'Athlete',
      id,
    }));
    const statements = await statementsOf(people, () => people.ask(coach.viewer, ENTITIES, { keys }));
    expect(statements).toHaveLength(1);
  });
});

describe('leaving', () => {
  const sharedRows = (athleteId: string) =>
    people.database.query('select signal from connections.consent_v1 where athlete_id = $1 order by signal', [
      athleteId,
    ]);

  test.each(['leaves', 'is removed'] as const)(
    'when an athlete %s, membership and consents end, and both are told',
    async (way) => {
      const [coach, athlete] = [await people.coach(), await people.athlete()];
      const teamId = await people.team(coach, [athlete]);
      const otherId = await people.team(coach, [athlete], 'Sprinters');
      for (const signal of ['HRV', 'SLEEP']) await people.grant(athlete, { teamId, signal });
      await people.grant(athlete, { teamId: otherId, signal: 'STEPS' });
      await people.settle();
      people.heard.length = 0;

      const done =
        way === 'leaves'
          ? await people.ask(athlete.viewer, LEAVE, { teamId })
          : await people.ask(coach.viewer, REMOVE, { teamId, athleteId: athlete.athleteId });
      expect(Object.values(done.data)).toEqual([true]);

      expect(await sharedRows(athlete.athleteId)).toEqual([{ signal: 'STEPS' }]);
      const history = await people.database.query(
        `select signal, action from connections.consent_history where athlete_id = $1 and team_id = $2 order by id`,
        [athlete.athleteId, teamId],
      );
      expect(history.slice(2)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ action: 'WITHDRAWN', signal: 'HRV' }),
          { action: 'WITHDRAWN', signal: 'SLEEP' },
        ]),
      );
      const [entry] = await people.database.query<{ actor_id: string; signals: string[] }>(
        'select actor_id, signals from audit.entry where athlete_id = $1 order by id desc limit 1',
        [athlete.athleteId],
      );
      expect(entry).toEqual({
        actor_id: way === 'leaves' ? athlete.accountId : coach.accountId,
        signals: ['HRV', 'SLEEP'],
      });

      await people.settle();
      const told = people.heard.map(({ body }) => body).filter((body) => body.mark === undefined);
      expect(told).toHaveLength(3);
      expect(told).toEqual(
        expect.arrayContaining([
          { accountId: athlete.accountId, teamId },
          { athleteId: athlete.athleteId, teamId, signal: 'HRV', epoch: expect.any(Number) },
          { athleteId: athlete.athleteId, teamId, signal: 'SLEEP', epoch: expect.any(Number) },
        ]),
      );
    },
  );

  test('whoever comes back shares nothing until they say so again', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    await people.grant(athlete, { teamId, signal: 'HRV' });
    await people.ask(athlete.viewer, LEAVE, { teamId });
    const { token } = (await people.ask(coach.viewer, INVITE, { input: { teamId } })).data.inviteAthlete;
    expect((await people.ask(athlete.viewer, ACCEPT, { token })).codes).toEqual([]);
    expect(await sharedRows(athlete.athleteId)).toEqual([]);
    expect(
      (
        await people.ask(coach.viewer, `query($id: ID!) { athlete(id: $id) { consents { signal } } }`, {
          id: athlete.athleteId,
        })
      ).data.athlete,
    ).toEqual({
      consents: [],
    });
  });

  test('what is no membership cannot end: unknown, malformed, left and foreign are refused alike', async () => {
    const [coach, other, athlete] = [await people.coach(), await people.coach(), await people.athlete()];
    const teamId = await people.team(coach, [athlete]);
    for (const id of ['x', newId(), await people.team(other, [])]) {
      expect((await people.ask(athlete.viewer, LEAVE, { teamId: id })).codes).toEqual(['NOT_FOUND']);
    }
    expect((await people.ask(other.viewer, REMOVE, { teamId, athleteId: athlete.athleteId })).codes).toEqual([
      'NOT_FOUND',
    ]);
    expect((await people.ask(coach.viewer, REMOVE, { teamId, athleteId: 'x' })).codes).toEqual(['NOT_FOUND']);
    expect((await people.ask(athlete.viewer, REMOVE, { teamId, athleteId: athlete.athleteId })).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect((await people.ask(athlete.viewer, LEAVE, { teamId })).codes).toEqual([]);
    expect((await people.ask(athlete.viewer, LEAVE, { teamId })).codes).toEqual(['NOT_FOUND']);
  });

  test('a grant that meets the end of the membership never outlives it', async () => {
    const [coach, athlete] = [await people.coach(), await people.athlete()];
    for (let round = 0; round < 15; round += 1) {
      const teamId = await people.team(coach, [athlete]);
      await Promise.all([
        people.grant(athlete, { teamId, signal: 'HRV' }),
        people.ask(athlete.viewer, LEAVE, { teamId }),
        people.grant(athlete, { teamId, signal: 'SLEEP' }),
      ]);
      expect(await sharedRows(athlete.athleteId)).toEqual([]);
    }
  });
});
