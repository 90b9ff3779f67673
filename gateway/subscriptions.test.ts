import { ANNA, BEN, LIVE, OTHER_TEAM, TEAM } from './testing/small-graph.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => world.reset());
afterAll(() => world.close());

const scores = (result: Record<string, any> | undefined): unknown =>
  result?.['data']?.teamReadinessChanged?.changes.map((change: any) => [change.reason, change.readiness.score]);

const signedIn = (teams: string[] = [TEAM]) => world.signedIn({ teams });

/** The one shared live listener of a team. */
const shared = (): number => world.small.servers.insights.calls.filter((call) => call.opening === 'live-only').length;

test('an event opens with a snapshot, then changes follow, each with fields of all three subgraphs', async () => {
  const { client } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  world.small.publish(TEAM, [{ athleteId: ANNA, score: 77 }]);
  await until(() => live.results.length === 2, 'the change');
  expect(live.results[0]?.['data'].teamReadinessChanged.changes).toHaveLength(2);
  expect(live.results[1]).toEqual({
    data: {
      teamReadinessChanged: {
        cursor: expect.any(String),
        gap: false,
        changes: [
          {
            reason: 'COMPUTED',
            athleteId: ANNA,
            athlete: { displayName: 'Anna', sleep: { state: 'AVAILABLE' } },
            readiness: { score: 77 },
          },
        ],
      },
    },
  });
});

test('only the scope of the stream is sent upstream for what is shared', async () => {
  const { client, account } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  const { insights, 'health-data': healthData } = world.small.servers;
  expect(insights.calls.map(({ viewer, opening }) => [viewer.kind, opening])).toEqual([
    ['team', 'live-only'],
    ['account', 'with-snapshot'],
  ]);
  expect(insights.calls[1]?.viewer).toMatchObject({ accountId: account.accountId });
  expect(healthData.calls.map((call) => call.viewer)).toEqual([{ kind: 'team', teamId: TEAM }]);
});

test('twenty equal subscriptions of two coaches are one upstream and one resolution per event', async () => {
  const both = [await signedIn(), await signedIn()];
  const lives = both.flatMap(({ client }) =>
    Array.from({ length: 10 }, () => world.watch(client, LIVE, { team: TEAM })),
  );
  await until(() => lives.every((live) => live.results.length === 1), 'all snapshots');
  expect(world.gateway.hub.counts()).toEqual({ streams: 1, clients: 20 });
  expect(shared()).toBe(1);
  await until(() => world.small.listeners.size === 1, 'the private openings released');
  const { 'health-data': healthData } = world.small.servers;
  healthData.calls.length = 0;
  world.small.publish(TEAM, [{ athleteId: ANNA, score: 80 }]);
  await until(() => lives.every((live) => live.results.length === 2), 'the change everywhere');
  expect(healthData.calls).toHaveLength(1);
  const refused = world.watch(both[0]!.client, LIVE, { team: TEAM });
  await until(() => refused.error !== null, 'the eleventh operation refused');
  expect(refused.error).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
});

test('different teams are different streams', async () => {
  const { client } = await signedIn([TEAM, OTHER_TEAM]);
  const one = world.watch(client, LIVE, { team: TEAM });
  const other = world.watch(client, LIVE, { team: OTHER_TEAM });
  await until(() => one.results.length === 1 && other.results.length === 1, 'both snapshots');
  expect(world.gateway.hub.counts().streams).toBe(2);
  world.small.publish(OTHER_TEAM, [{ athleteId: BEN, score: 50 }]);
  await until(() => other.results.length === 2, 'the change');
  expect(one.results).toHaveLength(1);
});

test('a coach of another team is refused with a code, and nothing stays open', async () => {
  const { client } = await signedIn([OTHER_TEAM]);
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.isComplete, 'the refusal');
  expect(live.results).toEqual([
    {
      errors: [
        { message: 'There is no such team.', path: ['teamReadinessChanged'], extensions: { code: 'NOT_FOUND' } },
      ],
    },
  ]);
  expect(world.gateway.hub.counts()).toEqual({ streams: 0, clients: 0 });
  await until(() => world.small.listeners.size === 0, 'insights released');
});

test('the upstream is released when the last client leaves, with no event in between', async () => {
  const { client, socket } = await signedIn();
  const first = world.watch(client, LIVE, { team: TEAM });
  const second = world.watch(client, LIVE, { team: TEAM });
  await until(() => first.results.length === 1 && second.results.length === 1, 'both snapshots');
  first.stop();
  await until(() => world.gateway.hub.counts().clients === 1, 'the first client gone');
  expect(world.small.listeners.size).toBe(1);
  second.stop();
  await until(() => world.small.listeners.size === 0, 'insights released on complete');
  const third = world.watch(client, LIVE, { team: TEAM });
  await until(() => third.results.length === 1, 'the snapshot again');
  socket().terminate();
  await until(() => world.small.listeners.size === 0, 'insights released on a cut');
  expect(world.gateway.hub.counts()).toEqual({ streams: 0, clients: 0 });
});

test('leaving while the opening is still on its way releases at once', async () => {
  const { client } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => world.gateway.hub.counts().clients === 1, 'the client joined');
  live.stop();
  await until(
    () => world.gateway.hub.counts().streams === 0 && world.small.listeners.size === 0,
    'everything released',
    1_000,
  );
});

test('`since` goes into the private opening only and does not part the shared stream', async () => {
  const { client } = await signedIn();
  const fresh = world.watch(client, LIVE, { team: TEAM });
  const resumed = world.watch(client, LIVE, { team: TEAM, since: 'c7' });
  await until(() => fresh.results.length === 1 && resumed.results.length === 1, 'both openings');
  expect(world.small.openings.map((opening) => opening.since).sort()).toEqual(['c7', null]);
  expect(scores(resumed.results[0])).toEqual([['COMPUTED', 62]]);
  expect(shared()).toBe(1);
  expect(world.gateway.hub.counts()).toEqual({ streams: 1, clients: 2 });
});

test('a failing field in one event is null and an error, and the stream goes on', async () => {
  const { client } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  world.small.broken.add(ANNA);
  world.small.publish(TEAM, [{ athleteId: ANNA, score: 71 }]);
  await until(() => live.results.length === 2, 'the event with an error');
  expect(live.results[1]?.['data'].teamReadinessChanged.changes[0].athlete).toEqual({
    displayName: 'Anna',
    sleep: null,
  });
  expect(live.results[1]?.['errors']).toEqual([
    {
      message: 'Something failed on our side. The request was not completed; please try again.',
      path: ['teamReadinessChanged', 'changes', 0, 'athlete', 'sleep'],
      extensions: { code: 'INTERNAL' },
    },
  ]);
  world.small.publish(TEAM, [{ athleteId: ANNA, score: -1 }]);
  await until(() => live.results.length === 3, 'the event insights itself failed on');
  expect(live.results[2]?.['errors'][0].extensions.code).toBe('INTERNAL');
  world.small.publish(TEAM, [{ athleteId: BEN, score: 72 }]);
  await until(() => live.results.length === 4, 'the next event');
  expect(scores(live.results[3])).toEqual([['COMPUTED', 72]]);
});

test('with health-data down an event still goes out, with null and an error', async () => {
  const { client } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  await world.small.servers['health-data'].stop();
  world.small.publish(TEAM, [{ athleteId: ANNA, score: 71 }]);
  await until(() => live.results.length === 2, 'the event');
  expect(live.results[1]).toMatchObject({
    data: {
      teamReadinessChanged: { changes: [{ athlete: { displayName: 'Anna', sleep: null }, readiness: { score: 71 } }] },
    },
    errors: [{ message: 'health-data is not answering right now', extensions: { code: 'UNAVAILABLE' } }],
  });
});

test('when insights restarts the clients stay, and get a snapshot with a gap', async () => {
  const { client, closed } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM, since: 'c7' });
  const other = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1 && other.results.length === 1, 'the openings');
  await world.small.servers.insights.stop();
  world.small.listeners.clear();
  await world.small.servers.insights.start();
  await until(() => live.results.length === 2 && other.results.length === 2, 'the snapshots after the restart');
  expect(live.results[1]?.['data'].teamReadinessChanged.gap).toBe(true);
  expect(scores(live.results[1])).toEqual([
    ['SNAPSHOT', 60],
    ['SNAPSHOT', 61],
  ]);
  world.small.publish(TEAM, [{ athleteId: BEN, score: 73 }]);
  await until(() => live.results.length === 3 && other.results.length === 3, 'events again');
  expect(live.results[2]?.['data'].teamReadinessChanged.gap).toBe(false);
  expect([live.isComplete, live.error, closed]).toEqual([false, null, []]);
});

test('a subscription while insights is down is told so, and nothing stays open', async () => {
  await world.small.servers.insights.stop();
  const { client } = await signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.isComplete, 'the answer');
  expect(live.results).toEqual([
    { errors: [{ message: 'insights is not answering right now', extensions: { code: 'UNAVAILABLE' } }] },
  ]);
  expect(world.gateway.hub.counts()).toEqual({ streams: 0, clients: 0 });
  await world.small.servers.insights.start();
});

test('a job is followed under its own account with its opening, never shared', async () => {
  const { client } = await signedIn();
  const query = 'subscription { syncJobProgress(jobId: "j1") { id state stepsDone } }';
  const one = world.watch(client, query);
  const other = world.watch(client, query);
  await until(() => one.results.length === 1 && other.results.length === 1, 'both openings');
  expect(one.results[0]).toEqual({ data: { syncJobProgress: { id: 'j1', state: 'RUNNING', stepsDone: 1 } } });
  expect(world.gateway.hub.counts().streams).toBe(2);
  expect(world.small.servers.connections.calls.map((call) => call.viewer.kind)).toEqual(['account', 'account']);
});

test('aliases, fragments and a literal since work, and hidden fields stay hidden', async () => {
  const { client } = await signedIn();
  const live = world.watch(
    client,
    `subscription { live: teamReadinessChanged(teamId: "${TEAM}", since: "c1") { ...Parts } }
     fragment Parts on ReadinessEvent { missed: gap who: changes { athlete { name: displayName } } }`,
  );
  await until(() => live.results.length === 1, 'the opening');
  expect(live.results[0]).toEqual({ data: { live: { missed: false, who: [{ athlete: { name: 'Ben' } }] } } });
  expect(world.small.openings).toEqual([{ teamId: TEAM, since: 'c1' }]);
});

test('queries and mutations go over the socket too, under the same limits', async () => {
  const { client, account } = await signedIn();
  const query = world.watch(client, '{ viewer { id } }');
  const mutation = world.watch(client, 'mutation { logout }');
  const tooMuch = world.watch(client, `{ ${'a: readinessAlgorithm '.repeat(40)} }`);
  const invalid = world.watch(client, `subscription { teamReadinessChanged(teamId: "${TEAM}") { nothing } }`);
  const wrong = world.watch(
    client,
    `subscription($team: ID!, $from: Date!) { teamReadinessChanged(teamId: $team) { changes { athlete { sleep(from: $from, to: $from) { state } } } } }`,
    { team: TEAM },
  );
  await until(
    () =>
      query.isComplete && mutation.isComplete && tooMuch.error !== null && invalid.error !== null && wrong.isComplete,
    'the answers',
  );
  expect(query.results).toEqual([{ data: { viewer: { id: account.accountId } } }]);
  expect(mutation.results).toEqual([{ data: { logout: true } }]);
  expect(tooMuch.error).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
  expect(invalid.error).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(wrong.results[0]).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});
