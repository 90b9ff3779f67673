import { recordingSoon } from './record-soon.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('what the events of a second read is recorded once, at its end, and what comes later again', async () => {
  const flush = jest.fn(() => Promise.resolve());
  const recordSoon = recordingSoon({ flush }, { error: jest.fn() });
  for (let event = 0; event < 5; event += 1) {
    recordSoon();
    await jest.advanceTimersByTimeAsync(150);
  }
  expect(flush).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(250);
  expect(flush).toHaveBeenCalledTimes(1);
  recordSoon();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(flush).toHaveBeenCalledTimes(2);
});

test('a record that fails is told of, and the next one is tried', async () => {
  const error = jest.fn();
  const flush = jest.fn(() => Promise.reject(new Error('away')));
  const recordSoon = recordingSoon({ flush }, { error });
  for (const times of [1, 2]) {
    recordSoon();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([flush.mock.calls.length, error.mock.calls.length]).toEqual([times, times]);
  }
});
