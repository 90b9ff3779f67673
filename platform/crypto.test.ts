import { randomBytes } from 'node:crypto';
import { associatedData, createKeyRing, newDataKey, open, seal, sha256 } from './crypto.ts';

const key = newDataKey();
const plaintext = Buffer.from('a night');
const aad = ['athlete-1', 'OURA', 'connection-1', 'access'];

describe('sealing', () => {
  it('opens what it sealed, and never seals alike twice', () => {
    const sealed = seal({ key, plaintext, aad });
    expect(open({ key, sealed, aad })).toEqual(plaintext);
    expect(seal({ key, plaintext, aad })).not.toEqual(sealed);
  });

  it('does not open with any bit changed', () => {
    const sealed = seal({ key, plaintext, aad });
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => open({ key, sealed: changed, aad })).toThrow('did not open');
    }
    expect(() => open({ key, sealed: sealed.subarray(0, 20), aad })).toThrow('did not open');
  });

  it("does not open in another row's place", () => {
    const sealed = seal({ key, plaintext, aad });
    for (let at = 0; at < aad.length; at += 1) {
      const moved = aad.map((part, index) => (index === at ? `${part}x` : part));
      expect(() => open({ key, sealed, aad: moved })).toThrow('did not open');
    }
  });

  it('tells lists apart whose joined text is the same', () => {
    expect(associatedData(['ab', 'c'])).not.toEqual(associatedData(['a', 'bc']));
  });
});

describe('the key ring', () => {
  const roots = new Map([[1, randomBytes(32)]]);

  it('unwraps in the place it wrapped for, and nowhere else', () => {
    const ring = createKeyRing({ purpose: 'token', roots });
    const { wrapped, kekVersion } = ring.wrap({ dataKey: key, aad: ['athlete-1'] });
    expect(ring.unwrap({ wrapped, kekVersion, aad: ['athlete-1'] })).toEqual(key);
    expect(() => ring.unwrap({ wrapped, kekVersion, aad: ['athlete-2'] })).toThrow('did not open');
  });

  it('keeps purposes apart though they share a root', () => {
    const { wrapped, kekVersion } = createKeyRing({ purpose: 'token', roots }).wrap({ dataKey: key, aad: [] });
    expect(() => createKeyRing({ purpose: 'payload', roots }).unwrap({ wrapped, kekVersion, aad: [] })).toThrow(
      'did not open',
    );
  });

  it('still unwraps what an older version wrapped, and wraps with the newest', () => {
    const older = createKeyRing({ purpose: 'token', roots }).wrap({ dataKey: key, aad: [] });
    const ring = createKeyRing({ purpose: 'token', roots: new Map([...roots, [2, randomBytes(32)]]) });
    expect(ring.unwrap({ ...older, aad: [] })).toEqual(key);
    expect(ring.wrap({ dataKey: key, aad: [] }).kekVersion).toBe(2);
  });
});

// Each part behind its length in four bytes: another way would leave what is stored closed.
test('what sealed records are bound to is written the same way for ever', () => {
  expect(associatedData(['ab', '', '\u00e4']).toString('hex')).toBe('0000000261620000000000000002c3a4');
});

test('a hash is that of all its pieces in a row (FIPS 180-4, "abc")', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  for (const hash of [sha256('abc'), sha256(Buffer.from('abc')), sha256('a', Buffer.from('bc'))])
    expect(hash.toString('hex')).toBe(abc);
});
