import { connect, type Socket } from 'node:net';
import { quantile } from './rig.ts';

/** What the generator is told: requests ready to be written, byte for byte. */
export interface LoadOrder {
  port: number;
  requests: Buffer[];
  connections: number;
  /** Requests a second, whatever the answers do; null: each connection asks again when it is answered. */
  rate: number | null;
}

export interface LoadResult {
  seconds: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers by status line. */
  statuses: Record<string, number>;
}

/**
 * A generator in a process of its own: plain sockets, one request at a time on each, no parsing beyond the status line, so
 * that most of the machine is left to what is measured. Latency counts from when a request was due.
 */
process.on('message', (order: LoadOrder) => {
  void (order.rate === null ? closedLoop(order) : openLoop(order, order.rate)).then((result) => process.send?.(result));
});

interface Asker {
  /** Writes one request; resolves with the status when the whole answer is there. */
  ask(request: Buffer): Promise<string>;
  close(): void;
}

async function openAsker(port: number): Promise<Asker> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let settle: ((status: string) => void) | null = null;
  let isCut = false;
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
    if (text.length < end + 4 + length) return;
    const status = text.slice(9, 12);
    text = '';
    settle?.(status);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isCut = true;
    settle?.('cut');
  });
  return {
    ask: (request) =>
      new Promise((resolve) => {
        if (isCut) return resolve('cut');
        settle = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

async function closedLoop({ port, requests, connections }: LoadOrder): Promise<LoadResult> {
  const askers = await Promise.all(Array.from({ length: connections }, () => openAsker(port)));
  const times = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  let next = 0;
  const started = performance.now();
  await Promise.all(
    askers.map(async (asker) => {
      for (let at = next++; at < requests.length; at = next++) {
        const before = performance.now();
        const status = await asker.ask(requests[at] as Buffer);
        times[at] = performance.now() - before;
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  const result = resultOf(times, statuses, performance.now() - started);
  for (const asker of askers) asker.close();
  return result;
}

async function openLoop({ port, requests, connections }: LoadOrder, rate: number): Promise<LoadResult> {
  const idle = await Promise.all(Array.from({ length: connections }, () => openAsker(port)));
  const all = [...idle];
  const times = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  const answers: Promise<void>[] = [];
  const started = performance.now();
  for (const [at, request] of requests.entries()) {
    const due = started + (at * 1000) / rate;
    for (let leftMs = due - performance.now(); leftMs > 0; leftMs = due - performance.now())
      await new Promise((resolve) => setTimeout(resolve, leftMs));
    const asker = idle.pop() ?? (await openAsker(port));
    answers.push(
      asker.ask(request).then((status) => {
        times[at] = performance.now() - due;
        statuses[status] = (statuses[status] ?? 0) + 1;
        idle.push(asker);
      }),
    );
  }
  await Promise.all(answers);
  const result = resultOf(times, statuses, performance.now() - started);
  for (const asker of all) asker.close();
  return result;
}

function resultOf(times: Float64Array, statuses: Record<string, number>, ms: number): LoadResult {
  const sorted = times.toSorted();
  return {
    seconds: ms / 1000,
    perSecond: times.length / (ms / 1000),
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    statuses,
  };
}
