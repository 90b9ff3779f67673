import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, print, separateOperations } from 'graphql';
import type { Rig } from '../rig.ts';
import type { Arrivals, Watch, WatchOrder } from './watcher.ts';

/** The clients of a bench, in a process of their own. */
export interface Watching {
  pid: number;
  /** Resolves when all have their opening. */
  open(url: string, watches: Watch[]): Promise<void>;
  /** What arrived since the last time. */
  tell(): Promise<Arrivals>;
  closeAll(): Promise<void>;
}

export function startWatching(rig: Rig): Watching {
  const child: ChildProcess = rig.fork(join(import.meta.dirname, 'watcher.js'), []);
  const ended = once(child, 'exit').then(() => {
    throw new Error('the clients of the bench ended');
  });
  async function ask<Answer>(order: WatchOrder): Promise<Answer> {
    child.send(order);
    const [answer] = await Promise.race([once(child, 'message'), ended]);
    return answer as Answer;
  }
  ended.catch(() => undefined);
  return {
    pid: child.pid as number,
    open: async (url, watches) => void (await ask({ open: { url, watches } })),
    tell: () => ask<Arrivals>({ tell: true }),
    closeAll: async () => void (await ask({ close: true })),
  };
}

/** An operation as the dashboard sends it, with all its fields. */
export function dashboardOperation(name: 'TeamRoster' | 'TeamReadiness' | 'AthleteReadiness'): string {
  const folders = { TeamRoster: 'roster/roster', TeamReadiness: 'roster/roster', AthleteReadiness: 'athlete/athlete' };
  const text = [folders[name], 'readiness/readiness']
    .map((file) => readFileSync(`dashboard/${file}.graphql`, 'utf8'))
    .join('\n');
  const operation = separateOperations(parse(text))[name];
  if (operation === undefined) throw new Error(`the dashboard has no operation ${name} any more`);
  return print(operation);
}

/** A reading of a message: whose readiness it tells, made of which signals, and the minutes asleep in it. */
export interface Told {
  athleteId: string;
  reason: string;
  basis: string[];
  asleepMin: number | null;
}

interface Payload {
  payload: {
    errors?: unknown;
    data: Record<
      string,
      {
        changes: {
          reason: string;
          athleteId: string;
          readiness: { basis: string[]; signals: { sleep: { asleepMin: number | null } | null } };
        }[];
      }
    >;
  };
}

export function readMessage(text: string): Told[] {
  const { payload } = JSON.parse(text) as Payload;
  if (payload.errors !== undefined) throw new Error(`a live event came with errors: ${text}`);
  return Object.values(payload.data).flatMap(({ changes }) =>
    changes.map(({ reason, athleteId, readiness: { basis, signals } }) => {
      return { reason, athleteId, basis, asleepMin: signals.sleep?.asleepMin ?? null };
    }),
  );
}

/** Shows each event that arrived, read, once for every socket that got it. */
export function eachTold(
  arrivals: readonly Arrivals[],
  see: (arrival: { at: number; socket: number; told: Told[] }) => void,
): void {
  for (const { at, socket, text, texts } of arrivals) {
    const read = texts.map(readMessage);
    for (const [index, moment] of at.entries())
      see({ at: moment, socket: socket[index] as number, told: read[text[index] as number] ?? [] });
  }
}
