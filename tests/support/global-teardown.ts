import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const held = (globalThis as { testPostgres?: { stop(): Promise<void>; folder: string } }).testPostgres;
  await held?.stop();
  if (held) await rm(held.folder, { recursive: true, force: true });
}
