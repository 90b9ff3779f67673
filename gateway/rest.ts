import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validate, type GraphQLSchema } from 'graphql';
import type { Clock } from '#platform/clock';
import { AppError, ERRORS, type ErrorCode, retryAfterIn } from '#platform/errors';
import { sendProblem } from '#platform/http';
import type { GatewayContext } from './context.ts';
import { BACKGROUND_HEADER } from './graph-server.ts';
import type { Limits } from './limits.ts';
import {
  activities,
  activitiesShape,
  daily,
  dailyShape,
  instantsAround,
  readinessToday,
  readinessTodayShape,
  sleepSummary,
  sleepSummaryShape,
  type GraphDaily,
  type GraphReadiness,
  type GraphSleep,
  type GraphWorkout,
  type GraphWorkouts,
} from './rest-answers.ts';
import { REST_ROOT, describeRest, type DescribedRoute } from './rest-openapi.ts';
import { readDays } from './rest-parameters.ts';
import { ROSTER_CSV_OPERATION, serveRosterCsv } from './rest-csv.ts';
import type { AccountViewer, SignIn } from './sign-in.ts';

/** Runs the stored operation of a route as the caller. Throws an AppError for any error in the answer: a failure never looks like missing data. */
type Ask = <Data>(variables: Record<string, unknown>) => Promise<Data>;

interface Route extends DescribedRoute {
  /** File in schema/operations, without its ending. */
  operation: string;
  read(ask: Ask, request: FastifyRequest): Promise<unknown>;
}

const ROUTES: readonly Route[] = [
  {
    path: '/readiness/today',
    operationId: 'readinessToday',
    operation: 'readiness-today',
    summary: 'The signed-in athlete’s readiness of today.',
    days: null,
    shape: readinessTodayShape,
    async read(ask) {
      const { viewer } = await ask<Own<{ readiness: GraphReadiness | null }>>({});
      return readinessToday(known(own(viewer.athlete).readiness));
    },
  },
  {
    path: '/sleep/summary',
    operationId: 'sleepSummary',
    operation: 'sleep-summary',
    summary: 'The signed-in athlete’s nights.',
    days: ['from', 'to'],
    shape: sleepSummaryShape,
    async read(ask, { query }) {
      const [from, to] = readDays(query, ['from', 'to']);
      const { viewer } = await ask<Own<{ sleep: GraphSleep | null }>>({ from, to });
      return sleepSummary(known(own(viewer.athlete).sleep));
    },
  },
  {
    path: '/athletes/:id/daily',
    operationId: 'athleteDaily',
    operation: 'athlete-daily',
    summary: 'One athlete, one entry a day. For the athlete and the coaches of their teams.',
    days: ['start', 'end'],
    shape: dailyShape,
    async read(ask, request) {
      const [start, end] = readDays(request.query, ['start', 'end']);
      const { athlete } = await ask<{ athlete: Nullable<GraphDaily> | null }>({ id: idOf(request), start, end });
      const { hrv, restingHeartRate, sleep, steps, readinessHistory } = known(athlete);
      return daily(
        {
          hrv: known(hrv),
          restingHeartRate: known(restingHeartRate),
          sleep: known(sleep),
          steps: known(steps),
          readinessHistory: known(readinessHistory),
        },
        { start, end },
      );
    },
  },
  {
    path: '/athletes/:id/activities',
    operationId: 'athleteActivities',
    operation: 'athlete-activities',
    summary: 'Workouts of one athlete. For the athlete and the coaches of their teams.',
    days: ['start', 'end'],
    shape: activitiesShape,
    async read(ask, request) {
      const [start, end] = readDays(request.query, ['start', 'end']);
      return activities(await allWorkouts(ask, { id: idOf(request), ...instantsAround({ start, end }) }), {
        start,
        end,
      });
    },
  },
];

interface Own<Athlete> {
  viewer: { athlete: Athlete | null };
}

type Nullable<Parts> = { [Name in keyof Parts]: Parts[Name] | null };

const RETRY_AFTER_S = 5;
/** Of 100 workouts each: five a day over the longest stretch. */
const MAX_PAGES = 20;

/**
 * GET /api/v1/…: reads for clients without GraphQL. Each is a stored operation, run by the executor of the graph for the
 * same viewer, under the same limits and with the same masking; the subgraphs decide what is shared. Throws when a stored
 * operation does not fit the graph.
 */
export async function serveRest(options: {
  server: FastifyInstance;
  apollo: ApolloServer<GatewayContext>;
  schema: GraphQLSchema;
  limits: Limits;
  signIn: SignIn;
  operationsDir: string;
  /** Links to files are signed under it: the key that insights and the gateway share. */
  linkKey: Buffer;
  clock: Clock;
}): Promise<void> {
  const { server, apollo, signIn } = options;
  const operations = [...ROUTES.map(({ operation }) => operation), ROSTER_CSV_OPERATION];
  const texts = new Map(operations.map((operation) => [operation, loadOperation(operation, options)]));
  const description = describeRest(ROUTES);

  async function signedIn(request: FastifyRequest): Promise<AccountViewer> {
    const viewer = await signIn.viewer({
      authorization: request.headers.authorization,
      isActivity: request.headers[BACKGROUND_HEADER] !== '1',
    });
    if (viewer.kind === 'account') return viewer;
    throw new AppError('UNAUTHENTICATED', 'Nobody is signed in. Send "authorization: Bearer" with an access token.');
  }

  function askAs(viewer: AccountViewer, request: FastifyRequest, operation: string): Ask {
    const query = texts.get(operation) as string;
    return async <Data>(variables: Record<string, unknown>) => {
      const { body } = await apollo.executeOperation<Data & Record<string, unknown>>(
        { query, variables },
        { contextValue: { viewer, requestId: request.id, clientAddress: request.ip } },
      );
      if (body.kind !== 'single') throw new Error(`the stored operation ${operation} was answered in parts`);
      const { data, errors } = body.singleResult;
      if (errors?.length) throw worst(errors);
      return data as Data;
    };
  }

  await server.register(
    async (api) => {
      api.addHook('onRequest', async (_request, reply) => {
        reply.header('cache-control', 'no-store');
      });
      api.get('/openapi.json', () => description);
      for (const route of ROUTES) {
        api.get(route.path, async (request, reply) => {
          try {
            return await route.read(askAs(await signedIn(request), request, route.operation), request);
          } catch (error) {
            if (error instanceof AppError) return refuse(reply, error);
            throw error;
          }
        });
      }
      serveRosterCsv(api, {
        ...options,
        signedIn,
        askAs: (viewer, request) => askAs(viewer, request, ROSTER_CSV_OPERATION),
        refuse,
      });
    },
    { prefix: REST_ROOT },
  );
}

function loadOperation(
  name: string,
  { operationsDir, limits, schema }: { operationsDir: string; limits: Limits; schema: GraphQLSchema },
): string {
  const text = readFileSync(join(operationsDir, `${name}.graphql`), 'utf8');
  const [error] = validate(schema, limits.parse(text));
  if (error) throw new Error(`The stored operation ${name} does not fit the graph: ${error.message}`, { cause: error });
  return text;
}

/** All pages. A consent withdrawn in between leaves nothing of those already read. */
async function allWorkouts(
  ask: Ask,
  variables: { id: string; from: string; to: string },
): Promise<{ state: GraphWorkouts['state']; workouts: GraphWorkout[]; timeZone: string }> {
  const found: GraphWorkout[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: { athlete: { timeZone: string; workouts: GraphWorkouts | null } | null } = await ask({
      ...variables,
      after,
    });
    const { timeZone, workouts } = known(answer.athlete);
    const { state, edges, pageInfo } = known(workouts);
    if (state === 'NOT_SHARED') return { state, workouts: [], timeZone };
    found.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return { state: found.length === 0 ? state : 'AVAILABLE', workouts: found, timeZone };
    after = pageInfo.endCursor;
  }
  throw new AppError('BAD_USER_INPUT', 'There are too many activities for one answer. Ask in smaller stretches.');
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;

/** Null without an error: whoever asks may not know the athlete, or not any more. */
function known<Value>(value: Value | null): Value {
  if (value === null) throw new AppError('NOT_FOUND', 'There is no such athlete among those you may see.');
  return value;
}

function own<Athlete>(athlete: Athlete | null): Athlete {
  if (athlete === null) {
    throw new AppError(
      'FORBIDDEN',
      `Only athletes have data of their own. For one of your athletes ask ${REST_ROOT}/athletes/{id}/daily.`,
    );
  }
  return athlete;
}

/** The masked error to answer with: one of ours before one of the caller's, since only that says "try again". */
function worst(errors: readonly { message: string; extensions?: Record<string, unknown> }[]): AppError {
  const found = errors.map(({ message, extensions }) => {
    const code = String(extensions?.['code']);
    const retryAfterS = retryAfterIn(extensions);
    return new AppError(
      code in ERRORS ? (code as ErrorCode) : 'INTERNAL',
      message,
      retryAfterS === undefined ? {} : { retryAfterS },
    );
  });
  return found.find(({ code }) => ERRORS[code].http >= 500) ?? (found[0] as AppError);
}

function refuse(reply: FastifyReply, error: AppError): FastifyReply {
  const { http: status } = ERRORS[error.code];
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  const retryAfterS = error.retryAfterS ?? (status === 503 ? RETRY_AFTER_S : undefined);
  const problem = { status, code: error.code.toLowerCase(), detail: error.message };
  return sendProblem(reply, retryAfterS === undefined ? problem : { ...problem, retryAfterS });
}
