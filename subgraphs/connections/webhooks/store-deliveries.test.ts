import { fetchedKey, signedKey } from './store-deliveries.ts';

const rawBody = Buffer.from('{"event_time":"2026-11-16T05:12:09+00:00"}');
const hex = (key: Buffer): string => key.toString('hex');

describe('the key of a signed delivery', () => {
  const key = (change: Partial<Parameters<typeof signedKey>[0]>) =>
    hex(signedKey({ provider: 'OURA', hasEventTime: true, signedAt: '1794805929', rawBody, ...change }));

  test('with an event time does not depend on when it was signed', () => {
    expect(key({ signedAt: '1794805930' })).toBe(key({}));
    expect(key({ hasEventTime: false, signedAt: '1794805930' })).not.toBe(key({ hasEventTime: false }));
  });

  test('depends on provider and on every byte', () => {
    expect(key({ provider: 'WHOOP' })).not.toBe(key({}));
    expect(key({ rawBody: Buffer.concat([rawBody, Buffer.from(' ')]) })).not.toBe(key({}));
  });

  test('keeps signed time and body apart', () =>
    expect(key({ hasEventTime: false, signedAt: '17', rawBody: Buffer.from('1{}') })).not.toBe(
      key({ hasEventTime: false, signedAt: '171', rawBody: Buffer.from('{}') }),
    ));
});

describe('the key of a fetched document', () => {
  const key = (change: Partial<Parameters<typeof fetchedKey>[0]>) =>
    hex(fetchedKey({ provider: 'OURA', dataType: 'sleep', record: 'o-1', occasion: 'n-1', body: rawBody, ...change }));

  test('is the same for the same document on the same occasion', () => expect(key({})).toBe(key({})));

  test('differs when the document changes back later: the newest state must be stored again', () =>
    expect(key({ occasion: 'n-3' })).not.toBe(key({})));

  test.each([
    ['data type', { dataType: 'workout' }],
    ['record', { record: 'o-2' }],
    ['body', { body: Buffer.from('{}') }],
  ])('differs by %s', (_name, change) => expect(key(change)).not.toBe(key({})));
});
