import { createFloodGate } from './flood.ts';

const gate = () => createFloodGate({ ceiling: { points: 2, perS: 10 } });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('above its ceiling a provider is told when the stretch ends, and counts anew from there', () => {
  const { passes } = gate();
  expect([passes('oura'), passes('oura')]).toEqual([null, null]);
  jest.advanceTimersByTime(3_500);
  expect(passes('oura')).toBe(7);
  jest.advanceTimersByTime(6_499);
  expect(passes('oura')).toBe(1);
  jest.advanceTimersByTime(1);
  expect([passes('oura'), passes('oura'), passes('oura')]).toEqual([null, null, 10]);
});

test('each provider has its own', () => {
  const { passes } = gate();
  expect([passes('oura'), passes('oura'), passes('oura')]).toEqual([null, null, 10]);
  expect(passes('whoop')).toBeNull();
});
