import { join } from 'node:path';
import { addressTable } from './addresses.ts';
import { table } from './report.ts';
import { readStatus, type Status } from './status-file.ts';

interface Health {
  name: string;
  health: string;
  /** What the program itself says: `ok`, `degraded`, `fail`; or `no answer`. */
  status: string;
}

async function healthOf(program: Status['processes'][number]): Promise<Health> {
  const { name, health } = program;
  try {
    const response = await fetch(health, { signal: AbortSignal.timeout(3_000) });
    const body = (await response.json()) as { status?: string };
    return { name, health, status: body.status ?? (response.ok ? 'ok' : 'fail') };
  } catch {
    return { name, health, status: 'no answer' };
  }
}

const isJson = process.argv.includes('--json');
const status = readStatus(join(process.cwd(), '.data'));
if (status === undefined) {
  if (isJson) process.stdout.write('{ "state": "stopped" }\n');
  else process.stderr.write('Nothing runs here. Start it with: npm start\n');
  process.exitCode = 1;
} else {
  const healths = await Promise.all(status.processes.map(healthOf));
  if (isJson) {
    const processes = status.processes.map((program, index) => ({ ...program, status: healths[index]?.status }));
    process.stdout.write(`${JSON.stringify({ ...status, processes }, null, 2)}\n`);
  } else {
    const programs = status.processes.map((program, index) => [
      program.name,
      healths[index]?.status ?? '',
      `process ${program.pid ?? '-'}`,
    ]);
    const servers = status.servers.map((server) => [
      server.name,
      server.pid === null ? 'down' : 'up',
      `port ${server.port ?? '-'}`,
    ]);
    const versions = Object.entries(status.versions).map(([name, version]) => `${name} ${version}`);
    const lines = [
      `  ${status.state}, process ${status.pid}, since ${status.startedAt} (${versions.join(', ')})`,
      addressTable(status),
      table([...programs, ...servers]),
      table([
        ['Database', status.database],
        ['NATS', status.nats],
      ]),
    ];
    process.stdout.write(`\n${lines.join('\n\n')}\n\n`);
  }
}
