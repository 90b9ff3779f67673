import { pick } from './chaos.ts';

/** Bodies as a broken or hostile sender would write them, all drawn from one random source. */

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Values that a reader may meet where it expects another. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  false,
  '',
  'NaN',
  '60',
  ' ',
  '\u0000',
  '4'.repeat(5000),
  '1'.repeat(100_000),
  [],
  {},
  [[]],
  { average: -1 },
  0,
  -1,
  1e-9,
  0.5,
  3,
  1e6,
  1e15,
  1e308,
  -1e308,
  NaN,
  Infinity,
  -Infinity,
  2 ** 53,
  '9007199254740993',
  '2026-02-30',
  '1970-01-01',
  '9999-12-31',
  '2026-13-01',
  '0000-00-00',
  '2026-11-16',
  '2026-11-16T05:00:00',
  '2026-11-16T25:00:00Z',
  '9999-12-31T23:59:59Z',
  '1969-12-31T23:59:59Z',
  '2026-11-16T05:00:00+99:99',
  '2026-11-16T05:00:00.123456789+05:45',
  '2026-11-16T05:00:00-12:00',
  '2020-01-01T00:00:00Z',
  nested(20),
  nested(500),
  JSON.parse('{"__proto__":{"id":"x"},"constructor":1}'),
  '\uD800',
  '\u202E\u0000\uFEFF',
  '💤'.repeat(200),
  'é'.repeat(128),
  '-0',
  '1e400',
  'Infinity',
  '2026-03-29T02:30:00+01:00',
  '2026-11-16T06:00:00Z',
  1_794_778_260,
  -2_147_483_649,
  Array.from({ length: 2_000 }, (_, n) => n),
  'long_sleep',
  'sleep',
  'late_nap',
  'rest',
  'deleted',
  'manual',
];

/** One to four damages somewhere in a copy of the tree. */
export function damaged(body: unknown, random: () => number): unknown {
  const copy = structuredClone(body);
  const count = 1 + Math.floor(random() * 4);
  for (let done = 0; done < count; done += 1) damageOnce(copy, random);
  return copy;
}

type Branch = Record<string, unknown>;

const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null;

/** A branch of the tree and one of its keys, deeper as a rule than shallow. Null where there is none. */
function placeIn(root: unknown, random: () => number): { parent: Branch; key: string } | null {
  let node = root;
  while (isBranch(node)) {
    const keys = Object.keys(node);
    if (keys.length === 0) return null;
    const key = pick(keys, random);
    const child = node[key];
    if (!isBranch(child) || random() >= 0.85) return { parent: node, key };
    node = child;
  }
  return null;
}

function damageOnce(root: unknown, random: () => number): void {
  const place = placeIn(root, random);
  if (place === null) return;
  const { parent, key } = place;
  const action = random();
  if (action < 0.5) set(parent, key, structuredClone(pick(HOSTILE, random)));
  else if (action < 0.58) Reflect.deleteProperty(parent, key);
  else if (action < 0.66 && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
  else if (action < 0.72 && Array.isArray(parent)) parent.length = Math.floor(random() * parent.length);
  else if (action < 0.78)
    set(parent, pick(['__proto__', 'constructor', 'toString', 'id', 'data'], random), parent[key]);
  else if (action < 0.88) swap(place, placeIn(root, random));
  else set(parent, pick(Object.keys(parent), random), parent[key]);
}

/** As `JSON.parse` does it: `__proto__` becomes a key like any other. Every array is without such keys. */
function set(parent: Branch, key: string, value: unknown): void {
  if (Array.isArray(parent) && !/^\d+$/.test(key)) return;
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Start and end, one night's id and another's, a date and a number. Branches stay where they are, or a tree could hold itself. */
function swap(one: { parent: Branch; key: string }, other: { parent: Branch; key: string } | null): void {
  if (other === null) return;
  const [first, second] = [one.parent[one.key], other.parent[other.key]];
  if (isBranch(first) || isBranch(second)) return;
  set(one.parent, one.key, second);
  set(other.parent, other.key, first);
}

/** Text that often leaves JSON valid and says something else, and text that never does. */
const SNIPPETS = ['0', '9', '-', '.', 'e9', '"', ',', ':', '{', '}', '[', ']', 'null', '\\u0000', '\\uD83D', ' '];

/** One to three damages of the bytes: changed, cut out, doubled, put in, or the end torn off. */
export function damagedBytes(bytes: Buffer, random: () => number): Buffer {
  let damage = bytes;
  const count = 1 + Math.floor(random() * 3);
  for (let done = 0; done < count; done += 1) damage = damageBytesOnce(damage, random);
  return damage;
}

function damageBytesOnce(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 12));
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  const action = random();
  if (action < 0.45) return Buffer.concat([before, digitsChanged(middle, random), after]);
  if (action < 0.6) return Buffer.concat([before, Buffer.from(pick(SNIPPETS, random)), middle, after]);
  if (action < 0.7) return Buffer.concat([before, after]);
  if (action < 0.8) return Buffer.concat([before, middle, middle, after]);
  if (action < 0.95) return Buffer.concat([before, Buffer.from([Math.floor(random() * 256)]), bytes.subarray(at + 1)]);
  return before;
}

/** Digits stay digits: the text stays JSON, and its dates, counts and values are others. */
function digitsChanged(bytes: Buffer, random: () => number): Buffer {
  const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
  return Buffer.from(bytes.map((byte) => (isDigit(byte) ? 0x30 + Math.floor(random() * 10) : byte)));
}
