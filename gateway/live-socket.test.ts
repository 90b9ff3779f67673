import { createLogger } from '#platform/log';
import { endIfUnread } from './socket-server.ts';
import { BEN, LIVE, OTHER_TEAM, TEAM } from './testing/small-graph.ts';
import { openWorld, until, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => world.reset());
afterAll(() => world.close());

test('a socket without a token, or with a bad one, is closed with 4403', async () => {
  for (const token of [null, 'nonsense', await world.token(world.coach([]), { lifetimeS: -10 })]) {
    const { client, closed } = world.connect(token);
    world.watch(client, '{ readinessAlgorithm }');
    await until(() => closed.length === 1, 'the close');
    expect(closed[0]?.code).toBe(4403);
  }
});

test('a socket ends with its token within a second, and its streams with it', async () => {
  const { client, closed } = await world.signedIn({ lifetimeS: 2 });
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  await until(() => closed.length === 1, 'the close', 3_000);
  expect(closed[0]).toMatchObject({ code: 4403, reason: 'token expired' });
  expect(world.gateway.hub.counts()).toEqual({ streams: 0, clients: 0 });
});

test('a ping with a fresh token of the same session lets the socket live, one of another session does not', async () => {
  const mine = await world.signedIn({ lifetimeS: 2 });
  const stranger = await world.signedIn({ lifetimeS: 2 });
  const lives = [world.watch(mine.client, LIVE, { team: TEAM }), world.watch(stranger.client, LIVE, { team: TEAM })];
  await until(() => lives.every((live) => live.results.length === 1), 'the snapshots');
  const fresh = await world.token(mine.account);
  for (const { socket } of [mine, stranger]) {
    const pong = new Promise<string>((resolve) => socket().once('message', (data) => resolve(String(data))));
    socket().send(JSON.stringify({ type: 'ping', payload: { token: fresh } }));
    expect(await pong).toBe('{"type":"pong"}');
  }
  await until(() => stranger.closed.length === 1, 'the close of the other', 3_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(mine.closed).toEqual([]);
  world.small.publish(TEAM, [{ athleteId: BEN, score: 73 }]);
  await until(() => lives[0]?.results.length === 2, 'events on the extended socket');
});

test('whoever loses a team loses its stream at once, and keeps the socket', async () => {
  const { client, account, closed } = await world.signedIn({ teams: [TEAM, OTHER_TEAM] });
  const lost = world.watch(client, LIVE, { team: TEAM });
  const kept = world.watch(client, LIVE, { team: OTHER_TEAM });
  await until(() => lost.results.length === 1 && kept.results.length === 1, 'the snapshots');
  world.gateway.subscriptions.accessChanged({ accountId: account.accountId, teamId: TEAM });
  await until(() => lost.isComplete, 'the end');
  expect(lost.results.at(-1)).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  world.small.publish(OTHER_TEAM, [{ athleteId: BEN, score: 50 }]);
  await until(() => kept.results.length === 2, 'the other stream');
  expect(closed).toEqual([]);
});

test('the sockets of an ended session close at once', async () => {
  const { client, account, closed } = await world.signedIn();
  const live = world.watch(client, LIVE, { team: TEAM });
  await until(() => live.results.length === 1, 'the snapshot');
  world.gateway.subscriptions.accessChanged({ accountId: account.accountId, sessionId: account.sessionId });
  await until(() => closed.length === 1, 'the close');
  expect(closed[0]).toMatchObject({ code: 4403, reason: 'session ended' });
});

test('after a gap on the bus sessions and teams are asked for again', async () => {
  const idle = await world.signedIn();
  const left = await world.signedIn();
  const stays = await world.signedIn();
  const lives = [idle, left, stays].map(({ client }) => world.watch(client, LIVE, { team: TEAM }));
  await until(() => lives.every((live) => live.results.length === 1), 'the snapshots');
  world.small.sessions.get(idle.account.sessionId)!.refused = 'session_idle';
  world.small.coaches.get(left.account.accountId)!.clear();
  await world.gateway.subscriptions.recheckAll();
  await until(() => idle.closed.length === 1 && lives[1]!.isComplete, 'both ends');
  expect(idle.closed[0]).toMatchObject({ code: 4403, reason: 'session idle' });
  expect(lives[1]!.results.at(-1)).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  expect(lives[2]!.results).toHaveLength(1);
  expect(world.gateway.hub.counts()).toEqual({ streams: 1, clients: 1 });
});

test('a message over 64 KiB ends the socket', async () => {
  const { client, closed } = await world.signedIn();
  world.watch(client, `{ readinessAlgorithm } # ${'x'.repeat(70_000)}`);
  await until(() => closed.length === 1, 'the close');
  expect(closed[0]?.code).toBe(1009);
});

test('a client that leaves more than a mebibyte unread for ten seconds is let go, and one that catches up is not', () => {
  const log = createLogger({ name: 'test', level: 'silent' });
  const unreadSince = new WeakMap<object, number>();
  let ended = 0;
  const socket = { bufferedAmount: 2_000_000, terminate: () => ended++ };
  endIfUnread(socket, unreadSince, log, 0);
  endIfUnread(socket, unreadSince, log, 9_000);
  socket.bufferedAmount = 1_000;
  endIfUnread(socket, unreadSince, log, 10_000);
  socket.bufferedAmount = 2_000_000;
  endIfUnread(socket, unreadSince, log, 11_000);
  endIfUnread(socket, unreadSince, log, 20_999);
  expect(ended).toBe(0);
  endIfUnread(socket, unreadSince, log, 21_000);
  expect(ended).toBe(1);
});
