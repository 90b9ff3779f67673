import { cutElements, findLists } from './cut-lists.ts';

function cut(json: string): Record<string, string[]> {
  const bytes = Buffer.from(json);
  return Object.fromEntries(
    [...findLists(bytes)].map(([name, places]) => [
      name,
      Array.from({ length: places.length / 2 }, (_, index) => cutElements(bytes, places, [index]).join('')),
    ]),
  );
}

test.each([
  [
    'every digit stays',
    '{"a":[{"id":123456789012345678901},1.10,-0]}',
    { a: ['{"id":123456789012345678901}', '1.10', '-0'] },
  ],
  ['spaces around elements go, those inside stay', '{ "a" : [ { "b" : 1 } ,\n2 ] }', { a: ['{ "b" : 1 }', '2'] }],
  [
    'brackets, commas and quotes in text are text',
    '{"a":["]},{\\"[",{"b":"\\\\"}]}',
    { a: ['"]},{\\"["', '{"b":"\\\\"}'] },
  ],
  ['lists within elements are whole', '{"a":[[1,[2]],{"c":[3]}]}', { a: ['[1,[2]]', '{"c":[3]}'] }],
  ['only lists of the object itself count', '{"x":{"a":[1]},"y":2,"z":"[1]","a":[3]}', { a: ['3'] }],
  ['a name twice: the last one', '{"a":[1,2],"a":[3]}', { a: ['3'] }],
  ['a name twice, the last no list', '{"a":[1,2],"a":3}', {}],
  ['a name may be written in escapes', '{"\\u0061":[1]}', { a: ['1'] }],
  ['an empty list', '{"a":[ ],"b":[]}', { a: [], b: [] }],
  ['an empty object', ' { } ', {}],
  ['words and letters of any kind', '{"ä":[null,true,"ö\u2028"]}', { ä: ['null', 'true', '"ö\u2028"'] }],
])('%s', (_name, json, expected) => {
  expect(() => JSON.parse(json)).not.toThrow();
  expect(cut(json)).toEqual(expected);
});

test('neighbours stay as they stood, others get a comma between', () => {
  const json = Buffer.from('{"a":[0 , 1,\n2, 3 ,4]}');
  const cutOut = (indexes: number[]) => cutElements(json, findLists(json).get('a') ?? [], indexes).join('');
  expect(cutOut([0, 1, 2])).toBe('0 , 1,\n2');
  expect(cutOut([0, 2, 3])).toBe('0,2, 3');
  expect(cutOut([])).toBe('');
});
