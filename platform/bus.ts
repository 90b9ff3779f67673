import {
  Events,
  connect,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  type StreamConfig,
  type Subscription,
} from 'nats';
import type { Logger } from '#platform/log';
import { STREAMS, type StreamName } from '#platform/streams';

/** The bus of one process. */
export interface Bus {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  isConnected(): boolean;
  /** Calls `heard` after each time the connection was lost and is there again, until it is closed. */
  onReconnect(heard: () => void): { close(): void };
  /** Creates the stream or brings its settings to what `streams.ts` declares. */
  ensureStream(name: StreamName): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Connects once or throws; later losses are healed by the client, for as long as the process lives. */
export async function openBus(options: { url: string; name: string; log: Logger }): Promise<Bus> {
  const address = new URL(options.url);
  const user = decodeURIComponent(address.username);
  const connection = await connect({
    servers: address.host,
    ...(user === '' ? {} : { user, pass: decodeURIComponent(address.password), inboxPrefix: `_INBOX.${user}` }),
    name: options.name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    // A stack for each request, in case it fails, costs more than the request.
    noAsyncTraces: true,
  });
  let isConnected = true;
  const reconnectListeners = new Set<() => void>();
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === Events.Disconnect) isConnected = false;
      if (status.type === Events.Reconnect) {
        isConnected = true;
        for (const heard of reconnectListeners) heard();
      }
      if (status.type === Events.Error)
        options.log.warn({ reason: JSON.stringify(status.data) }, 'the bus reported an error');
    }
  })();
  const js = connection.jetstream({ timeout: 5_000 });
  let manager: JetStreamManager | null = null;
  const jsm = async (): Promise<JetStreamManager> =>
    (manager ??= await connection.jetstreamManager({ checkAPI: false }));
  return {
    connection,
    js,
    isConnected: () => isConnected && !connection.isClosed(),
    onReconnect(heard) {
      reconnectListeners.add(heard);
      return { close: () => void reconnectListeners.delete(heard) };
    },
    async ensureStream(name) {
      const wanted: Partial<StreamConfig> & { name: string } = {
        ...STREAMS[name],
        subjects: [...STREAMS[name].subjects],
      };
      const streams = (await jsm()).streams;
      const existing = await streams.info(name).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      if (existing === null) await streams.add(wanted);
      else if (differs(existing.config, wanted)) await streams.update(name, { ...existing.config, ...wanted });
    },
    close: () => connection.close(),
  };
}

const JETSTREAM_NOT_FOUND = '404';
/** Whether it is about a stream, consumer or message that is not there. */
export const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === JETSTREAM_NOT_FOUND;

const differs = (existing: object, wanted: object): boolean =>
  Object.entries(wanted).some(
    ([key, value]) => JSON.stringify((existing as Record<string, unknown>)[key]) !== JSON.stringify(value),
  );

/** Core NATS: fire and forget. Whoever misses it heals by itself (sweep, `since`, a query). */
export function announce(bus: Bus, message: { subject: string; body: unknown }): void {
  bus.connection.publish(message.subject, Buffer.from(JSON.stringify(message.body)));
}

/** Hands every announcement on `subject` to `handle`, one after another. Stops at `close()`. */
export function listen<Body>(
  bus: Bus,
  options: { subject: string; log: Logger; handle: (body: Body, subject: string) => void | Promise<void> },
): { close(): void } {
  const subscription: Subscription = bus.connection.subscribe(options.subject);
  void (async () => {
    for await (const message of subscription) {
      try {
        await options.handle(JSON.parse(Buffer.from(message.data).toString()) as Body, message.subject);
      } catch (error) {
        options.log.error({ err: error, subject: options.subject }, 'an announcement was not handled');
      }
    }
  })();
  return { close: () => subscription.unsubscribe() };
}
