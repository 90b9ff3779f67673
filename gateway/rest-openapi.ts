import { z } from 'zod';
import { MAX_DAYS, type DayNames } from './rest-parameters.ts';

/** Where all REST addresses begin. */
export const REST_ROOT = '/api/v1';

/** What the description needs to know of one address. */
export interface DescribedRoute {
  /** Below `REST_ROOT`, with `:id` for the athlete. */
  path: string;
  operationId: string;
  summary: string;
  days: DayNames | null;
  shape: z.ZodType;
}

const PROBLEM = z.object({
  type: z.string(),
  status: z.int(),
  code: z.string().describe('Stable, in lower case.'),
  detail: z.string().describe('For people.'),
});

const REFUSALS = {
  '400': 'bad_user_input: a parameter is missing or wrong; the detail says which and why.',
  '401': 'unauthenticated: no valid access token. session_idle: the session was not used for a while.',
  '403': 'forbidden: the signed-in account is not an athlete.',
  '404': 'not_found: there is no such athlete among those the signed-in account may know.',
  '500': 'internal',
  '503': 'unavailable: a part of the service is not answering. Try again after Retry-After seconds.',
};

/** OpenAPI 3.1 of exactly these addresses and of the one it is read at. */
export function describeRest(routes: readonly DescribedRoute[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Athlete Ally',
      version: '1',
      summary: 'Simple reads for clients that do not speak GraphQL.',
      description:
        'Each address is one stored operation of the graph, with its sign-in and its consent: what an athlete does not ' +
        'share has the state NOT_SHARED and no values. Days are calendar days of the athlete’s own zone.',
    },
    servers: [{ url: REST_ROOT }],
    security: [{ accessToken: [] }],
    paths: {
      ...Object.fromEntries(
        routes.map((route) => [route.path.replace(/:(\w+)/g, '{$1}'), { get: describeRoute(route) }]),
      ),
      '/openapi.json': {
        get: {
          operationId: 'describe',
          summary: 'This description.',
          security: [],
          responses: { '200': answer('The description.', { type: 'object' }) },
        },
      },
    },
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The accessToken that the mutation login answers.',
        },
      },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `refused${status}`,
          {
            description,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
      schemas: { Problem: schemaOf(PROBLEM) },
    },
  };
}

function describeRoute({ path, operationId, summary, days, shape }: DescribedRoute): Record<string, unknown> {
  const hasId = path.includes(':id');
  const statuses = Object.keys(REFUSALS).filter(
    (status) => (status !== '400' || days !== null) && status !== (hasId ? '403' : ''),
  );
  return {
    operationId,
    summary,
    parameters: [
      ...(hasId
        ? [{ name: 'id', in: 'path', required: true, description: 'The athlete.', schema: { type: 'string' } }]
        : []),
      ...(days ?? []).map((name, index) => ({
        name,
        in: 'query',
        required: true,
        description: index === 0 ? 'The first day.' : `The last day, included. At most ${MAX_DAYS} days at once.`,
        schema: { type: 'string', format: 'date' },
      })),
    ],
    responses: {
      '200': answer(summary, schemaOf(shape)),
      ...Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/refused${status}` }])),
    },
  };
}

const answer = (description: string, schema: object) => ({ description, content: { 'application/json': { schema } } });

function schemaOf(shape: z.ZodType): object {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape);
  return schema;
}
