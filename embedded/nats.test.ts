import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, connect, Events, type NatsConnection } from 'nats';
import { resolveNats } from './nats-binary.ts';
import { NATS_USERS, type NatsUser } from './nats-config.ts';
import { startNats, type Nats } from './nats.ts';

// On a fresh checkout the first test waits for the download.
jest.setTimeout(120_000);

const cacheDir = join(process.cwd(), '.cache');
const folder = mkdtempSync(join(tmpdir(), 'athlete-ally-nats-'));
const connections: NatsConnection[] = [];
let nats: Nats;

async function as(user: NatsUser, server = nats): Promise<NatsConnection> {
  const url = new URL(server.url(user));
  const connection = await connect({
    servers: url.host,
    user: url.username,
    pass: decodeURIComponent(url.password),
    inboxPrefix: `_INBOX.${user}`,
    reconnect: false,
  });
  connections.push(connection);
  return connection;
}

/** The server's refusal of one publish, or nothing when it took it. */
async function refusalOf(connection: NatsConnection, subject: string): Promise<string | undefined> {
  const statuses = connection.status();
  let refusal: string | undefined;
  const listening = (async () => {
    for await (const status of statuses) {
      if (status.type === Events.Error && status.permissionContext?.subject === subject) refusal = String(status.data);
    }
  })();
  connection.publish(subject, 'x');
  // Errors of a publish come before the answer to the ping that flush sends.
  await connection.flush();
  await connection.flush();
  void listening;
  return refusal;
}

beforeAll(async () => {
  nats = await startNats({ cacheDir, dataDir: join(folder, 'one'), isDurable: false });
});

afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the broker users', () => {
  it('lets each service make its streams and consumers, publish, fetch and acknowledge', async () => {
    const stages = [
      {
        user: 'connections',
        declares: 'RAW',
        reads: 'RAW',
        consumer: 'fetcher',
        subject: 'athlete-ally.raw.oura.notification.v1',
        filters: ['athlete-ally.raw.*.notification.v1'],
      },
      {
        user: 'health-data',
        declares: 'NORMALIZED',
        reads: 'RAW',
        consumer: 'normaliser',
        subject: 'athlete-ally.normalized.hrv.v1',
        filters: undefined,
      },
      {
        user: 'insights',
        declares: undefined,
        reads: 'NORMALIZED',
        consumer: 'recompute',
        subject: undefined,
        filters: undefined,
      },
    ] as const;
    for (const stage of stages) {
      const connection = await as(stage.user);
      const manager = await connection.jetstreamManager();
      if (stage.declares !== undefined) {
        const config = { name: stage.declares, subjects: [`athlete-ally.${stage.declares.toLowerCase()}.>`] };
        await manager.streams.add(config);
        await manager.streams.update(stage.declares, { ...config, max_msg_size: 65_536 });
      }
      expect((await manager.streams.info(stage.reads)).config.name).toBe(stage.reads);
      if (stage.subject !== undefined)
        await connection.jetstream().publish(stage.subject, 'reference', { msgID: stage.subject });

      await manager.consumers.add(stage.reads, {
        durable_name: stage.consumer,
        ack_policy: AckPolicy.Explicit,
        ...(stage.filters === undefined ? {} : { filter_subjects: [...stage.filters] }),
      });
      const consumer = await connection.jetstream().consumers.get(stage.reads, stage.consumer);
      let seen = 0;
      for await (const message of await consumer.fetch({ max_messages: 1, expires: 2_000 })) {
        message.working();
        if (seen === 0) message.nak();
        seen += 1;
      }
      for await (const message of await consumer.fetch({ max_messages: 1, expires: 2_000 })) {
        expect(await message.ackAck()).toBe(true);
        seen += 1;
      }
      expect(seen).toBe(2);
      const info = await consumer.info();
      expect(info.ack_floor.stream_seq).toBe(1);
      await manager.consumers.delete(stage.reads, stage.consumer);
    }
    await (
      await (await as('connections')).jetstreamManager()
    ).streams.add({ name: 'DLQ', subjects: ['athlete-ally.dlq.>'] });
    for (const [user, stage] of [
      ['connections', 'normalise'],
      ['health-data', 'normalise'],
      ['insights', 'recompute'],
    ] as const) {
      const ack = await (await as(user)).jetstream().publish(`athlete-ally.dlq.${stage}.v1`, 'id');
      expect(ack.stream).toBe('DLQ');
    }
  });

  it.each([
    ['gateway', 'athlete-ally.raw.x'],
    ['gateway', 'athlete-ally.access.changed.v1'],
    ['gateway', '$JS.API.STREAM.LIST'],
    ['health-data', 'athlete-ally.raw.oura.sleep.v1'],
    ['health-data', '$JS.API.STREAM.DELETE.RAW'],
    ['health-data', 'athlete-ally.dlq.fetch.v1'],
    ['insights', 'athlete-ally.dlq.normalise.v1'],
    ['health-data', '$JS.API.CONSUMER.MSG.NEXT.RAW.fetcher'],
    ['health-data', '$JS.ACK.RAW.fetcher.1.1.1.1.1'],
    ['insights', 'athlete-ally.normalized.hrv.v1'],
    ['insights', '$JS.API.STREAM.PURGE.NORMALIZED'],
    ['connections', 'athlete-ally.normalized.hrv.v1'],
    ['connections', '$JS.API.STREAM.DELETE.RAW'],
    ['connections', '$JS.API.CONSUMER.CREATE.RAW.spy'],
    ['provisioner', 'athlete-ally.raw.x'],
  ] as const)('refuses a publish of %s to %s', async (user, subject) => {
    expect(await refusalOf(await as(user), subject)).toMatch(/PERMISSIONS_VIOLATION|Permissions Violation/i);
  });

  it('takes what is allowed without a word, so that the refusals above mean something', async () => {
    expect(await refusalOf(await as('connections'), 'athlete-ally.access.changed.v1')).toBeUndefined();
  });

  it.each([
    ['gateway', 'athlete-ally.>'],
    ['gateway', '_INBOX.connections.>'],
    ['insights', 'athlete-ally.raw.>'],
    ['health-data', 'athlete-ally.consent.changed.v1'],
    ['provisioner', '>'],
  ] as const)('refuses %s to listen on %s', async (user, subject) => {
    const connection = await as(user);
    const heard = new Promise<Error | null>((done) =>
      connection.subscribe(subject, { callback: (error) => done(error) }),
    );
    expect(String(await heard)).toMatch(/permissions/i);
  });

  it('brings a membership change from connections to the gateway and to insights', async () => {
    const heard: Promise<string>[] = [];
    for (const user of ['gateway', 'insights'] as const) {
      const connection = await as(user);
      heard.push(
        new Promise((done) => {
          connection.subscribe('athlete-ally.access.changed.v1', {
            callback: (_error, message) => done(message.string()),
          });
        }),
      );
      await connection.flush();
    }
    (await as('connections')).publish('athlete-ally.access.changed.v1', 'ended');
    expect(await Promise.all(heard)).toEqual(['ended', 'ended']);
  });
});

describe('the embedded broker', () => {
  it('keeps what was acknowledged over kill -9 and answers on the same port again', async () => {
    const dataDir = join(folder, 'killed');
    const users = Object.fromEntries(NATS_USERS.map((user) => [user, `secret-of-${user}`])) as Record<NatsUser, string>;
    const first = await startNats({ cacheDir, dataDir, users });
    const before = await as('connections', first);
    await (await before.jetstreamManager()).streams.add({ name: 'RAW', subjects: ['athlete-ally.raw.>'] });
    await before.jetstream().publish('athlete-ally.raw.oura.sleep.v1', 'kept');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await startNats({ cacheDir, dataDir, users, port: first.port });
    const after = await as('connections', second);
    expect((await (await after.jetstreamManager()).streams.info('RAW')).state.messages).toBe(1);
    await after.close();
    await second.stop();
    expect(second.port).toBe(first.port);
  });

  it('keeps its passwords for the owner only and syncs every write', () => {
    const path = join(folder, 'killed/nats.conf');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('sync_interval: always');
  });

  it('prefers a named program, passes over one that is too old and says of each place why it had none', async () => {
    const old = join(folder, 'bin');
    mkdirSync(old);
    writeFileSync(join(old, 'nats-server'), '#!/bin/sh\necho nats-server: v2.10.27\n');
    chmodSync(join(old, 'nats-server'), 0o755);
    const fresh = join(folder, 'fresh');
    writeFileSync(fresh, '#!/bin/sh\necho nats-server: v2.12.0\n', { mode: 0o755 });
    const found = await resolveNats({
      cacheDir: folder,
      env: { NATS_SERVER_BIN: fresh },
      only: ['NATS_SERVER_BIN', 'PATH'],
    });
    expect(found).toEqual({ path: fresh, version: '2.12.0', from: 'NATS_SERVER_BIN' });

    const error = await resolveNats({
      cacheDir: folder,
      env: { PATH: old },
      only: ['NATS_SERVER_BIN', 'cache', 'PATH'],
    }).catch((reason: Error) => reason);
    expect((error as Error).message).toContain('NATS_SERVER_BIN: not set');
    expect((error as Error).message).toContain('cache: empty');
    expect((error as Error).message).toContain(`PATH: v2.10.27 at ${join(old, 'nats-server')} is older than 2.12.0`);
  });
});
