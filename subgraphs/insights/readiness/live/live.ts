import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import { AppError } from '#platform/errors';
import type { AccessChange, ConsentChange, ReadinessAnnouncement } from '#platform/events';
import type { Logger } from '#platform/log';
import { listen, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';
import type { Metrics } from '#platform/telemetry';
import { isCoachOf } from '../../roster/members.ts';
import type { Viewing } from '../recompute/ensure-views.ts';
import type { ReadinessEvent } from '../graph-types.ts';
import { createEventIterator, type EventIterator } from './iterator.ts';
import { consentMark, marksOf } from './marks.ts';
import { createLiveReader } from './reader.ts';
import { recordingSoon } from './record-soon.ts';
import { createLiveStream, type LiveStream } from './stream.ts';
import type { WatchContext } from '../read.ts';

interface Watching {
  context: WatchContext;
  since: string | null;
}

/** All live streams of one process. */
export interface Live {
  /** The athlete's own stream. Throws NOT_FOUND for anybody else. */
  watchAthlete(options: Watching & { athleteId: string }): Promise<AsyncIterableIterator<ReadinessEvent>>;
  /** A team's stream, for its coaches and for "any coach of the team". Throws NOT_FOUND for anybody else. */
  watchTeam(options: Watching & { teamId: string }): Promise<AsyncIterableIterator<ReadinessEvent>>;
  readonly size: number;
  close(): Promise<void>;
}

const EXPIRY_CHECK_MS = 1_000;

/**
 * One subscription to each announcement per process, filtered in memory. An announcement only marks streams; each
 * stream reads consent and views when its next event is taken, so that nothing waits in a queue but names.
 */
export function createLive(options: {
  db: Database;
  clock: Clock;
  bus: Bus;
  viewing: Viewing;
  metrics: Metrics;
  log: Logger;
}): Live {
  const { db, clock, bus, metrics, log } = options;
  const reader = createLiveReader({ ...options, db: db.prepared });
  const streams = new Map<LiveStream, EventIterator<ReadinessEvent>>();

  function start(
    parts: Watching & { teamId: string | null; athleteId: string | null },
  ): AsyncIterableIterator<ReadinessEvent> {
    const { context } = parts;
    const kind = parts.teamId === null ? 'athlete' : 'team';
    const recordSoon = recordingSoon(context.reads, log);
    const stream = createLiveStream({ ...parts, clock, reader, onRefused: () => iterator.end() });
    const iterator = createEventIterator<ReadinessEvent>({
      async take() {
        const event = await stream.take();
        metrics.events.inc({ outcome: event === null ? 'unchanged' : 'sent' });
        if (event !== null) recordSoon();
        return event;
      },
      release() {
        streams.delete(stream);
        metrics.subscriptions.dec({ kind });
      },
      log,
    });
    streams.set(stream, iterator);
    metrics.subscriptions.inc({ kind });
    return iterator;
  }

  function each(isConcerned: (stream: LiveStream) => boolean, mark: (stream: LiveStream) => void): void {
    for (const [stream, iterator] of streams) {
      if (!isConcerned(stream)) continue;
      mark(stream);
      iterator.wake();
    }
  }

  const listening = [
    listen<ReadinessAnnouncement>(bus, {
      subject: subjects.readiness('*'),
      log,
      handle(announcement) {
        each(
          (stream) => stream.watches(announcement.athleteId),
          (stream) => {
            for (const mark of marksOf(announcement)) stream.mark(mark);
          },
        );
      },
    }),
    listen<ConsentChange>(bus, {
      subject: subjects.consentChanged,
      log,
      handle: ({ athleteId, teamId }) =>
        each(
          (stream) => stream.teamId === teamId,
          (stream) => stream.mark(consentMark(athleteId)),
        ),
    }),
    listen<AccessChange>(bus, {
      subject: subjects.accessChanged,
      log,
      handle({ teamId }) {
        if (!teamId) return;
        each(
          (stream) => stream.teamId === teamId,
          (stream) => stream.recheck(),
        );
      },
    }),
  ];

  // What was announced while the bus was away is not repeated.
  void (async () => {
    for await (const { type } of bus.connection.status()) {
      if (type === 'reconnect') {
        each(
          () => true,
          (stream) => stream.resync(),
        );
      }
    }
  })();

  const timer = setInterval(() => {
    const now = clock.now().getTime();
    for (const [stream, iterator] of streams) {
      const expired = stream.expired(now);
      for (const athleteId of expired) stream.mark(consentMark(athleteId));
      if (expired.length > 0) iterator.wake();
    }
  }, EXPIRY_CHECK_MS);

  return {
    get size() {
      return streams.size;
    },
    async watchAthlete({ context, athleteId, since }) {
      const { viewer } = context;
      const isOwn = viewer.kind === 'account' && viewer.role !== 'ADMIN' && viewer.athleteId === athleteId;
      if (!isOwn)
        throw new AppError('NOT_FOUND', 'There is no such athlete, or this is not your own stream. Watch your own.');
      return start({ context, since, teamId: null, athleteId });
    },
    async watchTeam({ context, teamId, since }) {
      if (!(await isCoachOf(db, { teamId, viewer: context.viewer })))
        throw new AppError('NOT_FOUND', 'There is no such team, or you are not its coach. Look the team up again.');
      return start({ context, since, teamId, athleteId: null });
    },
    async close() {
      clearInterval(timer);
      for (const subscription of listening) subscription.close();
      for (const iterator of [...streams.values()]) iterator.end();
    },
  };
}
