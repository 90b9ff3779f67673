import { AppError } from '#platform/errors';
import { type Item, parseBody, recordIdOf } from './normaliser.ts';

const parse = (text: string): Item => parseBody(Buffer.from(text)) as Item;

describe('the body of a delivery', () => {
  it.each([
    ['{"id":12345678987654321,"steps":5}', { id: '12345678987654321', steps: 5 }],
    ['{"ids":[ -9007199254740993,9007199254740991]}', { ids: ['-9007199254740993', 9_007_199_254_740_991] }],
    [
      '[1234567890123456789,{"label":"not, 1234567890123456789 one"}]',
      ['1234567890123456789', { label: 'not, 1234567890123456789 one' }],
    ],
    ['{"a":0.1234567890123456,"b":1.5e3,"c":1e400}', { a: 0.1234567890123456, b: 1500, c: Infinity }],
    ['{"big":1234567890123456789,"a":1,"a":2}', { big: '1234567890123456789', a: 2 }],
  ])('%s keeps every digit of its integers and plain numbers elsewhere', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each(['{"__proto__":{"polluted":1},"id":"x"}', '{"__proto__":{"polluted":1},"id":1234567890123456789}'])(
    'a __proto__ key in %s reaches no prototype',
    (text) => {
      const body = parse(text);
      expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
      expect(body['polluted']).toBeUndefined();
      expect(({} as Item)['polluted']).toBeUndefined();
    },
  );

  it.each([
    '',
    '{"average_hrv": 54',
    'NaN',
    `{"a":1234567890123456789${'['.repeat(200_000)}`,
    `{"hr":${'['.repeat(200_000)}`,
  ])('what is not JSON is refused without quoting it (%#)', (text) => {
    const error = (() => {
      try {
        return parse(text);
      } catch (thrown) {
        return thrown as AppError;
      }
    })();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((error as AppError).cause).toBeUndefined();
    expect((error as AppError).message).not.toMatch(/54|hrv/);
  });
});

describe('a record id', () => {
  it.each([
    ['a0f2', 'a0f2'],
    [42, '42'],
    ['12345678987654321', '12345678987654321'],
    [2 ** 53, null],
    ['', null],
    ['a b', null],
    ['a\n', null],
    ['x'.repeat(129), null],
    [null, null],
    [{ toString: () => 'x' }, null],
  ])('of %j is %j', (value, expected) => {
    expect(recordIdOf(value)).toBe(expected);
  });
});
