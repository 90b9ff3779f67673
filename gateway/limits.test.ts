import { LIMITS, createLimits } from './limits.ts';

const limits = createLimits({ mayIntrospect: false });
const refusal = (text: string): string | null => {
  try {
    limits.check(text);
    return null;
  } catch (error) {
    return `${(error as { code: string }).code} ${/"(\w+)"/.exec((error as Error).message)?.[1]}`;
  }
};
const nested = (depth: number): string => '{ a '.repeat(depth) + '}'.repeat(depth);

describe('a document may go exactly up to each limit, and one further is refused by its name', () => {
  const cases: [string, (n: number) => string, number][] = [
    ['depth', nested, LIMITS.depth],
    ['aliases', (n) => `{ r { ${Array.from({ length: n }, (_, i) => `a${i}: f`).join(' ')} } }`, LIMITS.aliases],
    ['rootFields', (n) => `{ ${'f '.repeat(n)} }`, LIMITS.rootFields],
    ['directives', (n) => `{ f ${'@x '.repeat(n)} }`, LIMITS.directives],
    ['tokens', (n) => `{ r { ${'f '.repeat(n - 5)} } }`, LIMITS.tokens],
  ];
  test.each(cases)('%s', (name, text, limit) => {
    expect(refusal(text(limit))).toBeNull();
    expect(refusal(text(limit + 1))).toBe(`OPERATION_TOO_COMPLEX ${name}`);
  });
});

test('what is in fragments counts wherever they are spread', () => {
  const spread = (n: number): string => `{ ${'...F '.repeat(n)} } fragment F on Query { f }`;
  expect(refusal(spread(LIMITS.rootFields))).toBeNull();
  expect(refusal(spread(LIMITS.rootFields + 1))).toBe('OPERATION_TOO_COMPLEX rootFields');
  expect(refusal(`{ ...F } fragment F on Query ${nested(LIMITS.depth)}`)).toBeNull();
  expect(refusal(`{ ... on Query { ...F } } fragment F on Query ${nested(LIMITS.depth + 1)}`)).toBe(
    'OPERATION_TOO_COMPLEX depth',
  );
  expect(refusal('{ r { ...A ...A } } fragment A on T { a: f @x ...B ...B } fragment B on T { b: f }')).toBeNull();
});

test('fragments that double each other are refused without being spelled out', () => {
  const rungs = Array.from({ length: 40 }, (_, i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`).join(' ');
  const started = performance.now();
  expect(refusal(`{ r { ...F0 } } ${rungs} fragment F40 on T { f }`)).toBe('OPERATION_TOO_COMPLEX fields');
  expect(performance.now() - started).toBeLessThan(200);
});

test('a fragment inside itself is refused, however it comes back', () => {
  expect(refusal('{ ...A } fragment A on Query { f { ...A } }')).toBe('OPERATION_TOO_COMPLEX depth');
  expect(refusal('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }')).toBe(
    'OPERATION_TOO_COMPLEX depth',
  );
});

test('every operation of a document is counted, not only the first', () => {
  expect(refusal(`query A { f } query B ${nested(LIMITS.depth + 1)}`)).toBe('OPERATION_TOO_COMPLEX depth');
});

test('names that reach into prototypes are refused as aliases, fields and variables', () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    expect(refusal(`{ ${name}: f }`)).toBe(`OPERATION_TOO_COMPLEX ${name}`);
    expect(refusal(`{ f { ${name} } }`)).toBe(`OPERATION_TOO_COMPLEX ${name}`);
    expect(refusal(`query($${name}: ID) { f(id: $${name}) }`)).toBe(`OPERATION_TOO_COMPLEX ${name}`);
  }
});

test('introspection may be deep only where it is answered, and nothing else hides behind it', () => {
  const open = createLimits({ mayIntrospect: true });
  const deep = `{ __schema ${nested(15)} }`;
  expect(() => open.check(deep)).not.toThrow();
  expect(refusal(deep)).toBe('OPERATION_TOO_COMPLEX depth');
  expect(() => open.check(`{ __schema { f } r ${nested(15)} }`)).toThrow('depth');
});

test('text that does not parse is left to validation, and a refused text is refused each time', () => {
  expect(refusal('{')).toBeNull();
  expect(refusal(nested(13))).toBe('OPERATION_TOO_COMPLEX depth');
  expect(refusal(nested(13))).toBe('OPERATION_TOO_COMPLEX depth');
});
