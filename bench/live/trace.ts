import { Pool } from 'undici';
import { createUpstream } from '../../gateway/upstream.ts';
import type { ReadinessAnnouncement, TouchedDays } from '#platform/events';
import { createLogger } from '#platform/log';
import { listen, openBus, type Bus } from '#platform/bus';
import { subjects } from '#platform/streams';
import type { Rig } from '../rig.ts';
import { nowMs } from './now.ts';
import type { Push } from './pushes.ts';

/** Where a push is on its way, as one sees it from outside. Each is a moment of the monotonic clock, ms. */
export const STEPS = ['answered', 'referenced', 'normalised', 'announced', 'event', 'socket'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_NAMES: Readonly<Record<Step, string>> = {
  answered: 'committed and answered',
  referenced: 'reference on the bus',
  normalised: 'rows stored, message on the bus',
  announced: 'scores stored, announced',
  event: 'consent and views read, event leaves insights',
  socket: 'joined, at the socket',
};

export type Traced = Push & Partial<Record<Exclude<Step, 'answered'>, number>>;

/** Listens along the way of the pushes. */
export interface Trace {
  /** Follows this push from now on. */
  follow(push: Push): void;
  readonly pushes: readonly Traced[];
  /** Tells which deliveries of the database were which pushes, once all are there. */
  addReferences(): Promise<void>;
  close(): Promise<void>;
}

/** Hears what passes on the bus, as its operator may. */
export interface Listener {
  on<Body>(subject: string, heard: (body: Body) => void): void;
  /** Resolves when nothing more is missed. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export async function openListener(rig: Rig): Promise<Listener> {
  const log = createLogger({ name: 'bench', level: 'warn' });
  const url = new URL(rig.place.natsUrl('insights'));
  [url.username, url.password] = ['operator', rig.place.secrets.natsPasswords.operator];
  const bus: Bus = await openBus({ url: url.href, name: 'bench-listener', log });
  return {
    on: (subject, handle) => void listen(bus, { subject, log, handle }),
    ready: () => bus.connection.flush(),
    close: () => bus.close(),
  };
}

/**
 * `team`: whose events are also asked of insights itself, as the gateway does; so one team's stream is made twice. A step of
 * several pushes of one athlete at once counts for all of them.
 */
export async function startTrace(rig: Rig, options: { team: string | null }): Promise<Trace> {
  const listener = await openListener(rig);
  const pushes: Traced[] = [];
  const byAthlete = new Map<string, Traced[]>();
  const referencedAt = new Map<string, number>();

  function mark(athleteId: string, step: 'normalised' | 'announced' | 'event'): void {
    const now = nowMs();
    for (const push of byAthlete.get(athleteId)?.slice(-3) ?? []) push[step] ??= now;
  }

  listener.on<{ refs: { id: string }[] }>(subjects.raw('garmin', 'sleeps'), ({ refs }) => {
    const now = nowMs();
    for (const { id } of refs) referencedAt.set(id, now);
  });
  listener.on<TouchedDays>(subjects.normalized('sleep'), ({ touched }) =>
    touched.forEach(({ athleteId }) => mark(athleteId, 'normalised')),
  );
  listener.on<ReadinessAnnouncement>(subjects.readiness('*'), ({ athleteId }) => mark(athleteId, 'announced'));
  await listener.ready();
  const stopUpstream =
    options.team === null ? () => undefined : watchInsights(rig, options.team, (id) => mark(id, 'event'));

  return {
    pushes,
    follow(push) {
      pushes.push(push);
      let own = byAthlete.get(push.athleteId);
      if (!own) byAthlete.set(push.athleteId, (own = []));
      own.push(push);
    },
    async addReferences() {
      const { rows } = await rig.db.query<{ id: string; athleteId: string }>(
        `select id, athlete_id as "athleteId" from connections.delivery where id = any($1) order by received_at, id`,
        [[...referencedAt.keys()]],
      );
      for (const [athleteId, deliveries] of Map.groupBy(rows, (row) => row.athleteId)) {
        const own = byAthlete.get(athleteId) ?? [];
        // One after another of one athlete, so the last deliveries are the last pushes.
        for (const [at, push] of own.entries()) {
          const delivery = deliveries.at(at - own.length);
          const moment = delivery && referencedAt.get(delivery.id);
          if (moment !== undefined) push.referenced = moment;
        }
      }
    },
    async close() {
      stopUpstream();
      await listener.close();
    },
  };
}

function watchInsights(rig: Rig, teamId: string, heard: (athleteId: string) => void): () => void {
  const url = `http://127.0.0.1:${rig.place.ports.insights.port}`;
  const key = Buffer.from(rig.place.secrets.assertionKeys.insights, 'base64');
  const pool = new Pool(url);
  const log = createLogger({ name: 'bench', level: 'warn' });
  const upstream = createUpstream({ subgraph: { name: 'insights', url, key, pool }, log });
  const release = upstream.subscribe(
    {
      query: 'subscription ($id: ID!) { teamReadinessChanged(teamId: $id) { changes { athleteId } } }',
      variables: { id: teamId },
      operationName: undefined,
      viewer: { kind: 'team', teamId },
      opening: 'live-only',
    },
    {
      next({ data }) {
        const event = data?.['teamReadinessChanged'] as { changes: { athleteId: string }[] } | undefined;
        for (const { athleteId } of event?.changes ?? []) heard(athleteId);
      },
      restored: () => undefined,
      ended: (errors) => log.error({ errors }, 'the stream beside the gateway ended'),
    },
  );
  return () => {
    release();
    upstream.close();
    void pool.close();
  };
}
