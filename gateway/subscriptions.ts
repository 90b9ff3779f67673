import type { Server as HttpServer } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import {
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import { makeServer, type Context as ProtocolContext, type OperationResult, type SubscribePayload } from 'graphql-ws';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import type { AccessChange } from '#platform/events';
import { newId } from '#platform/ids';
import type { Logger } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import type { GatewayContext } from './context.ts';
import type { Hub } from './hub.ts';
import type { Limits } from './limits.ts';
import { FORBIDDEN, TRY_AGAIN_LATER, createLiveSocket, type LiveSocket, type OpenStream } from './live-socket.ts';
import { publicErrors, refusal } from './public-errors.ts';
import type { SignIn } from './sign-in.ts';
import { serveSockets, type Connection } from './socket-server.ts';
import type { Member } from './stream.ts';
import { createSubscriptionPlanner, type SubscriptionPlan } from './subscription-plan.ts';
import type { ComposedGraph } from './supergraph.ts';

const OPERATIONS_PER_SOCKET = 10;
const INIT_WITHIN_MS = 3_000;
const RECHECK_EVERY_MS = 30_000;
const RECHECKS_AT_ONCE = 8;

export interface Subscriptions {
  /** Ends what the change takes away, at once. */
  accessChanged(change: AccessChange): void;
  /** Announcements may have been missed: asks again for every session and every team stream. */
  recheckAll(): Promise<void>;
  close(): Promise<void>;
}

export interface SubscriptionParts {
  server: HttpServer;
  graph: ComposedGraph;
  apollo: ApolloServer<GatewayContext>;
  hub: Hub;
  limits: Limits;
  signIn: SignIn;
  clock: Clock;
  metrics: Metrics;
  log: Logger;
}

type Init = Record<string, unknown> | undefined;
type Protocol = ProtocolContext<Init, Connection>;
/** What an accepted operation carries from `onSubscribe` to its execution. */
interface Operation {
  id: string;
  live: LiveSocket;
  payload: SubscribePayload;
  plan: SubscriptionPlan | null;
}

/** Queries, mutations and subscriptions over graphql-transport-ws at /graphql, for signed-in clients. */
export function serveSubscriptions(parts: SubscriptionParts): Subscriptions {
  const { signIn, log } = parts;
  const lives = new Map<object, LiveSocket>();
  const plan = createSubscriptionPlanner(parts);

  async function connect(context: Protocol): Promise<boolean> {
    const { socket } = context.extra;
    const authorization = tokenIn(context.connectionParams);
    if (authorization === null) return false;
    try {
      const token = await signIn.verify(authorization);
      const viewer = await signIn.session({ sessionId: token.sessionId, isActivity: false });
      if (viewer.accountId !== token.accountId || socket.readyState !== socket.OPEN) return false;
      lives.set(socket, createLiveSocket({ socket, viewer, token, clock: parts.clock }));
      socket.once('close', () => lives.delete(socket));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAVAILABLE')
        socket.close(TRY_AGAIN_LATER, 'sign-in is not answering');
      return false;
    }
  }

  async function extend(context: Protocol, payload: Init): Promise<void> {
    const live = lives.get(context.extra.socket);
    const authorization = tokenIn(payload);
    if (live === undefined || authorization === null) return;
    try {
      live.extend(await signIn.verify(authorization));
    } catch (error) {
      log.info({ err: error }, 'a token sent to extend a socket was refused');
    }
  }

  function accept(context: Protocol, id: string, payload: SubscribePayload): ExecutionArgs | GraphQLErrors {
    try {
      const live = lives.get(context.extra.socket);
      if (live === undefined || live.socket.readyState !== live.socket.OPEN)
        throw new AppError('UNAUTHENTICATED', 'Nobody is signed in on this socket. Connect again.');
      if (Object.keys(context.subscriptions).length > OPERATIONS_PER_SOCKET) {
        throw new AppError(
          'RATE_LIMITED',
          `A socket carries ${OPERATIONS_PER_SOCKET} operations at a time. End one first.`,
        );
      }
      const document = parts.limits.parse(payload.query);
      const operation: Operation = { id, live, payload, plan: null };
      if (getOperationAST(document, payload.operationName)?.operation === 'subscription') {
        const planned = plan(payload);
        if ('errors' in planned) return planned.errors;
        operation.plan = planned.plan;
      }
      return { schema: parts.graph.schema, document, operationName: payload.operationName, contextValue: operation };
    } catch (error) {
      return [refusal(error)];
    }
  }

  const protocol = makeServer<Init, Connection>({
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    onConnect: connect,
    onPing: extend,
    onSubscribe: (context, id, payload) => accept(context, id, payload),
    onError: (_context, _id, _payload, errors) => publicErrors(errors),
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    execute: (args) => answer(parts, args.contextValue as Operation),
    subscribe: (args) => follow(parts, args.contextValue as Operation),
  });
  const sockets = serveSockets({ server: parts.server, protocol, log });
  const timer = setInterval(() => void recheck([...lives.values()]), RECHECK_EVERY_MS);

  /** One question per session and one per team it watches, whatever number of sockets it has. */
  async function recheck(checked: readonly LiveSocket[]): Promise<void> {
    const waiting = [...Map.groupBy(checked, (live) => live.viewer.sessionId)];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await recheckSession(signIn, ...next);
        await recheckTeams(parts, next[1]);
      }
    };
    await Promise.all(Array.from({ length: RECHECKS_AT_ONCE }, work));
  }

  return {
    accessChanged({ accountId, teamId, sessionId }) {
      const affected = [...lives.values()].filter((live) => live.viewer.accountId === accountId);
      if (sessionId) {
        for (const live of affected) if (live.viewer.sessionId === sessionId) live.end(FORBIDDEN, 'session ended');
      } else if (teamId) {
        endTeam(affected, teamId);
      } else void recheck(affected);
    },
    async recheckAll() {
      await recheck([...lives.values()]);
    },
    async close() {
      clearInterval(timer);
      await sockets.close();
    },
  };
}

type GraphQLErrors = Extract<ReturnType<ReturnType<typeof createSubscriptionPlanner>>, { errors: unknown }>['errors'];

function tokenIn(payload: Init | null): string | null {
  const token = payload?.['authorization'] ?? payload?.['Authorization'] ?? payload?.['token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

async function recheckSession(signIn: SignIn, sessionId: string, lives: readonly LiveSocket[]): Promise<void> {
  try {
    const viewer = await signIn.session({ sessionId, isActivity: false });
    for (const live of lives) live.viewer = viewer;
  } catch (error) {
    // While connections is down nobody is thrown out: the token still ends by itself within ten minutes.
    if (error instanceof AppError && error.code === 'UNAVAILABLE') return;
    const isIdle = error instanceof AppError && error.code === 'SESSION_IDLE';
    for (const live of lives) live.end(FORBIDDEN, isIdle ? 'session idle' : 'session ended');
  }
}

function endTeam(lives: readonly LiveSocket[], teamId: string): void {
  const lost = publicErrors([new AppError('NOT_FOUND', 'There is no such team, or you are not its coach any more.')]);
  for (const { member } of lives.flatMap((live) => [...live.streams].filter((stream) => stream.teamId === teamId))) {
    member.end(lost);
  }
}

const COACHES = 'query Coaches($id: ID!) { team(id: $id) { coaches { id } } }';

/** Ends the streams of teams the account does not coach any more. No answer at all takes nothing away. */
async function recheckTeams(parts: SubscriptionParts, lives: readonly LiveSocket[]): Promise<void> {
  const viewer = lives[0]?.viewer;
  const teamIds = new Set(lives.flatMap((live) => [...live.streams].flatMap(({ teamId }) => teamId ?? [])));
  if (viewer === undefined) return;
  for (const id of teamIds) {
    const response = await parts.apollo.executeOperation<{ team: { coaches: { id: string }[] } | null }>(
      { query: COACHES, variables: { id } },
      { contextValue: { viewer, requestId: newId() } },
    );
    if (response.body.kind !== 'single' || response.body.singleResult.errors) continue;
    const coaches = response.body.singleResult.data?.team?.coaches ?? [];
    if (!coaches.some((coach) => coach.id === viewer.accountId)) endTeam(lives, id);
  }
}

const refused = (error: unknown): ExecutionResult => ({ errors: publicErrors([error]) }) as unknown as ExecutionResult;

/** A query or mutation over the socket, as Apollo Server answers it over HTTP. */
async function answer(parts: SubscriptionParts, { live, payload }: Operation): Promise<ExecutionResult> {
  const isActivity = payload.extensions?.['background'] !== true;
  try {
    live.viewer = await parts.signIn.session({ sessionId: live.viewer.sessionId, isActivity });
  } catch (error) {
    return refused(error);
  }
  const response = await parts.apollo.executeOperation(
    {
      query: payload.query,
      ...(payload.variables ? { variables: payload.variables } : {}),
      ...(payload.operationName ? { operationName: payload.operationName } : {}),
    },
    { contextValue: { viewer: live.viewer, requestId: newId() } },
  );
  if (response.body.kind !== 'single') throw new Error('the gateway answers in one piece');
  return response.body.singleResult as ExecutionResult;
}

/**
 * A stream over the socket. Its frames are written past graphql-ws, so that an event is made into text once for all
 * clients; the iterator it gets only ends when the stream does. `return` releases at once, with no event in between.
 */
function follow(parts: SubscriptionParts, operation: Operation): OperationResult {
  const { live, payload } = operation;
  const plan = operation.plan as SubscriptionPlan;
  const { socket } = live;
  const frame = `{"id":${JSON.stringify(operation.id)},"type":"next","payload":`;
  const ending = Promise.withResolvers<IteratorReturnResult<undefined>>();
  const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let member: Member | null = null;
  let entry: OpenStream | null = null;

  const write = (text: string, written: () => void): void => socket.send(`${frame}${text}}`, written);
  function onEnd(errors: readonly GraphQLFormattedError[] | null): void {
    if (entry) live.streams.delete(entry);
    parts.metrics.subscriptions.dec({ kind: plan.rootField });
    if (errors && socket.readyState === socket.OPEN) write(JSON.stringify({ errors }), () => undefined);
    ending.resolve(done);
  }

  try {
    const joined = parts.hub.join({
      plan,
      variables: payload.variables ?? {},
      viewer: live.viewer,
      client: { outlet: { write, unsentBytes: () => socket.bufferedAmount }, onEnd },
    });
    parts.metrics.subscriptions.inc({ kind: plan.rootField });
    member = joined.member;
    entry = { member, teamId: joined.scope.teamId };
    live.streams.add(entry);
  } catch (error) {
    return refused(error);
  }
  const stop = async (): Promise<IteratorReturnResult<undefined>> => {
    member.end(null);
    return done;
  };
  const iterator: AsyncIterator<never> = { next: () => ending.promise, return: stop, throw: stop };
  return { ...iterator, [Symbol.asyncIterator]: () => iterator } as AsyncGenerator<never>;
}
