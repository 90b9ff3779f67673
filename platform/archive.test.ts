import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink, utimes, writeFile, mkdir } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArchiveUnavailable, archiveKey, archivePlace, type ArchivePlace } from '#platform/archive';
import { describeArchive } from './archive.test-suite.ts';
import { archiveAddress, openArchive, probeArchive } from '#platform/open-archive';
import { CannotStart } from '#platform/process';
import { startS3, whyNoS3, type S3Server } from '../tests/support/s3.ts';

const AES256 = { kind: 'AES256' } as const;
const place: ArchivePlace = {
  provider: 'GOOGLE_HEALTH',
  receivedOn: '2026-11-20',
  athleteId: '0193a000-0000-7000-8000-000000000001',
  deliveryId: '0193a000-0000-7000-8000-0000000000d1',
};
const KEY =
  'provider=google-health/date=2026-11-20/user=0193a000-0000-7000-8000-000000000001/event=0193a000-0000-7000-8000-0000000000d1.json';

describe('a key of the archive', () => {
  it('says provider, day, athlete and delivery, and leads back to them', () => {
    expect(archiveKey(place)).toBe(KEY);
    expect(archivePlace(KEY)).toEqual(place);
  });

  it.each([
    ['an athlete', { athleteId: '../../x' }],
    ['a delivery', { deliveryId: `${place.deliveryId}/../x` }],
    ['a day', { receivedOn: '2026-11-20/..' }],
    ['a day that no calendar has', { receivedOn: '2026-02-30' }],
    ['a provider', { provider: '../OURA' as 'OURA' }],
  ])('is not made of %s from outside our lists', (_name, change) => {
    expect(() => archiveKey({ ...place, ...change })).toThrow('no key of the archive');
  });
});

describe('ARCHIVE_URL', () => {
  it.each([
    ['file:///var/lib/archive', '/var/lib/archive'],
    ['s3://raw', { bucket: 'raw', prefix: '', region: null, endpoint: null }],
    [
      's3://raw.example/deep/er/?region=eu-central-1&endpoint=http://127.0.0.1:9000',
      { bucket: 'raw.example', prefix: 'deep/er/', region: 'eu-central-1', endpoint: 'http://127.0.0.1:9000' },
    ],
  ])('%s', (url, expected) => expect(archiveAddress(url)).toEqual(expected));

  it.each([
    'not an address',
    'https://bucket/prefix',
    'file://host/folder',
    's3://',
    's3://UPPER/x',
    's3://key:secret@raw/x',
    's3://raw/x?regoin=eu-central-1',
    's3://raw/x?endpoint=localhost:9000',
  ])('%s is refused with a sentence that names the variable', (url) => {
    expect(() => archiveAddress(url)).toThrow(CannotStart);
    expect(() => archiveAddress(url)).toThrow(/^ARCHIVE_URL .*\. Set it to/);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'athlete-ally-archive-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const open = (name: string) => openArchive({ url: pathToFileURL(join(folder, name)).href, encryption: AES256 });

  describeArchive('a folder', () => open('suite'));

  it('passes over what somebody else put there, and leaves no trace of a write or of a deleted day', async () => {
    const archive = open('tidy');
    await archive.put(KEY, Buffer.from('x'));
    const day = join(folder, 'tidy/provider=google-health/date=2026-11-20');
    await writeFile(join(day, 'README'), 'not ours');
    const keys: string[] = [];
    for await (const key of archive.list('provider=google-health/')) keys.push(key);
    expect(keys).toEqual([KEY]);
    expect(await readdir(join(folder, 'tidy/.incoming'))).toEqual([]);
    await rm(join(day, 'README'));
    await archive.delete(KEY);
    expect(await readdir(join(folder, 'tidy'))).toEqual(['.incoming']);
  });

  it('drops at its first write what a process that died was writing, and not what another writes now', async () => {
    const incoming = join(folder, 'crashed/.incoming');
    await mkdir(incoming, { recursive: true });
    await writeFile(join(incoming, 'old'), 'half');
    await utimes(join(incoming, 'old'), new Date('2026-01-01'), new Date('2026-01-01'));
    await writeFile(join(incoming, 'new'), 'half');
    await open('crashed').put(KEY, Buffer.from('x'));
    expect(await readdir(incoming)).toEqual(['new']);
  });

  it('that cannot be used says so with a code and without a path: paths name athletes', async () => {
    const archive = open('away');
    await mkdir(join(folder, 'away/provider=google-health'), { recursive: true });
    await symlink('/dev/null', join(folder, 'away/provider=google-health/date=2026-11-20'));
    const refusal = archive.put(KEY, Buffer.from('x'));
    await expect(refusal).rejects.toMatchObject({ name: 'ArchiveUnavailable', code: 'ENOTDIR' });
    await expect(refusal).rejects.toThrow(/^the archive did not store \(ENOTDIR\)$/);
  });
});

const noS3 = whyNoS3();
if (noS3 === null) {
  describe('S3', () => {
    let s3: S3Server;
    beforeAll(async () => {
      s3 = await startS3();
    });
    afterAll(() => s3?.stop());
    describeArchive('S3', () =>
      openArchive({
        url: `s3://${s3.bucket}/raw/${randomUUID()}?region=us-east-1&endpoint=${s3.endpoint}`,
        encryption: AES256,
      }),
    );
  });
} else {
  test.skip(`the archive on S3: ${noS3}`, () => undefined);
}

describe('a store that takes every write', () => {
  let server: Server;
  let endpoint: string;
  const puts: { path: string | undefined; headers: IncomingHttpHeaders }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.method === 'PUT') puts.push({ path: request.url, headers: request.headers });
      request.resume().once('end', () => response.writeHead(200).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => puts.splice(0));

  const putUnder = async (encryption: Parameters<typeof openArchive>[0]['encryption']) => {
    const archive = openArchive({ url: `s3://raw/under?endpoint=${endpoint}`, encryption });
    await archive.put(KEY, Buffer.from('x'));
    archive.close();
    return puts[0];
  };

  it('is refused by the probe', async () => {
    const archive = openArchive({ url: `s3://raw?endpoint=${endpoint}`, encryption: AES256 });
    await expect(probeArchive(archive)).rejects.toThrow(CannotStart);
    archive.close();
  });

  it('is asked to write once and to encrypt, and gets nothing but the body', async () => {
    const put = await putUnder(AES256);
    expect(put?.path).toBe(`/raw/under/${KEY.replaceAll('=', '%3D')}?x-id=PutObject`);
    expect(put?.headers).toMatchObject({ 'if-none-match': '*', 'x-amz-server-side-encryption': 'AES256' });
    expect(Object.keys(put?.headers ?? {}).filter((name) => name.startsWith('x-amz-meta'))).toEqual([]);
  });

  it('is told the key of the key service where one is configured', async () => {
    const put = await putUnder({ kind: 'aws:kms', kmsKeyId: 'alias/raw' });
    expect(put?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/raw',
    });
  });

  it('that is gone does not take part', async () => {
    const archive = openArchive({ url: 's3://raw?endpoint=http://127.0.0.1:9', encryption: AES256 });
    await expect(archive.put(KEY, Buffer.from('x'))).rejects.toThrow(ArchiveUnavailable);
    archive.close();
  });
});
