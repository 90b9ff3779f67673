import { z } from 'zod';
import { MOST_DAYS } from '#platform/stretch';
import { ROSTER_CSV_PATH } from './rest-csv.ts';
import type { DayNames } from './rest-parameters.ts';

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
  '404':
    'not_found: there is no such athlete or team among those the signed-in account may know, or the link has ended.',
  '429': 'rate_limited: the same was asked too often. Try again after Retry-After seconds.',
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
      [ROSTER_CSV_PATH.replace(':id', '{id}')]: { get: describeRosterCsv() },
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
        description: index === 0 ? 'The first day.' : `The last day, included. At most ${MOST_DAYS} days at once.`,
        schema: { type: 'string', format: 'date' },
      })),
    ],
    responses: {
      '200': answer(summary, schemaOf(shape)),
      ...Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/refused${status}` }])),
    },
  };
}

const text = (name: string, description: string) => ({
  ...{ name, in: 'query', required: false, description },
  schema: { type: 'string' },
});

function describeRosterCsv(): Record<string, unknown> {
  return {
    operationId: 'teamReadinessCsv',
    summary: 'The roster of a team as a file, a line for each athlete and day. For coaches of the team.',
    description:
      'By a link of the mutation rosterCsvLink, or with an access token. What is withheld is written not_shared, what ' +
      'is unknown is empty. A file that was fetched cannot be called back.',
    security: [{ accessToken: [] }, {}],
    parameters: [
      { name: 'id', in: 'path', required: true, description: 'The team.', schema: { type: 'string' } },
      text('link', 'What rosterCsvLink answered; it says the days and the filter.'),
      {
        ...text('days', 'With an access token: the last so many days of each athlete, 1 to 90; today if left out.'),
        schema: { type: 'integer', minimum: 1, maximum: 90 },
      },
      text('bom', '1: begin with a byte-order mark.'),
    ],
    responses: {
      '200': {
        description: 'RFC 4180 in UTF-8, with a head line.',
        content: { 'text/csv': { schema: { type: 'string' } } },
      },
      ...Object.fromEntries(
        Object.keys(REFUSALS)
          .filter((status) => status !== '403')
          .map((status) => [status, { $ref: `#/components/responses/refused${status}` }]),
      ),
    },
  };
}

const answer = (description: string, schema: object) => ({ description, content: { 'application/json': { schema } } });

function schemaOf(shape: z.ZodType): object {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape);
  return schema;
}
