import { parseJson } from './json.ts';

const parsed = (text: string): unknown => parseJson(Buffer.from(text));

/** In front of the number, so that it stands at each place of the bytes in turn. */
const PLACES = Array.from({ length: 34 }, (_, at) => ' '.repeat(at));

test.each(['9007199254740993', '-9007199254740993', '90071992547409931', '123456789012345678901234567890'])(
  'every digit of %s arrives, wherever it stands',
  (digits) => {
    for (const space of PLACES) {
      expect(parsed(`{"id":${space}${digits}}`)).toEqual({ id: digits });
      expect(parsed(`[1,${space}${digits}]`)).toEqual([1, digits]);
    }
  },
);

test.each(['999999999999999', '9007199254740991', '-12.5', '0.1234567890123456789', '1e3'])(
  '%s is a number, wherever it stands',
  (digits) => {
    for (const space of PLACES) expect(parsed(`{"id":${space}${digits}}`)).toEqual({ id: Number(digits) });
  },
);

test('digits in a string stay a string', () => {
  expect(parsed('{"id":"90071992547409931234"}')).toEqual({ id: '90071992547409931234' });
});
