import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { until } from '../../../tests/support/wait.ts';
import { createRelay, type Reference } from './relay.ts';

const log = createLogger({ name: 'test', level: 'silent' });

const reference = (id: string): Reference => ({
  id,
  receivedOn: '2026-11-21',
  provider: 'OURA',
  domain: 'sleep',
  hash: '',
  receivedAt: '2026-11-21T06:00:00.000Z',
});

// Around the moment at which the relay finds nothing waiting and rests: each of these microtasks is before, in or after it.
test.each(Array.from({ length: 20 }, (_, steps) => steps))(
  'a reference taken %i microtasks after the last was published is published too',
  async (steps) => {
    let sent = 0;
    const relay = createRelay({
      publisher: {
        publish: async () => {
          sent += 1;
          if (sent === 1) void takeAfter(steps);
        },
      },
      isConnected: () => true,
      clock: systemClock,
      log,
    });
    const takeAfter = async (microtasks: number): Promise<void> => {
      for (let step = 0; step < microtasks; step += 1) await Promise.resolve();
      relay.take([reference('second')]);
    };
    relay.take([reference('first')]);
    await until('both to be published', () => sent === 2, 1_000);
    await relay.close();
  },
);
