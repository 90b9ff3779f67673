import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Day } from '../athletes/day.ts';
import { localDateOf } from '../athletes/local-time.ts';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { Store, VendorState } from '../state.ts';
import type { Grants } from '../vendor/grants.ts';
import type { Guard } from '../vendor/guard.ts';
import type { History } from './history.ts';
import { isSummaryType } from './summaries.ts';
import type { Summary, SummaryType } from './summaries.ts';

export const permissionOf = (type: string): string => (type === 'activities' ? 'ACTIVITY_EXPORT' : 'HEALTH_EXPORT');

interface Parts {
  squad: Squad;
  grants: Grants;
  guard: Guard;
  memory: VendorState;
  store: Store;
  history: History;
  heldOf: (type: SummaryType, day: Day) => Summary[];
  userIdOf: (athlete: Story) => string;
  /** The athlete's registration was deleted. */
  onDeregistered: (athlete: Story) => void;
}

/** The Health API under `/wellness-api/rest`: the user, callbacks of pings, requests for history. */
export function addApi(app: FastifyInstance, parts: Parts): void {
  const { squad, grants, guard, memory, store, history, heldOf, userIdOf, onDeregistered } = parts;
  void app.register(
    async (scope) => {
      const callerOf = guard(scope);
      scope.addHook('onRequest', async ({ host }) => {
        // Where the application reaches us: callbacks of pings lead there.
        if (memory.notes['host'] === host) return;
        memory.notes['host'] = host;
        store.changed();
      });

      scope.get('/user/id', (request) => ({ userId: userIdOf(callerOf(request).athlete) }));

      scope.get('/user/permissions', (request) => ({ permissions: callerOf(request).scopes }));

      scope.delete('/user/registration', async (request, reply) => {
        const { athlete } = callerOf(request);
        grants.revokeAthlete(athlete.key);
        onDeregistered(athlete);
        return reply.code(204).send();
      });

      scope.get<{ Params: { type: string }; Querystring: Range }>('/backfill/:type', (request, reply) => {
        const { athlete, scopes } = callerOf(request);
        const { type } = request.params;
        const fromSec = Number(request.query.summaryStartTimeInSeconds);
        const toSec = Number(request.query.summaryEndTimeInSeconds);
        if (!scopes.includes('HISTORICAL_DATA_EXPORT')) return refuse(reply, 412, 'The permission is not enabled');
        if (!(fromSec < toSec)) return refuse(reply, 400, 'The range is not readable');
        const outcome = history.ask({ athlete, type, fromSec, toSec });
        if (outcome === 'too_long') return refuse(reply, 400, 'The range is too long');
        if (outcome === 'repeated') return refuse(reply, 409, 'This was asked for before');
        return reply.code(202).send();
      });

      // The bare list of a ping's address, without user ids.
      scope.get<{ Params: { type: string }; Querystring: { token?: string } }>('/:type', (request, reply) => {
        const { athlete, scopes } = callerOf(request);
        const { type } = request.params;
        const date = readToken(request.query.token);
        if (!isSummaryType(type) || date === null) return refuse(reply, 404, 'There is nothing at this address');
        if (!scopes.includes(permissionOf(type))) return refuse(reply, 412, 'The permission is not enabled');
        const day = squad.measuredOn(athlete, squad.indexOf(athlete, date));
        return reply.send(day ? heldOf(type, day) : []);
      });
    },
    { prefix: '/wellness-api/rest' },
  );
}

interface Range {
  summaryStartTimeInSeconds?: string;
  summaryEndTimeInSeconds?: string;
}

/** The address at which the summaries of a day can be read. `host` is ours. */
export function callbackUrl(options: { host: string; type: string; date: string; nowMs: number }): string {
  const { host, type, date, nowMs } = options;
  const url = new URL(`http://${host}/garmin/wellness-api/rest/${type}`);
  const now = Math.floor(nowMs / 1000);
  url.searchParams.set('uploadStartTimeInSeconds', String(now - 86_400));
  url.searchParams.set('uploadEndTimeInSeconds', String(now));
  url.searchParams.set('token', Buffer.from(`${date}/${nowMs}`).toString('base64url'));
  return url.href;
}

/** The day a token of ours stands for. */
function readToken(token: string | undefined): string | null {
  const text = Buffer.from(token ?? '', 'base64url').toString('utf8');
  return /^(\d{4}-\d{2}-\d{2})\/\d+$/.exec(text)?.[1] ?? null;
}

const refuse = (reply: FastifyReply, status: number, errorMessage: string): FastifyReply =>
  reply.code(status).send({ errorMessage });

/** Day indices that begin within the range, of those that were measured. */
export function daysWithin(options: { squad: Squad; athlete: Story; fromSec: number; toSec: number }): number[] {
  const { squad, athlete, fromSec, toSec } = options;
  const indexAt = (sec: number): number =>
    squad.indexOf(athlete, localDateOf({ atMs: sec * 1000, timeZone: athlete.timeZone }));
  const { first, last } = squad.range(athlete);
  const from = Math.max(first, indexAt(fromSec));
  const to = Math.min(last, indexAt(toSec - 1));
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset);
}
