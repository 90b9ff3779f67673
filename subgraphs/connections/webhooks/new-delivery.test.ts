import { sha256Hex } from '#platform/crypto';
import { fetchedKey, receivedKey } from './new-delivery.ts';

const body = Buffer.from('{"event_time":"2026-11-16T05:12:09+00:00"}');
const hex = (key: Buffer): string => key.toString('hex');

describe('the key of a delivery as it came in', () => {
  const key = (change: Partial<Parameters<typeof receivedKey>[0]>) =>
    hex(receivedKey({ provider: 'OURA', connectionId: 'c-1', signedAt: null, bodyHash: sha256Hex(body), ...change }));

  test.each([
    ['provider', { provider: 'WHOOP' as const }],
    ['connection', { connectionId: 'c-2' }],
    ['signed time, where that tells events apart', { signedAt: '1794805930' }],
    ['every byte', { bodyHash: sha256Hex(Buffer.concat([body, Buffer.from(' ')])) }],
  ])('depends on %s', (_name, change) => expect(key(change)).not.toBe(key({})));

  test('keeps its parts apart', () =>
    expect(key({ connectionId: 'c', signedAt: '17' })).not.toBe(key({ connectionId: 'c1', signedAt: '7' })));
});

describe('the key of a fetched document', () => {
  const key = (change: Partial<Parameters<typeof fetchedKey>[0]>) =>
    hex(fetchedKey({ provider: 'OURA', dataType: 'sleep', record: 'o-1', occasion: 'n-1', body, ...change }));

  test('is the same for the same document on the same occasion', () => expect(key({})).toBe(key({})));

  test('differs when the document changes back later: the newest state must be stored again', () =>
    expect(key({ occasion: 'n-3' })).not.toBe(key({})));

  test.each([
    ['data type', { dataType: 'workout' }],
    ['record', { record: 'o-2' }],
    ['body', { body: Buffer.from('{}') }],
  ])('differs by %s', (_name, change) => expect(key(change)).not.toBe(key({})));
});
