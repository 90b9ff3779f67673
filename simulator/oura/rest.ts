import type { FastifyInstance, FastifyReply } from 'fastify';
import { addDays, isDate, localDateOf } from '../athletes/local-time.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { Caller, Guard } from '../vendor/guard.ts';
import type { Collection, Documents } from './documents.ts';
import { heartRateRow } from './heart-rate.ts';

/** Any one of these scopes opens the path. */
const COLLECTIONS: Record<Collection, string[]> = {
  sleep: ['daily'],
  daily_sleep: ['daily'],
  daily_readiness: ['daily'],
  daily_activity: ['daily'],
  daily_spo2: ['spo2Daily', 'spo2'],
  daily_stress: ['stress', 'daily'],
  workout: ['workout'],
};

/** Paths the vendor has and these athletes have nothing for. */
const EMPTY_COLLECTIONS: Record<string, string[]> = {
  daily_resilience: ['daily'],
  daily_cardiovascular_age: ['heart_health', 'daily'],
  vO2_max: ['heart_health', 'daily'],
  session: ['session'],
  sleep_time: ['daily'],
  enhanced_tag: ['tag'],
  tag: ['tag'],
  rest_mode_period: ['daily'],
  ring_configuration: ['ring_configuration'],
};

const DOCUMENTS_PER_PAGE = 25;
const SAMPLES_PER_PAGE = 1000;
const DAY_MS = 86_400_000;

interface Parts {
  squad: Squad;
  documents: Documents;
  guard: Guard;
  plainScope: (scope: string) => string;
  userIdOf: (athlete: Story) => string;
  now: () => number;
}

type ListQuery = { start_date?: string; end_date?: string; next_token?: string };
type HeartRateQuery = { start_datetime?: string; end_datetime?: string; next_token?: string };

/** Oura's data API under `/v2/usercollection`, for the athlete whose access token is sent. */
export function addRest(app: FastifyInstance, { squad, documents, guard, plainScope, userIdOf, now }: Parts): void {
  const mayRead = (caller: Caller, scopes: string[]): boolean =>
    caller.scopes.some((scope) => scopes.includes(plainScope(scope)));

  void app.register(
    async (scope) => {
      const callerOf = guard(scope);

      scope.get('/personal_info', (request, reply) => {
        const caller = callerOf(request);
        if (!mayRead(caller, ['personal'])) return forbidden(reply);
        const { body, email } = caller.athlete;
        return reply.send({
          id: userIdOf(caller.athlete),
          age: body.age,
          weight: body.weightKg,
          height: body.heightM,
          biological_sex: body.sex,
          email: mayRead(caller, ['email']) ? email : null,
        });
      });

      scope.get<{ Querystring: HeartRateQuery }>('/heartrate', (request, reply) => {
        const caller = callerOf(request);
        if (!mayRead(caller, ['heartrate'])) return forbidden(reply);
        return sendHeartRate({ reply, squad, athlete: caller.athlete, query: request.query, nowMs: now() });
      });

      for (const [collection, scopes] of Object.entries(COLLECTIONS) as [Collection, string[]][]) {
        scope.get<{ Querystring: ListQuery }>(`/${collection}`, (request, reply) => {
          const caller = callerOf(request);
          if (!mayRead(caller, scopes)) return forbidden(reply);
          return sendList({
            reply,
            squad,
            documents,
            athlete: caller.athlete,
            collection,
            query: request.query,
            nowMs: now(),
          });
        });
        scope.get<{ Params: { id: string } }>(`/${collection}/:id`, (request, reply) => {
          const caller = callerOf(request);
          if (!mayRead(caller, scopes)) return forbidden(reply);
          return documents.withId(caller.athlete, collection, request.params.id) ?? notFound(reply);
        });
      }

      for (const [collection, scopes] of Object.entries(EMPTY_COLLECTIONS)) {
        scope.get(`/${collection}`, (request, reply) =>
          mayRead(callerOf(request), scopes) ? { data: [], next_token: null } : forbidden(reply),
        );
        scope.get(`/${collection}/:id`, (request, reply) =>
          mayRead(callerOf(request), scopes) ? notFound(reply) : forbidden(reply),
        );
      }
    },
    { prefix: '/v2/usercollection' },
  );
}

function sendList({
  reply,
  squad,
  documents,
  athlete,
  collection,
  query,
  nowMs,
}: {
  reply: FastifyReply;
  squad: Squad;
  documents: Documents;
  athlete: Story;
  collection: Collection;
  query: ListQuery;
  nowMs: number;
}): FastifyReply {
  // A date-only end acts as midnight, so the end day itself is missing; without an end, today is in.
  const tomorrow = addDays(localDateOf({ atMs: nowMs, timeZone: athlete.timeZone }), 1);
  const endDate = query.end_date ?? tomorrow;
  if (!isDate(endDate)) return unprocessable(reply, 'end_date', 'invalid date format', 'value_error.date');
  const startDate = query.start_date ?? addDays(endDate, -1);
  if (!isDate(startDate)) return unprocessable(reply, 'start_date', 'invalid date format', 'value_error.date');
  const from = readCursor(query.next_token, 2);
  if (!from) return unprocessable(reply, 'next_token', 'invalid next_token', 'value_error');

  const { first, last } = squad.range(athlete);
  const startIndex = Math.max(first, squad.indexOf(athlete, startDate), from[0] ?? first);
  const endIndex = Math.min(last, squad.indexOf(athlete, endDate) - 1);
  const data: unknown[] = [];
  for (let dayIndex = startIndex; dayIndex <= endIndex; dayIndex++) {
    const skip = dayIndex === from[0] ? (from[1] ?? 0) : 0;
    const held = documents.on(athlete, collection, dayIndex).slice(skip);
    for (const [position, document] of held.entries()) {
      if (data.length === DOCUMENTS_PER_PAGE) {
        return reply.send({ data, next_token: cursor([dayIndex, skip + position]) });
      }
      data.push(document);
    }
  }
  return reply.send({ data, next_token: null });
}

function sendHeartRate({
  reply,
  squad,
  athlete,
  query,
  nowMs,
}: {
  reply: FastifyReply;
  squad: Squad;
  athlete: Story;
  query: HeartRateQuery;
  nowMs: number;
}): FastifyReply {
  const endMs = query.end_datetime === undefined ? nowMs : readInstant(query.end_datetime);
  if (Number.isNaN(endMs))
    return unprocessable(reply, 'end_datetime', 'invalid datetime format', 'value_error.datetime');
  const startMs = query.start_datetime === undefined ? endMs - DAY_MS : readInstant(query.start_datetime);
  if (Number.isNaN(startMs)) {
    return unprocessable(reply, 'start_datetime', 'invalid datetime format', 'value_error.datetime');
  }
  const from = readCursor(query.next_token, 1);
  if (!from) return unprocessable(reply, 'next_token', 'invalid next_token', 'value_error');

  const fromMs = Math.max(startMs, from[0] ?? startMs);
  const { first, last } = squad.range(athlete);
  const indexAt = (atMs: number): number => squad.indexOf(athlete, localDateOf({ atMs, timeZone: athlete.timeZone }));
  // A day's samples begin at its bedtime on the evening before and end after midnight: two days either side are enough,
  // zones of a journey included.
  const startIndex = Math.max(first, indexAt(fromMs) - 2);
  const endIndex = Math.min(last, indexAt(endMs) + 2);
  const data: unknown[] = [];
  for (let dayIndex = startIndex; dayIndex <= endIndex; dayIndex++) {
    for (const sample of squad.heartRateOn(athlete, dayIndex)) {
      if (sample.atMs < fromMs || sample.atMs >= endMs) continue;
      if (data.length === SAMPLES_PER_PAGE) return reply.send({ data, next_token: cursor([sample.atMs]) });
      data.push(heartRateRow(sample));
    }
  }
  return reply.send({ data, next_token: null });
}

/** Accepts an offset whose plus sign was sent unescaped and so became a space; without a zone it is UTC. */
function readInstant(text: string): number {
  const written = text.replace(/ (\d{2}:\d{2})$/, '+$1');
  return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/i.test(written) || !written.includes('T') ? written : `${written}Z`);
}

function cursor(position: number[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The numbers of a cursor, none for a first page, null for text that this server never gave out. */
function readCursor(token: string | undefined, length: number): number[] | null {
  if (token === undefined || token === '') return [];
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    const isOurs = Array.isArray(position) && position.length === length && position.every(Number.isInteger);
    return isOurs ? (position as number[]) : null;
  } catch {
    return null;
  }
}

function forbidden(reply: FastifyReply): FastifyReply {
  const detail = 'The user has no active membership or the scope was not granted';
  return reply.code(403).send({ status: 403, title: 'Forbidden', detail });
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ status: 404, title: 'Not Found', detail: 'The requested resource was not found' });
}

function unprocessable(reply: FastifyReply, field: string, msg: string, type: string): FastifyReply {
  return reply.code(422).send({ detail: [{ loc: ['query', field], msg, type }] });
}
