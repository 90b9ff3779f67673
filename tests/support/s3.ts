import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../embedded/ports.ts';
import { until } from './wait.ts';

/** A real S3 server with an empty bucket. */
export interface S3Server {
  endpoint: string;
  bucket: string;
  stop(): Promise<void>;
}

/** moto (Debian: `apt install python3-moto`; elsewhere `pip install 'moto[server]'`): an S3 that keeps everything in memory. */
const PROGRAM = 'moto_server';

/** Why there is no S3 server to test against, or null when there is one. Asked while tests are declared. */
export function whyNoS3(): string | null {
  if (process.env['S3_TEST_ENDPOINT'] !== undefined) return null;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, PROGRAM)))) return null;
  return `${PROGRAM} is not on PATH and S3_TEST_ENDPOINT is not set: apt install python3-moto`;
}

/** At S3_TEST_ENDPOINT, with the credentials of the environment, or a server started here on a free port. */
export async function startS3(): Promise<S3Server> {
  const bucket = `test-${process.pid}-${Date.now()}`;
  const given = process.env['S3_TEST_ENDPOINT'];
  const started = given === undefined ? await startMoto() : { endpoint: given, stop: async () => undefined };
  const client = new S3Client({ region: 'us-east-1', endpoint: started.endpoint, forcePathStyle: true });
  await until(
    `a bucket at ${started.endpoint}`,
    () => client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => null),
    60_000,
  );
  client.destroy();
  return { ...started, bucket };
}

async function startMoto(): Promise<Omit<S3Server, 'bucket'>> {
  // The default chain of the SDK looks here first.
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  const port = await freePort();
  const child = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
