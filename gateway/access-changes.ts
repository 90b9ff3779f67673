import type { AccessChange } from '#platform/events';
import type { Logger } from '#platform/log';
import { listen, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';
import type { Subscriptions } from './subscriptions.ts';

/** Carries the announcements of connections to the sockets. After a gap on the bus everything is asked for again. */
export function followAccessChanges(options: { bus: Bus; subscriptions: Subscriptions; log: Logger }): {
  close(): void;
} {
  const { bus, subscriptions, log } = options;
  const listening = listen<AccessChange>(bus, {
    subject: subjects.accessChanged,
    log,
    handle: (change) => subscriptions.accessChanged(change),
  });
  void (async () => {
    for await (const status of bus.connection.status()) {
      if (status.type === 'reconnect') await subscriptions.recheckAll();
    }
  })();
  return listening;
}
