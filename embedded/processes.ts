import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, createWriteStream, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { exitOf, lastLines, stopChild, type Exit, type Running } from './server-process.ts';

const LOG_LIMIT_BYTES = 10 * 1024 ** 2;
const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 50;
/** A process that lived this long has recovered; its next fall starts from the short delay again. */
const RECOVERED_AFTER_MS = 30_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** Servers are told to stop when those who use them are gone, or after this time. With their own 1.8 s it stays below 3 s. */
const SERVERS_WAIT_MS = 1_000;

/** Thrown for what the person can act on; printed without a stack. */
export class StartError extends Error {}

/**
 * Starts one of our own programs. It gets a session of its own (a Ctrl-C reaches only the starter, which stops all in
 * order) and EXIT_WITH_PARENT, so that it ends when the starter is killed. Output goes to `logFile`, or with `isVerbose` to
 * the terminal as well, each line under the name.
 */
export function startProgram(options: {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  isVerbose: boolean;
}): Running {
  turnLog(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(process.execPath, ['--enable-source-maps', options.script], {
    stdio: options.isVerbose ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
    detached: true,
    env: { ...options.env, EXIT_WITH_PARENT: '1' },
  });
  closeSync(log);
  if (options.isVerbose) showOutput({ child, name: options.name, logFile: options.logFile });
  const exited = exitOf(child);
  const stopWith = [
    { signal: 'SIGTERM', withinMs: 2_000 },
    { signal: 'SIGKILL', withinMs: 500 },
  ] as const;
  return { pid: child.pid ?? -1, exited, stop: () => stopChild({ child, exited, stopWith }) };
}

function turnLog(path: string): void {
  if (existsSync(path) && statSync(path).size > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
}

function showOutput(options: { child: ChildProcess; name: string; logFile: string }): void {
  const file = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  for (const stream of [options.child.stdout, options.child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      file.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) process.stderr.write(`${options.name.padEnd(12)} ${line}\n`);
    });
  }
  options.child.once('close', () => file.end());
}

/** `program`: one of ours. `server`: what programs use, so it is stopped after them. */
export type Layer = 'program' | 'server';

export interface Supervisor {
  /** Starts it. Until `settle`, its end makes `fallen` reject; afterwards it is started again, a little later each time. */
  add(part: { name: string; layer: Layer; logFile: string; launch: () => Promise<Running> | Running }): Promise<void>;
  /** Rejects when a part ends before `settle`, with its last lines. Never resolves. */
  fallen: Promise<never>;
  settle(): void;
  pidOf(name: string): number | undefined;
  /** Stops everything in less than 3 s, programs before servers. Safe to call twice. */
  stop(): Promise<void>;
}

interface Part {
  name: string;
  layer: Layer;
  logFile: string;
  launch: () => Promise<Running> | Running;
  running: Running | undefined;
  delayMs: number;
}

/** Keeps a set of processes alive. `onRestart` is told of each part that came back. */
export function createSupervisor(options: {
  log: (line: string) => void;
  onRestart?: (name: string) => void;
}): Supervisor {
  const parts: Part[] = [];
  let state: 'starting' | 'settled' | 'stopping' = 'starting';
  let fall: (error: Error) => void = () => {};
  let stopping: Promise<void> | undefined;
  const fallen = new Promise<never>((_resolve, reject) => {
    fall = reject;
  });
  // Somebody may be between two awaits when it rejects; `fallen` is then raced a moment later.
  fallen.catch(() => {});

  async function start(part: Part): Promise<void> {
    const startedAt = Date.now();
    const running = await part.launch();
    part.running = running;
    if (state === 'stopping') await running.stop();
    void running.exited.then((exit) => ended(part, exit, Date.now() - startedAt));
  }

  function ended(part: Part, exit: Exit, livedMs: number): void {
    part.running = undefined;
    if (state === 'stopping') return;
    if (state === 'starting') {
      fall(
        new StartError(
          `${part.name} ended while starting (${how(exit)}). Its last lines (${part.logFile}):\n${indented(part.logFile)}`,
        ),
      );
      return;
    }
    if (livedMs > RECOVERED_AFTER_MS) part.delayMs = FIRST_DELAY_MS;
    void startAgain(part, how(exit));
  }

  async function startAgain(part: Part, why: string): Promise<void> {
    for (;;) {
      const delayMs = part.delayMs;
      part.delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      options.log(`  ${part.name} ended (${why}); starting it again in ${delayMs / 1000} s. Log: ${part.logFile}`);
      await wait(delayMs, undefined, { ref: false });
      // `state` may have changed while we waited.
      if ((state as string) === 'stopping') return;
      try {
        await start(part);
        options.onRestart?.(part.name);
        return;
      } catch (error) {
        why = (error as Error).message.split('\n')[0] ?? 'it could not be started';
      }
    }
  }

  async function stopAll(): Promise<void> {
    state = 'stopping';
    const stopLayer = (layer: Layer): Promise<unknown> =>
      Promise.all(
        parts
          .filter((part) => part.layer === layer)
          .reverse()
          .map(async (part) => part.running?.stop()),
      );
    const programs = stopLayer('program');
    await Promise.race([programs, wait(SERVERS_WAIT_MS, undefined, { ref: false })]);
    await Promise.all([programs, stopLayer('server')]);
  }

  return {
    async add(part) {
      const kept: Part = { ...part, running: undefined, delayMs: FIRST_DELAY_MS };
      parts.push(kept);
      await start(kept);
    },
    fallen,
    settle: () => {
      if (state === 'starting') state = 'settled';
    },
    pidOf: (name) => parts.find((part) => part.name === name)?.running?.pid,
    stop: () => (stopping ??= stopAll()),
  };
}

function how(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal;
}

function indented(logFile: string): string {
  return lastLines(logFile, 8)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Waits until the address answers 2xx. Throws with what it last said and the process's last lines. */
export async function untilReady(options: {
  name: string;
  url: string;
  logFile: string;
  withinMs?: number;
}): Promise<void> {
  const withinMs = options.withinMs ?? READY_WITHIN_MS;
  let last = 'no answer';
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await wait(READY_POLL_MS)) {
    try {
      const response = await fetch(options.url, { signal: AbortSignal.timeout(3_000) });
      if (response.ok) {
        await response.body?.cancel();
        return;
      }
      last = `${response.status} ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    }
  }
  throw new StartError(
    `${options.name} was not ready within ${withinMs / 1000} s (${options.url}: ${last}). Its last lines (${options.logFile}):\n${indented(options.logFile)}`,
  );
}

/** Calls back once when the process that started this one is gone. */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 250);
  timer.unref();
}
