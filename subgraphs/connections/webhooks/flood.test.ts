import { createFloodGate } from './flood.ts';

const gate = () => createFloodGate({ ceiling: { points: 2, perS: 10 } });

test('each provider has its own ceiling', () => {
  const { passes } = gate();
  expect([passes('oura'), passes('oura'), passes('oura')]).toEqual([null, null, 10]);
  expect(passes('whoop')).toBeNull();
});

test('addresses of one network fail together, and no network for another', () => {
  const { failed } = gate();
  for (let n = 1; n <= 120; n += 1) expect(failed(`2001:db8::${n.toString(16)}`)).toBeNull();
  expect(failed('2001:db8::ffff')).toBe(60);
  expect(failed('2001:db8:0:1::1')).toBeNull();
});

test('a flood from very many networks is forgotten again: its oldest go', () => {
  const { failed } = gate();
  for (let n = 0; n <= 120; n += 1) failed('198.51.100.1');
  expect(failed('198.51.100.1')).toBe(60);
  for (let n = 0; n < 50_000; n += 1) failed(`2001:db8:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::1`);
  expect(failed('198.51.100.1')).toBeNull();
});
