import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyRing } from '#platform/crypto';
import { createLogger } from '#platform/log';
import { createMetrics } from '#platform/telemetry';
import { openSpool, SpoolFull, type Spool } from './spool.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const ringOf = (root: Buffer) => createKeyRing({ purpose: 'payload', roots: new Map([[1, root]]) });
const ring = ringOf(randomBytes(32));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-spool-'));
});
/** A crash closes nothing; the test does, at its end. */
let opened: Spool[] = [];
afterEach(async () => {
  await Promise.all(opened.map((spool) => spool.close()));
  opened = [];
  await rm(folder, { recursive: true });
});

async function openIt(more: { limitBytes?: number; ring?: typeof ring } = {}): Promise<Spool> {
  const spool = await openSpool({ folder, limitBytes: 10_000_000, ring, metrics: createMetrics(), log, ...more });
  opened.push(spool);
  return spool;
}

async function drained(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  await spool.drain(async (records) => void texts.push(...records.map(String)));
  return texts;
}

const files = (): Promise<string[]> => readdir(folder);
const theFile = async (): Promise<string> => join(folder, (await files())[0] as string);

test('what was appended is handed on in order, once, and the files are gone', async () => {
  const spool = await openIt();
  await spool.append([Buffer.from('a'), Buffer.from('b')]);
  await spool.append([Buffer.from('c')]);
  expect(await drained(spool)).toEqual(['a', 'b', 'c']);
  expect([await files(), await drained(spool)]).toEqual([[], []]);
});

test('a crash leaves it to the next process', async () => {
  await (await openIt()).append([Buffer.from('kept')]);
  expect(await drained(await openIt())).toEqual(['kept']);
});

test('what could not be stored stays for the next time', async () => {
  const spool = await openIt();
  await spool.append([Buffer.from('a')]);
  await expect(spool.drain(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await spool.append([Buffer.from('b')]);
  expect((await drained(spool)).sort()).toEqual(['a', 'b']);
});

test('appends go on while a slow drain runs', async () => {
  const spool = await openIt();
  await spool.append([Buffer.from('a')]);
  const seen: string[] = [];
  let goOn = (): void => undefined;
  const slow = spool.drain(async (records) => {
    await new Promise<void>((resolve) => (goOn = resolve));
    seen.push(...records.map(String));
  });
  await spool.append([Buffer.from('b')]);
  while (seen.length === 0) {
    goOn();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await slow;
  expect([seen, await drained(spool)]).toEqual([['a'], ['b']]);
});

test('a file torn at its end gives what was whole', async () => {
  const spool = await openIt();
  await spool.append([Buffer.from('whole'), Buffer.from('torn')]);
  const file = await theFile();
  await truncate(file, (await readFile(file)).length - 3);
  expect(await drained(await openIt())).toEqual(['whole']);
  await writeFile(file, Buffer.of(0, 0));
  expect(await drained(await openIt())).toEqual([]);
});

test('an altered record is left out, the rest is handed on, and the file is kept aside', async () => {
  await (await openIt()).append([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);
  const file = await theFile();
  const bytes = await readFile(file);
  const at = bytes.length - 1;
  bytes[at] = (bytes[at] as number) ^ 1;
  await writeFile(file, bytes);
  expect(await drained(await openIt())).toEqual(['one', 'two']);
  expect(await files()).toEqual([expect.stringMatching(/\.damaged$/)]);
});

test('under another root secret nothing opens and nothing is thrown away', async () => {
  await (await openIt()).append([Buffer.from('secret')]);
  expect(await drained(await openIt({ ring: ringOf(randomBytes(32)) }))).toEqual([]);
  expect(await files()).toEqual([expect.stringMatching(/\.damaged$/)]);
});

test('no body can be read in the folder', async () => {
  await (await openIt()).append([Buffer.from('{"average_hrv":51}')]);
  expect((await readFile(await theFile())).includes('average_hrv')).toBe(false);
});

test('a full spool takes nothing, and takes again when it was drained', async () => {
  const spool = await openIt({ limitBytes: 500 });
  await spool.append([Buffer.alloc(600)]);
  await expect(spool.append([Buffer.from('more')])).rejects.toThrow(SpoolFull);
  await drained(spool);
  await spool.append([Buffer.from('again')]);
  expect(await drained(spool)).toEqual(['again']);
});

test('what is in the folder at the start counts towards the bound', async () => {
  await (await openIt()).append([Buffer.alloc(600)]);
  await appendFile(join(folder, 'a note of an operator.txt'), 'not ours');
  await expect((await openIt({ limitBytes: 500 })).append([Buffer.from('more')])).rejects.toThrow(SpoolFull);
});
