import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Story } from '../athletes/stories.ts';
import type { Caller, Guard } from '../vendor/guard.ts';
import type { Grants } from '../vendor/grants.ts';
import type { VendorSettings } from '../vendor/tables.ts';
import { formOf, isApplication } from '../vendor/token-endpoint.ts';
import { detailOf, streamsOf, summaryOf } from './activities.ts';
import type { Activities, Activity } from './activities.ts';

const DEFAULT_PER_PAGE = 30;
const MOST_PER_PAGE = 200;

type ListQuery = { after?: string; before?: string; page?: string; per_page?: string };
type WithId = { Params: { id: string }; Querystring: { keys?: string } };

/** Strava's data API, for the athlete whose access token is sent. */
export function addRest(
  app: FastifyInstance,
  {
    activities,
    guard,
    userIdOf,
  }: {
    activities: Activities;
    guard: Guard;
    userIdOf: (athlete: Story) => string;
  },
): void {
  void app.register(
    async (scope) => {
      const callerOf = guard(scope);
      const reader = (request: FastifyRequest): Caller | null => {
        const caller = callerOf(request);
        return caller.scopes.some((name) => name.startsWith('activity:read')) ? caller : null;
      };
      const found = (request: FastifyRequest<WithId>, caller: Caller): Activity | undefined =>
        activities.withId(caller.athlete, request.params.id);

      scope.get('/athlete', (request) => {
        const { athlete } = callerOf(request);
        return { id: Number(userIdOf(athlete)), username: athlete.key, resource_state: 2 };
      });

      scope.get<{ Querystring: ListQuery }>('/athlete/activities', (request, reply) => {
        const caller = reader(request);
        if (!caller) return missingScope(reply);
        const { after = '0', before = '9e12', page = '1', per_page: perPage } = request.query;
        const size = Math.min(MOST_PER_PAGE, Number(perPage ?? DEFAULT_PER_PAGE));
        const startSecOf = ({ workout }: Activity): number => workout.startMs / 1000;
        const held = activities
          .all(caller.athlete)
          .filter((activity) => startSecOf(activity) > Number(after) && startSecOf(activity) < Number(before));
        const shown = held.slice((Number(page) - 1) * size, Number(page) * size);
        return reply.send(shown.map((activity) => summaryOf(activity, Number(userIdOf(caller.athlete)))));
      });

      scope.get<WithId>('/activities/:id', (request, reply) => {
        const caller = reader(request);
        if (!caller) return missingScope(reply);
        const activity = found(request, caller);
        return activity ? reply.send(detailOf(activity, Number(userIdOf(caller.athlete)))) : notFound(reply);
      });

      scope.get<WithId>('/activities/:id/streams', (request, reply) => {
        const caller = reader(request);
        if (!caller) return missingScope(reply);
        const activity = found(request, caller);
        return activity ? reply.send(streamsOf(activity, (request.query.keys ?? '').split(','))) : notFound(reply);
      });
    },
    { prefix: '/api/v3' },
  );
}

/** The newer way, by any token and the application's credentials, and the older one, by the access token alone. */
export function addRevocation(
  app: FastifyInstance,
  { grants, settings }: { grants: Grants; settings: VendorSettings },
): void {
  app.post('/oauth/revoke', (request, reply) => {
    if (!isApplication({ request, settings, by: 'basic' })) {
      return reply.code(401).send(faultOf('Authorization Error', 'Application', 'client_id', 'invalid'));
    }
    // RFC 7009: a token nobody knows is as good as revoked.
    grants.revoke(formOf(request).get('token') ?? '');
    return reply.send({});
  });
  app.post('/oauth/deauthorize', (request, reply) => {
    const token = formOf(request).get('access_token') ?? '';
    if (!grants.revoke(token)) {
      return reply.code(401).send(faultOf('Authorization Error', 'Athlete', 'access_token', 'invalid'));
    }
    return reply.send({ access_token: token });
  });
}

/** An error as Strava words it. */
export function faultOf(message: string, resource: string, field: string | null, code: string): object {
  return { message, errors: [{ resource, field, code }] };
}

function missingScope(reply: FastifyReply): FastifyReply {
  return reply.code(401).send(faultOf('Authorization Error', 'AccessToken', 'activity:read_permission', 'missing'));
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send(faultOf('Record Not Found', 'Activity', 'id', 'invalid'));
}
