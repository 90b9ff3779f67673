import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addDays, isDate } from '../athletes/local-time.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { DeletedNights } from '../vendor/deleted-nights.ts';
import type { Caller, Guard } from '../vendor/guard.ts';
import { heartRatePoint, pointsOf, stepsOf } from './points.ts';
import type { Point } from './points.ts';

const SCOPE = 'https://www.googleapis.com/auth/googlehealth.';

/** What opens each data type. */
const SCOPES: Readonly<Record<string, string>> = {
  sleep: `${SCOPE}sleep.readonly`,
  exercise: `${SCOPE}activity_and_fitness.readonly`,
  steps: `${SCOPE}activity_and_fitness.readonly`,
  'daily-heart-rate-variability': `${SCOPE}health_metrics_and_measurements.readonly`,
  'daily-resting-heart-rate': `${SCOPE}health_metrics_and_measurements.readonly`,
  'daily-respiratory-rate': `${SCOPE}health_metrics_and_measurements.readonly`,
  'daily-oxygen-saturation': `${SCOPE}health_metrics_and_measurements.readonly`,
  'daily-sleep-temperature-derivations': `${SCOPE}health_metrics_and_measurements.readonly`,
  'heart-rate-variability': `${SCOPE}health_metrics_and_measurements.readonly`,
  'heart-rate': `${SCOPE}health_metrics_and_measurements.readonly`,
};

/** Pages of sleep and exercise are never longer. */
const MOST_SESSIONS = 25;
const MOST_POINTS = 10_000;

interface Parts {
  squad: Squad;
  deletedNights: DeletedNights;
  guard: Guard;
  userIdOf: (athlete: Story) => string;
}

type ListQuery = { filter?: string; pageSize?: string; pageToken?: string };
type OfType<More = object> = { Params: { type: string } } & More;

/** Google's data API under `/v4/users/me`, for the person whose access token is sent. */
export function addRest(app: FastifyInstance, parts: Parts): void {
  const { squad, deletedNights, guard, userIdOf } = parts;
  const daysOf = (athlete: Story, isHeld: (date: string) => boolean) => {
    const { first, last } = squad.range(athlete);
    return Array.from({ length: last - first + 1 }, (_, offset) => squad.measuredOn(athlete, first + offset))
      .filter((day) => day !== null)
      .filter(({ dayIndex, date }) => isHeld(date) && !deletedNights.has(athlete, dayIndex));
  };

  void app.register(
    async (scope) => {
      const callerOf = guard(scope);
      const readerOf = (request: FastifyRequest<OfType>): Caller | null => {
        const caller = callerOf(request);
        return caller.scopes.includes(SCOPES[request.params.type] ?? '') ? caller : null;
      };

      scope.get('/identity', (request) => ({
        name: 'users/me/identity',
        healthUserId: userIdOf(callerOf(request).athlete),
      }));

      scope.get<OfType<{ Querystring: ListQuery }>>('/dataTypes/:type/dataPoints', (request, reply) => {
        const caller = readerOf(request);
        if (!caller) return sendError(reply, 403, 'PERMISSION_DENIED');
        const { type } = request.params;
        const filter = readFilter(type, request.query.filter ?? '');
        if (!filter) return sendError(reply, 400, 'INVALID_ARGUMENT');
        const { athlete } = caller;
        const isNear = (date: string): boolean =>
          date >= addDays(filter.from.slice(0, 10), -2) && date <= addDays(filter.before.slice(0, 10), 2);
        const days = daysOf(athlete, isNear);
        const found =
          type === 'heart-rate'
            ? days
                .flatMap(({ dayIndex }) => squad.heartRateOn(athlete, dayIndex))
                .filter(({ atMs }) => filter.holds({ atMs }))
                .map((sample) => heartRatePoint(sample, athlete.timeZone))
            : days
                .flatMap(pointsOf)
                .filter((point) => point.dataType === type && filter.holds(point))
                .map(({ body }) => body);
        return sendPage(reply, { found, type, query: request.query });
      });

      // Two colons are one: the path is `dataPoints:dailyRollUp`.
      scope.post<OfType>('/dataTypes/:type/dataPoints::dailyRollUp', (request, reply) => {
        const caller = readerOf(request);
        if (!caller || request.params.type !== 'steps') return sendError(reply, 403, 'PERMISSION_DENIED');
        const { range } = (request.body ?? {}) as { range?: { start?: unknown; end?: unknown } };
        const [from, before] = [dateIn(range?.start), dateIn(range?.end)];
        if (from === null || before === null || from >= before) return sendError(reply, 400, 'INVALID_ARGUMENT');
        const days = daysOf(caller.athlete, (date) => date >= from && date < before);
        return reply.send({ rollupDataPoints: days.map((day) => stepsOf(day, addDays(day.date, 1))) });
      });
    },
    { prefix: '/v4/users/me' },
  );
}

/** Where a point lies: what filters look at. */
type Placed = Pick<Point, 'atMs'> & Partial<Pick<Point, 'date' | 'civil'>>;

interface Filter {
  from: string;
  before: string;
  holds(point: Placed): boolean;
}

const FILTER = /^(\w+)\.([a-z_.]+) >= "([^"]+)" AND \1\.\2 < "([^"]+)"$/;

/** The fields that this data type may be filtered by, and the text of a point that is compared. */
function readFilter(type: string, text: string): Filter | null {
  const [, name = '', field = '', from = '', before = ''] = FILTER.exec(text) ?? [];
  if (name !== type.replaceAll('-', '_')) return null;
  const fields = type.startsWith('daily-')
    ? ['date']
    : type === 'sleep'
      ? ['interval.end_time', 'interval.civil_end_time']
      : type === 'exercise'
        ? ['interval.civil_start_time']
        : ['sample_time.physical_time'];
  if (!fields.includes(field)) return null;
  if (field === 'date' || field.includes('civil')) {
    if (!isDate(from.slice(0, 10)) || !isDate(before.slice(0, 10))) return null;
    const textOf = ({ date = '', civil = '' }: Placed): string => (field === 'date' ? date : civil);
    return { from, before, holds: (point) => textOf(point) >= from && textOf(point) < before };
  }
  const [fromMs, beforeMs] = [Date.parse(from), Date.parse(before)];
  if (Number.isNaN(fromMs) || Number.isNaN(beforeMs)) return null;
  return { from, before, holds: ({ atMs }) => atMs >= fromMs && atMs < beforeMs };
}

function sendPage(
  reply: FastifyReply,
  { found, type, query }: { found: readonly object[]; type: string; query: ListQuery },
): FastifyReply {
  const most = type === 'sleep' || type === 'exercise' ? MOST_SESSIONS : MOST_POINTS;
  const size = Math.min(most, Number(query.pageSize ?? most));
  const at = Number(query.pageToken ?? 0);
  const dataPoints = found.slice(at, at + size);
  const isMore = at + size < found.length;
  // An empty list is left out, as at the vendor.
  return reply.send({
    ...(dataPoints.length === 0 ? {} : { dataPoints }),
    ...(isMore ? { nextPageToken: String(at + size) } : {}),
  });
}

function dateIn(civil: unknown): string | null {
  const { date } = (civil ?? {}) as { date?: { year?: number; month?: number; day?: number } };
  const pad = (value: unknown, length: number): string => String(value ?? '').padStart(length, '0');
  const text = `${pad(date?.year, 4)}-${pad(date?.month, 2)}-${pad(date?.day, 2)}`;
  return isDate(text) ? text : null;
}

/** An error as Google words it. */
export function sendError(reply: FastifyReply, code: number, status: string): FastifyReply {
  return reply.code(code).send({ error: { code, message: `The request was refused: ${status}.`, status } });
}
