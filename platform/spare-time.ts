import { cpus } from 'node:os';

interface Times {
  idle: number;
  all: number;
}

/**
 * Which part of its processors' time the machine had to spare since the last call, 0 to 1; since it was made at the first.
 * Of the whole machine, whatever runs on it: what can wait gives way to all of it.
 */
export function createSpareTime(read: () => Times = readTimes): () => number {
  let before = read();
  return () => {
    const now = read();
    const [idle, all] = [now.idle - before.idle, now.all - before.all];
    before = now;
    return all > 0 ? idle / all : 1;
  };
}

function readTimes(): Times {
  const times = { idle: 0, all: 0 };
  for (const { times: own } of cpus()) {
    times.idle += own.idle;
    times.all += own.user + own.nice + own.sys + own.irq + own.idle;
  }
  return times;
}
