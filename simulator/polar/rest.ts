import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Day } from '../athletes/day.ts';
import { isDate } from '../athletes/local-time.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { DeletedNights } from '../vendor/deleted-nights.ts';
import type { Grants } from '../vendor/grants.ts';
import type { Guard } from '../vendor/guard.ts';
import { activityOf, continuousOf, exerciseOf, rechargeOf, sleepOf } from './documents.ts';
import type { PolarDocument } from './documents.ts';

/** People who were registered with the application; Polar serves nobody else. */
export interface Registered {
  has(athlete: Story): boolean;
  add(athlete: Story): void;
  remove(athlete: Story): void;
}

interface Parts {
  squad: Squad;
  guard: Guard;
  grants: Grants;
  registered: Registered;
  deletedNights: DeletedNights;
  userIdOf: (athlete: Story) => string;
  now: () => number;
}

const NIGHTS_LISTED = 28;
const EXERCISES_LISTED = 30;
const MAX_DAYS = 28;

/** Polar AccessLink under `/v3`, for the athlete whose access token is sent. */
export function addRest(app: FastifyInstance, parts: Parts): void {
  void app.register(
    async (scope) => {
      const callerOf = parts.guard(scope);
      const athleteOf = (request: FastifyRequest): Story => callerOf(request).athlete;
      addUsers(scope, { ...parts, athleteOf });
      scope.register(async (data) => {
        data.addHook('preHandler', async (request, reply) => {
          if (!parts.registered.has(athleteOf(request))) await reply.code(403).send({ message: 'Not registered' });
        });
        addDays(data, { ...parts, athleteOf });
        addExercises(data, { ...parts, athleteOf });
      });
    },
    { prefix: '/v3' },
  );
}

type RouteParts = Parts & { athleteOf: (request: FastifyRequest) => Story };

function addUsers(scope: FastifyInstance, { athleteOf, registered, grants, userIdOf, now }: RouteParts): void {
  scope.post<{ Body: { 'member-id'?: unknown } | null }>('/users', (request, reply) => {
    const athlete = athleteOf(request);
    const member = request.body?.['member-id'];
    if (typeof member !== 'string' || member === '') return reply.code(400).send({ message: 'member-id is missing' });
    if (registered.has(athlete)) return reply.code(409).send({ message: 'Already registered' });
    registered.add(athlete);
    const [firstName, ...lastName] = athlete.displayName.split(' ');
    return reply.send({
      'polar-user-id': Number(userIdOf(athlete)),
      'member-id': member,
      'registration-date': new Date(now()).toISOString(),
      'first-name': firstName,
      'last-name': lastName.join(' '),
      weight: athlete.body.weightKg,
      height: 100 * athlete.body.heightM,
    });
  });

  scope.delete<{ Params: { id: string } }>('/users/:id', (request, reply) => {
    const athlete = athleteOf(request);
    if (request.params.id !== userIdOf(athlete)) return reply.code(403).send({ message: 'Another user' });
    registered.remove(athlete);
    grants.revokeAthlete(athlete.key);
    return reply.code(204).send();
  });
}

/** Nights, recharges, activities and heart rate, each by date; nights and activities as lists too. */
function addDays(scope: FastifyInstance, parts: RouteParts): void {
  const { squad, athleteOf, userIdOf, deletedNights } = parts;
  const userOf = (athlete: Story): string => `https://www.polaraccesslink/v3/users/${userIdOf(athlete)}`;
  const isKept = (day: Day): boolean => !deletedNights.has(day.athlete, day.dayIndex);
  const nightOn = (day: Day): PolarDocument | null => (isKept(day) ? sleepOf(day, userOf(day.athlete)) : null);
  const rechargeOn = (day: Day): PolarDocument | null => (isKept(day) ? rechargeOf(day, userOf(day.athlete)) : null);
  const heartRateOn = (day: Day): PolarDocument => {
    // A day's samples run from bedtime to bedtime: those of its late evening belong to the day that follows.
    const samples = [day.dayIndex, day.dayIndex + 1].flatMap((dayIndex) => squad.heartRateOn(day.athlete, dayIndex));
    return continuousOf(day, userOf(day.athlete), samples);
  };

  const ONE = {
    sleep: nightOn,
    'nightly-recharge': rechargeOn,
    activities: activityOf,
    'continuous-heart-rate': heartRateOn,
  };
  for (const [path, documentOn] of Object.entries(ONE)) {
    scope.get<{ Params: { date: string } }>(`/users/${path}/:date`, (request, reply) => {
      const { date } = request.params;
      if (!isDate(date)) return reply.code(400).send({ message: 'Not a date' });
      const athlete = athleteOf(request);
      const day = squad.measuredOn(athlete, squad.indexOf(athlete, date));
      return (day && documentOn(day)) ?? reply.code(404).send();
    });
  }

  scope.get('/users/sleep', (request) => ({
    nights: lastDays(parts, request, NIGHTS_LISTED).flatMap(present(nightOn)),
  }));
  scope.get('/users/nightly-recharge', (request) => ({
    recharges: lastDays(parts, request, NIGHTS_LISTED).flatMap(present(rechargeOn)),
  }));
  scope.get<{ Querystring: { from?: string; to?: string } }>('/users/activities', (request, reply) => {
    const athlete = athleteOf(request);
    const { from = '', to = '' } = request.query;
    if (!isDate(from) || !isDate(to)) return badRange(reply);
    const [first, last] = [squad.indexOf(athlete, from), squad.indexOf(athlete, to)];
    if (last < first || last - first >= MAX_DAYS) return badRange(reply);
    return reply.send(daysBetween(squad, athlete, { first, last }).map(activityOf));
  });
}

const badRange = (reply: FastifyReply): FastifyReply =>
  reply.code(400).send({ message: `from and to are dates, at most ${MAX_DAYS} days` });

/** Single exercises come with their samples where these are asked for; lists never. */
function addExercises(scope: FastifyInstance, parts: RouteParts): void {
  const { athleteOf, userIdOf } = parts;
  const exerciseOn = (day: Day, isSampled: boolean): PolarDocument | null =>
    exerciseOf(day, `https://www.polaraccesslink/v3/users/${userIdOf(day.athlete)}`, { isSampled });

  scope.get('/exercises', (request) =>
    lastDays(parts, request, EXERCISES_LISTED).flatMap(present((day) => exerciseOn(day, false))),
  );
  scope.get<{ Params: { id: string }; Querystring: { samples?: string } }>('/exercises/:id', (request, reply) => {
    const isSampled = request.query.samples === 'true';
    const { first, last } = parts.squad.range(athleteOf(request));
    const found = daysBetween(parts.squad, athleteOf(request), { first, last })
      .flatMap(present((day) => exerciseOn(day, isSampled)))
      .find(({ id }) => id === request.params.id);
    return found ?? reply.code(404).send();
  });
}

function lastDays({ squad, athleteOf }: RouteParts, request: FastifyRequest, days: number): Day[] {
  const athlete = athleteOf(request);
  const { dayIndex } = squad.today(athlete);
  return daysBetween(squad, athlete, { first: dayIndex - days + 1, last: dayIndex });
}

function daysBetween(squad: Squad, athlete: Story, { first, last }: { first: number; last: number }): Day[] {
  const days: Day[] = [];
  for (let dayIndex = first; dayIndex <= last; dayIndex++) {
    const day = squad.measuredOn(athlete, dayIndex);
    if (day) days.push(day);
  }
  return days;
}

const present =
  (documentOn: (day: Day) => PolarDocument | null) =>
  (day: Day): PolarDocument[] => {
    const document = documentOn(day);
    return document ? [document] : [];
  };
