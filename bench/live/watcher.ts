import { WebSocket } from 'ws';
import { nowMs } from './now.ts';

/** One socket with one subscription; `token` null: a bare socket, whose every message counts. */
export interface Watch {
  token: string | null;
  query: string;
  variables: Record<string, unknown>;
}

/** What the watcher is told. */
export type WatchOrder = { open: { url: string; watches: Watch[] } } | { tell: true } | { close: true };

/** Arrivals, in the order of `at`. Equal messages have one text. */
export interface Arrivals {
  /** Milliseconds of the machine's monotonic clock. */
  at: Float64Array;
  socket: Int32Array;
  /** Position in `texts`. */
  text: Int32Array;
  texts: string[];
}

const OPENED_AT_ONCE = 16;
const OPEN_WITHIN_MS = 600_000;

/**
 * Clients in a process of their own: opens sockets, waits for the first event of each (its opening), then notes when which
 * message arrived, and hands that over when it is asked. Nothing is parsed before: the cores belong to what is measured.
 */
const sockets: WebSocket[] = [];
let at: number[] = [];
let socketOf: number[] = [];
let textOf: number[] = [];
let texts = new Map<string, number>();
let lastText = '';
let lastIndex = -1;

function arrived(socket: number, data: Buffer): void {
  at.push(nowMs());
  socketOf.push(socket);
  const text = data.toString();
  if (text !== lastText) {
    lastText = text;
    lastIndex = texts.get(text) ?? texts.size;
    if (lastIndex === texts.size) texts.set(text, lastIndex);
  }
  textOf.push(lastIndex);
}

function open(url: string, index: number, { token, query, variables }: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, token === null ? [] : ['graphql-transport-ws'], { perMessageDeflate: false });
    sockets.push(socket);
    let isOpened = token === null;
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`a socket was closed with ${code}`)));
    socket.on('open', () => {
      if (token === null) resolve();
      else socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    });
    socket.on('message', (data: Buffer) => {
      if (isOpened) return arrived(index, data);
      const { type, payload } = JSON.parse(data.toString()) as { type: string; payload?: { errors?: unknown } };
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
      else if (type === 'next' && payload?.errors === undefined) {
        isOpened = true;
        resolve();
      } else if (type !== 'ping') reject(new Error(`instead of an opening came ${data.toString()}`));
    });
  });
}

async function openAll(url: string, watches: readonly Watch[]): Promise<void> {
  const waiting = [...watches.entries()].toReversed();
  const late = setTimeout(() => {
    throw new Error(`${waiting.length} sockets were not open within ${OPEN_WITHIN_MS} ms`);
  }, OPEN_WITHIN_MS);
  const first = sockets.length;
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await open(url, first + next[0], next[1]);
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, work));
  clearTimeout(late);
}

function tell(): Arrivals {
  const told = {
    at: Float64Array.from(at),
    socket: Int32Array.from(socketOf),
    text: Int32Array.from(textOf),
    texts: [...texts.keys()],
  };
  [at, socketOf, textOf, texts, lastText] = [[], [], [], new Map(), ''];
  return told;
}

process.on('message', (order: WatchOrder) => {
  if ('open' in order) {
    void openAll(order.open.url, order.open.watches).then(() => process.send?.({ opened: order.open.watches.length }));
  } else if ('tell' in order) process.send?.(tell());
  else {
    for (const socket of sockets.splice(0)) socket.removeAllListeners('close').terminate();
    process.send?.({ closed: true });
  }
});
