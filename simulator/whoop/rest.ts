import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Day } from '../athletes/day.ts';
import { localDateOf } from '../athletes/local-time.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { DeletedNights } from '../vendor/deleted-nights.ts';
import type { Grants } from '../vendor/grants.ts';
import type { Guard } from '../vendor/guard.ts';
import { cycleIdOf, recoveryOf, sleepIdOf, sleepsOf, workoutRecordOf } from './documents.ts';
import type { WhoopRecord } from './documents.ts';

interface Parts {
  squad: Squad;
  guard: Guard;
  grants: Grants;
  deletedNights: DeletedNights;
  userIdOf: (athlete: Story) => string;
  playedAtMs: (day: Day) => number | null;
}

type ListQuery = { limit?: string; start?: string; end?: string; nextToken?: string };

/** WHOOP's API v2 under `/developer/v2`, for the athlete whose access token is sent. */
export function addRest(app: FastifyInstance, parts: Parts): void {
  const { grants, guard, squad, deletedNights, userIdOf, playedAtMs } = parts;
  const writtenOf = (day: Day) => ({ userId: Number(userIdOf(day.athlete)), playedAtMs: playedAtMs(day) });

  const sleepsOn = (day: Day): WhoopRecord[] =>
    sleepsOf(day, writtenOf(day)).filter(
      ({ id }) => !deletedNights.has(day.athlete, day.dayIndex) || id !== sleepIdOf(day, 'sleep'),
    );
  const recoveriesOn = (day: Day): WhoopRecord[] => {
    const recovery = deletedNights.has(day.athlete, day.dayIndex) ? null : recoveryOf(day, writtenOf(day));
    return recovery ? [recovery] : [];
  };
  const workoutsOn = (day: Day): WhoopRecord[] => {
    const workout = workoutRecordOf(day, writtenOf(day));
    return workout ? [workout] : [];
  };
  const COLLECTIONS = {
    'activity/sleep': { scope: 'read:sleep', on: sleepsOn, startOf: ({ start }: WhoopRecord) => start },
    'activity/workout': { scope: 'read:workout', on: workoutsOn, startOf: ({ start }: WhoopRecord) => start },
    // By the start of its sleep, which the record itself does not hold.
    recovery: { scope: 'read:recovery', on: recoveriesOn, startOf: null },
  };

  void app.register(
    async (scope) => {
      const callerOf = guard(scope);

      scope.get('/user/profile/basic', (request, reply) => {
        const { athlete, scopes } = callerOf(request);
        if (!scopes.includes('read:profile')) return forbidden(reply);
        const [firstName, ...lastName] = athlete.displayName.split(' ');
        return reply.send({
          user_id: Number(userIdOf(athlete)),
          email: athlete.email,
          first_name: firstName,
          last_name: lastName.join(' '),
        });
      });

      scope.delete('/user/access', (request, reply) => {
        grants.revoke(request.headers.authorization?.replace(/^bearer /i, '') ?? '');
        return reply.code(204).send();
      });

      for (const [path, collection] of Object.entries(COLLECTIONS)) {
        scope.get<{ Querystring: ListQuery }>(`/${path}`, (request, reply) => {
          const { athlete, scopes } = callerOf(request);
          if (!scopes.includes(collection.scope)) return forbidden(reply);
          const days = daysNewestFirst(squad, athlete, request.query);
          const records = days.flatMap((day) => {
            const nightStart = sleepsOf(day, writtenOf(day))[0]?.start;
            return collection.on(day).map((record) => ({ record, start: collection.startOf?.(record) ?? nightStart }));
          });
          return sendPage(reply, records, request.query);
        });
        if (path === 'recovery') continue;
        scope.get<{ Params: { id: string } }>(`/${path}/:id`, (request, reply) => {
          const { athlete, scopes } = callerOf(request);
          if (!scopes.includes(collection.scope)) return forbidden(reply);
          const isAsked = ({ id }: WhoopRecord): boolean => id === request.params.id;
          const held = daysNewestFirst(squad, athlete).find((day) => collection.on(day).some(isAsked));
          return (held && collection.on(held).find(isAsked)) ?? notFound(reply);
        });
      }

      scope.get<{ Params: { id: string } }>('/cycle/:id/recovery', (request, reply) => {
        const { athlete, scopes } = callerOf(request);
        if (!scopes.includes('read:recovery')) return forbidden(reply);
        const day = daysNewestFirst(squad, athlete).find((one) => String(cycleIdOf(one)) === request.params.id);
        return (day && recoveriesOn(day)[0]) ?? notFound(reply);
      });
    },
    { prefix: '/developer/v2' },
  );
}

/** The measured days, with two to spare on both sides of the instants asked for. */
function daysNewestFirst(squad: Squad, athlete: Story, { start, end }: ListQuery = {}): Day[] {
  const { first, last } = squad.range(athlete);
  const indexAt = (text: string): number =>
    squad.indexOf(athlete, localDateOf({ atMs: Date.parse(text), timeZone: athlete.timeZone }));
  const from = start === undefined ? first : Math.max(first, indexAt(start) - 2);
  const to = end === undefined ? last : Math.min(last, indexAt(end) + 2);
  const days: Day[] = [];
  for (let dayIndex = to; dayIndex >= from; dayIndex--) {
    const day = squad.measuredOn(athlete, dayIndex);
    if (day) days.push(day);
  }
  return days;
}

const ORDINARY_LIMIT = 10;
const MAX_LIMIT = 25;

/** Newest first; `start` is in, `end` is out. */
function sendPage(
  reply: FastifyReply,
  records: readonly { record: WhoopRecord; start: string | undefined }[],
  { limit, start = '', end = '9', nextToken }: ListQuery,
): FastifyReply {
  const size = Number(limit ?? ORDINARY_LIMIT);
  const at = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (!Number.isInteger(size) || size < 1 || size > MAX_LIMIT || !Number.isInteger(at)) {
    return reply.code(400).send({ error: 'limit or nextToken is not valid' });
  }
  const found = records
    .filter((one) => one.start !== undefined && one.start >= start && one.start < end)
    .toSorted((left, right) => String(right.start).localeCompare(String(left.start)))
    .map(({ record }) => record);
  const next = at + size;
  const token = next < found.length ? { next_token: Buffer.from(String(next)).toString('base64url') } : {};
  return reply.send({ records: found.slice(at, next), ...token });
}

const forbidden = (reply: FastifyReply): FastifyReply => reply.code(403).send({ error: 'The scope was not granted' });

const notFound = (reply: FastifyReply): FastifyReply => reply.code(404).send({});
