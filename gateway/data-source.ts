import type { GraphQLDataSource } from '@apollo/gateway';
import type { GraphQLFormattedError } from 'graphql';
import { ASSERTION_HEADER, signAssertion } from '#platform/identity';
import type { Logger } from '#platform/log';
import type { GatewayContext } from './context.ts';
import { notAnswering } from './public-errors.ts';
import { ANSWER_WITHIN_MS, type Subgraph } from './subgraphs.ts';

/**
 * One GraphQL call to one subgraph. Headers are made here and nowhere else: nothing a client sends as a header
 * reaches a subgraph, only the assertion over the exact body.
 * Never rejects: a subgraph that is down, late or wrong becomes an UNAVAILABLE error without addresses beside the data
 * of the others.
 */
export function createDataSource(options: { subgraph: Subgraph; log: Logger }): GraphQLDataSource<GatewayContext> {
  const { subgraph, log } = options;
  return {
    async process({ request, context }) {
      const { viewer, requestId, clientAddress } = context as GatewayContext;
      const body = JSON.stringify({
        query: request.query,
        variables: request.variables,
        operationName: request.operationName,
      });
      try {
        const response = await subgraph.pool.request({
          method: 'POST',
          path: '/graphql',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            [ASSERTION_HEADER]: signAssertion({ key: subgraph.key, viewer, requestId, clientAddress, body }),
          },
          body,
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        const text = await response.body.text();
        if (response.statusCode >= 500) throw new Error(`${subgraph.name} answered with status ${response.statusCode}`);
        return answerOf(text, subgraph.name);
      } catch (error) {
        log.warn({ err: error, subgraph: subgraph.name, requestId }, 'a subgraph did not answer');
        const { code, message } = notAnswering(subgraph.name);
        return { errors: [{ message, extensions: { code } }] };
      }
    },
  };
}

interface Answer {
  data?: Record<string, unknown>;
  errors?: GraphQLFormattedError[];
}

function answerOf(text: string, name: string): Answer {
  const answer = JSON.parse(text) as Answer;
  if (answer.data === undefined && !Array.isArray(answer.errors))
    throw new Error(`${name} answered something else than GraphQL`);
  return answer;
}
