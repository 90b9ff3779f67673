import { connect, type Socket } from 'node:net';
import type { Rig } from '../rig.ts';
import { nowMs } from './now.ts';

/** A changed night, delivered as Garmin pushes it. `asleepMin` tells it from the night before it. */
export interface Push {
  athleteId: string;
  asleepMin: number;
  /** When it was due, and when it was answered. */
  dueAt: number;
  answeredAt: number;
}

const HOUR_S = 3_600;
const SHORTEST_MIN = 300;
const LENGTHS = 180;

/** Last night of any athlete, a few minutes longer or shorter at each push. */
export interface Pusher {
  /** `count` pushes, one each `1000 / rate` ms whatever becomes of them, the athletes in turn. Resolves when all are answered. */
  send(options: {
    athleteIds: readonly string[];
    count: number;
    rate: number;
    seen: (push: Push) => void;
  }): Promise<void>;
}

const CONNECTIONS = 16;

/** `today`: the athletes' date. */
export function createPusher(rig: Rig, today: string): Pusher {
  const port = rig.place.ports.connections.port;
  const pathToken = rig.place.secrets.providers['GARMIN_PATH_TOKEN'] as string;
  const clientId = rig.place.secrets.providers['GARMIN_CLIENT_ID'] as string;
  const head = `POST /v1/webhooks/garmin/${pathToken}/sleeps HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ngarmin-client-id: ${clientId}\r\n`;
  const pushesOf = new Map<string, number>();
  // A night that ended an hour ago: never in the future, and of today or yesterday.
  const endS = Math.floor(Date.now() / 1000) - HOUR_S;
  const startS = endS - 8 * HOUR_S;

  function requestOf(athleteId: string): { asleepMin: number; request: string } {
    const number = pushesOf.get(athleteId) ?? 0;
    pushesOf.set(athleteId, number + 1);
    const asleepMin = SHORTEST_MIN + (number % LENGTHS);
    const night = {
      userId: athleteId,
      summaryId: `bench-${startS.toString(16)}`,
      calendarDate: today,
      startTimeInSeconds: startS,
      startTimeOffsetInSeconds: 0,
      durationInSeconds: asleepMin * 60,
      deepSleepDurationInSeconds: 80 * 60,
      lightSleepDurationInSeconds: (asleepMin - 160) * 60,
      remSleepInSeconds: 80 * 60,
      awakeDurationInSeconds: 0,
      validation: 'ENHANCED_FINAL',
    };
    const body = JSON.stringify({ sleeps: [night] });
    return { asleepMin, request: `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}` };
  }

  return {
    async send({ athleteIds, count, rate, seen }) {
      // For each time anew: the server ends connections that nobody has used for a minute.
      const askers = await Promise.all(Array.from({ length: CONNECTIONS }, () => openAsker(port)));
      const started = nowMs();
      const answers: Promise<void>[] = [];
      for (let at = 0; at < count; at += 1) {
        const dueAt = started + (at * 1000) / rate;
        for (let leftMs = dueAt - nowMs(); leftMs > 0; leftMs = dueAt - nowMs())
          await new Promise((resolve) => setTimeout(resolve, leftMs));
        const athleteId = athleteIds[at % athleteIds.length] as string;
        const { asleepMin, request } = requestOf(athleteId);
        const push: Push = { athleteId, asleepMin, dueAt, answeredAt: Number.NaN };
        seen(push);
        const asker = askers[at % askers.length] as Asker;
        answers.push(
          asker.ask(request).then((status) => {
            if (status !== '200') throw new Error(`a push was answered with ${status}`);
            push.answeredAt = nowMs();
          }),
        );
      }
      await Promise.all(answers);
      for (const asker of askers) asker.close();
    },
  };
}

interface Asker {
  /** Writes a request behind those that wait for their answer; resolves with the status of its own. */
  ask(request: string): Promise<string>;
  close(): void;
}

async function openAsker(port: number): Promise<Asker> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const waiting: ((status: string) => void)[] = [];
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      waiting.shift()?.(text.slice(9, 12));
      text = text.slice(end + 4 + length);
    }
  });
  socket.on('close', () => {
    for (const settle of waiting.splice(0)) settle('cut');
  });
  return {
    ask: (request) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
