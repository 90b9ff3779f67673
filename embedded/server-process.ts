import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, existsSync, readFileSync } from 'node:fs';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process we started and answer for. */
export interface Running {
  pid: number;
  /** Resolves when the process is gone, however it went. Never rejects. */
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

export interface Launch {
  command: string;
  args: string[];
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/** In order, each with the time it gets: what PostgreSQL calls fast and immediate, and what nobody can refuse. */
export type StopSignals = readonly { signal: NodeJS.Signals; withinMs: number }[];

/**
 * Starts a server that ends with us, even when we are killed with -9: on Linux the kernel sees to it (setpriv), elsewhere
 * a small process that waits for the end of a pipe. It runs in a session of its own, so that a Ctrl-C reaches only us
 * and the order of stopping stays ours. Its output goes to `logFile`.
 *
 * `inNamespace` stands in front of setpriv: entering a user namespace changes credentials, which would clear the
 * kernel's promise if it had been made before.
 */
export function startServer(launch: Launch, options: { inNamespace?: string[]; stopWith: StopSignals }): Running {
  const guard = hasSetpriv() ? ['setpriv', '--pdeathsig', 'INT', '--'] : [];
  const [command = '', ...args] = [...(options.inNamespace ?? []), ...guard, launch.command, ...launch.args];
  const log = openSync(launch.logFile, 'a', 0o600);
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    detached: true,
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
    ...(launch.env === undefined ? {} : { env: launch.env }),
    ...(launch.uid === undefined ? {} : { uid: launch.uid }),
    ...(launch.gid === undefined ? {} : { gid: launch.gid }),
  });
  closeSync(log);
  const exited = exitOf(child);
  const watchdog = guard.length === 0 && child.pid !== undefined ? startWatchdog(child.pid) : undefined;
  void exited.then(() => watchdog?.kill('SIGKILL'));
  return {
    pid: child.pid ?? -1,
    exited,
    stop: () => stopChild({ child, exited, stopWith: options.stopWith }),
  };
}

/** Resolves also when the program could not be started at all (code 127, as a shell would say). */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Asks with each signal in turn until the process is gone. */
export async function stopChild(options: {
  child: ChildProcess;
  exited: Promise<Exit>;
  stopWith: StopSignals;
}): Promise<void> {
  const { child, exited, stopWith } = options;
  for (const { signal, withinMs } of stopWith) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([exited, late]);
    clearTimeout(timer);
  }
}

/** The last lines of a log, for an error message. */
export function lastLines(path: string, count: number): string {
  if (!existsSync(path)) return '';
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.slice(-count).join('\n');
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let setprivWorks: boolean | undefined;

function hasSetpriv(): boolean {
  if (process.platform !== 'linux') return false;
  // BusyBox has a setpriv too, but one that does not know the option.
  setprivWorks ??= works('setpriv', ['--pdeathsig', 'INT', '--', 'true']);
  return setprivWorks;
}

/** Whether the command runs and succeeds. Quiet either way. */
export function works(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

function startWatchdog(pid: number): ChildProcess {
  const script = `process.stdin.resume().on('close', () => { try { process.kill(${pid}, 'SIGINT'); } catch {} });`;
  const watchdog = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return watchdog;
}
