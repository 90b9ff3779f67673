import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyRing } from '#platform/crypto';
import { createLogger } from '#platform/log';
import { CannotStart } from '#platform/process';
import { createMetrics, type Metrics } from '#platform/telemetry';
import { openSpool, SpoolFull, type Spool } from './spool.ts';

const log = createLogger({ name: 'test', level: 'silent' });
/** What the log was told of. */
let told: string[] = [];
const remember = (_what: object, text: string): void => void told.push(text);
const heard = { ...log, warn: remember, error: remember } as unknown as typeof log;
const ringOf = (root: Buffer) => createKeyRing({ purpose: 'payload', roots: new Map([[1, root]]) });
const ring = ringOf(randomBytes(32));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athlete-ally-spool-'));
});
let opened: Spool | null = null;
let metrics: Metrics;
afterEach(async () => {
  await opened?.close();
  opened = null;
  told = [];
  await rm(folder, { recursive: true });
});

/** The next process: the one before has ended. All that an append leaves is on disk when it resolves. */
async function openIt(more: { limitBytes?: number; ring?: typeof ring } = {}): Promise<Spool> {
  await opened?.close();
  metrics = createMetrics();
  opened = await openSpool({ folder, limitBytes: 10_000_000, ring, metrics, log: heard, ...more });
  return opened;
}

async function drained(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  await spool.drain(async (records) => {
    texts.push(...records.map(String));
    return 0;
  });
  return texts;
}

const files = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name !== 'lock');
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
    return 0;
  });
  await spool.append([Buffer.from('b')]);
  while (seen.length === 0) {
    goOn();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await slow;
  expect([seen, await drained(spool)]).toEqual([['a'], ['b']]);
});

test('a file torn at any place of its end gives what was whole, and leaves nothing but a line in the log', async () => {
  await (await openIt()).append([Buffer.from('whole')]);
  const file = await theFile();
  const whole = (await readFile(file)).length;
  await opened?.append([Buffer.from('torn')]);
  const bytes = await readFile(file);
  for (let end = whole + 1; end < bytes.length; end += 1) {
    await writeFile(file, bytes.subarray(0, end));
    told = [];
    expect([end, await drained(await openIt()), await files(), told.length]).toEqual([end, ['whole'], [], 1]);
  }
  await writeFile(file, bytes.subarray(0, 2));
  expect([await drained(await openIt()), await files()]).toEqual([[], []]);
});

test('wherever one bit of a file flips, the other records are handed on, and the file is kept aside and told of', async () => {
  await (await openIt()).append(['one', 'two', 'three', 'four'].map((text) => Buffer.from(text)));
  const file = await theFile();
  const bytes = await readFile(file);
  await opened?.close();
  const head = bytes.indexOf('}') + 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] as number) ^ (1 << (at % 8));
    await writeFile(file, altered);
    told = [];
    const texts = await drained(await openIt());
    // Without its head nothing opens. A bit of base64 may stand for nothing, and then nothing is altered.
    if (at >= head) expect([at, texts.length]).toEqual([at, 3]);
    if (texts.length === 4) continue;
    expect([at, await files(), told.length]).toEqual([at, [expect.stringMatching(/\.damaged$/)], 1]);
  }
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

test('what is never taken is kept aside, counts towards the bound, and is handed on again under its old name', async () => {
  const spool = await openIt({ limitBytes: 500 });
  await spool.append([Buffer.alloc(600), Buffer.from('b')]);
  expect(await spool.drain(() => Promise.resolve(1))).toBe(1);
  const file = await theFile();
  expect(file).toMatch(/\.spool\.refused$/);
  expect(told).toHaveLength(1);
  await expect(spool.append([Buffer.from('more')])).rejects.toThrow(SpoolFull);
  const next = await openIt({ limitBytes: 500 });
  const { size } = await stat(file);
  expect(await valuesOf(metrics)).toEqual({ live: 0, aside: size });
  await expect(next.append([Buffer.from('more')])).rejects.toThrow(SpoolFull);
  await rename(file, file.replace('.refused', ''));
  expect(await drained(await openIt())).toHaveLength(2);
  expect([await files(), await valuesOf(metrics)]).toEqual([[], { live: 0, aside: 0 }]);
});

const valuesOf = async ({ spoolBytes, spoolAsideBytes }: Metrics) => ({
  live: (await spoolBytes.get()).values[0]?.value,
  aside: (await spoolAsideBytes.get()).values[0]?.value,
});

test('a folder that another process uses is refused in a sentence', async () => {
  await openIt();
  const second = openSpool({ folder, limitBytes: 500, ring, metrics, log });
  await expect(second).rejects.toThrow(CannotStart);
  await expect(second).rejects.toThrow(/is used by another process.*SPOOL_DIR/);
});
