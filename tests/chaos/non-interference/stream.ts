import { parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createLogger } from '#platform/log';
import { createViewing } from '../../../subgraphs/insights/readiness/recompute/ensure-views.ts';
import type { ReadinessEvent } from '../../../subgraphs/insights/readiness/graph-types.ts';
import { createEventIterator, type EventIterator } from '../../../subgraphs/insights/readiness/live/iterator.ts';
import { consentMark, marksOf } from '../../../subgraphs/insights/readiness/live/marks.ts';
import { createLiveReader } from '../../../subgraphs/insights/readiness/live/reader.ts';
import { createLiveStream, type LiveStream } from '../../../subgraphs/insights/readiness/live/stream.ts';
import type { Live } from '../../../subgraphs/insights/readiness/live/live.ts';
import type { ReadinessAnnouncement } from '#platform/events';
import type { Side } from './side.ts';

const log = createLogger({ name: 'test', level: 'silent' });

/** One coach's socket on the team. */
export interface Watching {
  /** The event that these announcements cause, as it goes over the wire; null where nothing is told. */
  hear(announcements: readonly ReadinessAnnouncement[]): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * A subscription of the coach, through the schema. The marks of a whole tick are laid before the stream looks at them:
 * how a bus would cut them into messages is chance, and so no part of the proof.
 */
export async function watch(
  side: Side,
  { schema, document, since }: { schema: GraphQLSchema; document: string; since?: string },
): Promise<Watching> {
  const { db, clock } = side;
  const viewing = createViewing({ db: db.insights, clock, announce: () => undefined });
  const reader = createLiveReader({ db: db.insights, clock, viewing });
  let stream: LiveStream | undefined;
  let iterator: EventIterator<ReadinessEvent> | undefined;
  let looked = Promise.withResolvers<boolean>();
  const live: Live = {
    size: 0,
    close: () => Promise.resolve(),
    watchAthlete: () => Promise.reject(new Error('a coach watches teams alone')),
    watchTeam({ context, teamId }) {
      const own = createLiveStream({
        ...{ context, clock, reader, teamId, athleteId: null, since: since ?? null },
        onRefused: () => iterator?.end(),
      });
      stream = own;
      iterator = createEventIterator<ReadinessEvent>({
        async take() {
          const event = await own.take();
          looked.resolve(event !== null);
          return event;
        },
        release: () => undefined,
        log,
      });
      return Promise.resolve(iterator);
    },
  };
  const contextValue = side.contextOf(side.coach, live);
  const events = await subscribe({ schema, document: parse(document), contextValue });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events.errors));
  let waiting: Promise<IteratorResult<ExecutionResult>> | null = null;
  return {
    async hear(announcements) {
      for (const one of announcements) for (const mark of marksOf(one)) stream?.mark(mark);
      for (const athleteId of stream?.expired(clock.now().getTime()) ?? []) stream?.mark(consentMark(athleteId));
      looked = Promise.withResolvers<boolean>();
      iterator?.wake();
      waiting ??= events.next();
      if (!(await looked.promise)) return null;
      const { value } = await waiting;
      waiting = null;
      await contextValue.reads.flush();
      return JSON.stringify(value);
    },
    close: async () => void (await events.return?.(undefined)),
  };
}
