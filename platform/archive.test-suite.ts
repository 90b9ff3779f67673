import { archiveKey, archivePlace, archivePrefix, type Archive, type ArchivePlace } from '#platform/archive';
import { newId } from '#platform/ids';
import { probeArchive } from '#platform/open-archive';

const place = (change: Partial<ArchivePlace> = {}): ArchivePlace => ({
  provider: 'OURA',
  receivedOn: '2026-11-20',
  athleteId: newId(),
  deliveryId: newId(),
  ...change,
});

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all;
}

/** What every driver promises. `open` leads to a store of its own that is empty at first. */
export function describeArchive(name: string, open: () => Archive): void {
  describe(`the archive on ${name}`, () => {
    let archive: Archive;
    beforeAll(() => {
      archive = open();
    });
    afterAll(() => archive?.close());

    it('gives back every byte it was given', async () => {
      const key = archiveKey(place());
      const body = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 256));
      expect(await archive.put(key, body)).toBe('stored');
      expect(await archive.get(key)).toEqual(body);
    });

    it('is written once: a second body under a key is refused and changes nothing', async () => {
      const key = archiveKey(place());
      await archive.put(key, Buffer.from('first'));
      expect(await archive.put(key, Buffer.from('second'))).toBe('there_already');
      expect(String(await archive.get(key))).toBe('first');
    });

    it('stores one of many that are put at the same time under one key', async () => {
      const key = archiveKey(place());
      const bodies = Array.from({ length: 8 }, (_, at) => Buffer.from(`body ${at}`));
      // A store may also refuse a write because another is under way; the archiver then comes again.
      const ends = await Promise.allSettled(bodies.map((body) => archive.put(key, body)));
      const winners = ends.flatMap((end, at) => (end.status === 'fulfilled' && end.value === 'stored' ? [at] : []));
      expect(winners).toHaveLength(1);
      expect(await archive.get(key)).toEqual(bodies[winners[0] as number]);
    });

    it('answers null for what is not there, and deletes it without complaint', async () => {
      const key = archiveKey(place());
      expect(await archive.get(key)).toBeNull();
      await archive.delete(key);
    });

    it('forgets what was deleted: the key is free again', async () => {
      const key = archiveKey(place());
      await archive.put(key, Buffer.from('first'));
      await archive.delete(key);
      expect(await archive.get(key)).toBeNull();
      expect(await archive.put(key, Buffer.from('second'))).toBe('stored');
    });

    it('lists a provider, a day and an athlete, ascending, and nobody else', async () => {
      const athleteId = newId();
      const inOrder = [
        place({ provider: 'POLAR', receivedOn: '2026-11-18' }),
        place({ provider: 'POLAR', receivedOn: '2026-11-19', athleteId }),
        place({ provider: 'POLAR', receivedOn: '2026-11-19', athleteId }),
      ].map(archiveKey);
      const other = archiveKey(place({ provider: 'WHOOP', receivedOn: '2026-11-19', athleteId }));
      for (const key of [inOrder[2], other, inOrder[0], inOrder[1]] as string[])
        await archive.put(key, Buffer.from(key));
      const all = inOrder.toSorted();
      expect(await collect(archive.list(archivePrefix({ provider: 'POLAR' })))).toEqual(all);
      const day = archivePrefix({ provider: 'POLAR', receivedOn: '2026-11-19' });
      expect(await collect(archive.list(day))).toEqual(all.slice(1));
      expect(await collect(archive.list(`${day}user=${athleteId}/`))).toEqual(all.slice(1));
      expect(await collect(archive.list(`${day}user=${newId()}/`))).toEqual([]);
    });

    it('lists more than a page', async () => {
      const many = Array.from({ length: 1_050 }, () => archiveKey(place({ provider: 'GARMIN' }))).toSorted();
      const rest = [...many];
      const putAll = async (): Promise<void> => {
        for (let key = rest.pop(); key !== undefined; key = rest.pop()) await archive.put(key, Buffer.from('x'));
      };
      await Promise.all(Array.from({ length: 8 }, putAll));
      expect(await collect(archive.list(archivePrefix({ provider: 'GARMIN' })))).toEqual(many);
    });

    it('passes the probe, which leaves nothing behind', async () => {
      const before = await collect(archive.list(archivePrefix({ provider: 'OURA' })));
      await probeArchive(archive);
      expect(await collect(archive.list(archivePrefix({ provider: 'OURA' })))).toEqual(before);
    });

    const good = archiveKey(place());
    it.each([
      ['nothing', ''],
      ['a way up', '../../etc/passwd'],
      ['a way up behind a true beginning', good.replace(/event=.*/, 'event=../../../../../x.json')],
      ['a root', '/etc/passwd'],
      ['a zero byte', `${good}\0.json`],
      ['a line break at the end', `${good}\n`],
      ['another ending', good.replace('.json', '.exe')],
      ['an unknown provider', good.replace('oura', 'nobody')],
      ['a backslash', good.replaceAll('/', '\\')],
      ['no date', good.replace('2026-11-20', '2026-13-45')],
      ['an athlete that is no id', good.replace(/user=[^/]+/, 'user=------------------------------------')],
      ['a probe that is no id', 'probe/../x'],
    ])('refuses a key that is %s, in every operation', async (_name, key) => {
      await expect(archive.put(key, Buffer.from('x'))).rejects.toThrow('no key of the archive');
      await expect(archive.get(key)).rejects.toThrow('no key of the archive');
      await expect(archive.delete(key)).rejects.toThrow('no key of the archive');
      expect(archivePlace(key)).toBeNull();
    });

    it.each(['', '/', '../', 'provider=oura', 'provider=oura/../', 'provider=oura/date=2026-11-20/user=../'])(
      'refuses to list %j',
      async (prefix) => {
        await expect(collect(archive.list(prefix))).rejects.toThrow('no key of the archive');
      },
    );
  });
}
