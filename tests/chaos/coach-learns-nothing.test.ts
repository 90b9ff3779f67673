import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { flagIdOf } from '../../subgraphs/insights/flags/flag-id.ts';
import { isChaos, seed, tell } from '../support/chaos.ts';
import { ASIDE, OWN } from './non-interference/asked.ts';
import { differences } from './non-interference/difference.ts';
import { lifeOf } from './non-interference/lives.ts';
import { LAST_DAY, nameOf, pairOf, SET_COUNT, SIDES, TICKS, type Pair } from './non-interference/pair.ts';
import { createSeen, type Seen } from './non-interference/seen.ts';
import { entitiesIn, openSide, SUBGRAPHS, TEAM, type Side, type SubgraphName } from './non-interference/side.ts';
import { watch, type Watching } from './non-interference/stream.ts';
import { reachable, surfaceOf, type Document } from './non-interference/surface.ts';

/** Each of the sixteen sets three times in a round, all of a round in one team. `ROUND=7` plays one round of a seed again. */
const PAIRS_IN_ROUND = 3 * SET_COUNT;
const ROUNDS = isChaos ? 21 : 1;
/** No more workouts than may show their series in one request. */
const ATHLETES_AT_ONCE = 16;
/** Before and after the slots of each zone, after the nights, and after the sessions of the day. */
const LOOKED_AT = [4, 7, 13, 16, 19];

const ACKNOWLEDGED_AT = 16;

const schemas = new Map<SubgraphName, GraphQLSchema>();
const documents: Document[] = [];
const asked = new Set<string>();
const seen: Seen = createSeen();
const graph = buildSchema(readFileSync('schema/api.graphql', 'utf8'));

beforeAll(async () => {
  for (const [name, build] of Object.entries(SUBGRAPHS) as [SubgraphName, (typeof SUBGRAPHS)[SubgraphName]][]) {
    const { schema } = await build();
    const surface = surfaceOf(name, schema);
    schemas.set(name, schema);
    documents.push(...surface.documents);
    for (const field of surface.fields) asked.add(field);
  }
});

test('every field that the graph has is asked for, or it is said why no coach asks for it', () => {
  const all = reachable(graph, ASIDE);
  expect([...all].filter((field) => !asked.has(field) && !(field in ASIDE))).toEqual([]);
  expect([...Object.keys(ASIDE), ...Object.keys(OWN)].filter((field) => !all.has(field))).toEqual([]);
});

/** All that the coach is answered at this moment, by what was asked. */
async function everything(side: Side, pairs: readonly Pair[]): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const { subgraph, entrance, text } of documents) {
    if (entrance === 'Subscription') continue;
    const ids = entrance === 'Athlete' ? pairs.map(({ athleteId }) => athleteId) : [TEAM];
    for (let at = 0; at < ids.length; at += ATHLETES_AT_ONCE) {
      const of = ids.slice(at, at + ATHLETES_AT_ONCE).map((id) => ({ __typename: entrance, id }));
      const answer = await side.ask({ subgraph, document: text, variables: { of, athlete: pairs[0]?.athleteId } });
      seen.note(schemas.get(subgraph) as GraphQLSchema, text, answer.data);
      answers[`${subgraph} ${entrance} from ${at}`] = answer;
    }
  }
  return answers;
}

/**
 * Lays flags aside: those that are shown, and what a coach may guess of others. Whether there was a flag is told by the
 * answer, so that it may only be one of the coach's own view.
 */
async function acknowledge(side: Side): Promise<unknown[]> {
  const document = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Team {
    roster(first: 500) { edges { node { athlete { id } flags { id } } } } } } }`;
  const variables = { of: [{ __typename: 'Team', id: TEAM }] };
  const { data } = await side.ask({ subgraph: 'insights', document, variables });
  type Row = { athlete: { id: string }; flags: { id: string }[] };
  const [team] = entitiesIn<{ roster: { edges: { node: Row }[] } }>(data);
  const rows = team.roster.edges.map(({ node }) => node);
  const guessed = rows.map(({ athlete: { id: athleteId } }, at) =>
    flagIdOf({ athleteId, teamId: TEAM, code: GUESSED[at % GUESSED.length] ?? 'DATA_GAP', openedOn: LAST_DAY }),
  );
  const shown = rows.flatMap(({ flags }) => flags.map(({ id }) => id)).slice(0, 12);
  const answers: unknown[] = [];
  for (const id of [...shown, ...guessed]) {
    const mutation = 'mutation ($id: ID!) { acknowledgeFlag(id: $id) { id code openedOn acknowledgedAt } }';
    answers.push(await side.ask({ subgraph: 'insights', document: mutation, variables: { id } }));
  }
  return answers;
}

const GUESSED = ['READINESS_LOW', 'RHR_ELEVATED', 'SLEEP_SHORT'] as const;

const SUBSCRIPTION = (): string => documents.find(({ entrance }) => entrance === 'Subscription')?.text ?? '';

async function openStream(side: Side, since?: string): Promise<Watching> {
  const schema = schemas.get('insights') as GraphQLSchema;
  const cursor = since === undefined ? 'since: null' : `since: ${JSON.stringify(since)}`;
  const document = SUBSCRIPTION().replace('since: null', cursor);
  return await watch(side, { schema, document, ...(since === undefined ? {} : { since }) });
}

/** An event as it came over the wire. */
function read(text: string | null): unknown {
  const event = JSON.parse(text ?? 'null') as { data: unknown } | null;
  if (event) seen.note(schemas.get('insights') as GraphQLSchema, SUBSCRIPTION(), event.data);
  return event;
}

const cursorIn = (event: string | null): string | undefined => /"cursor":"([^"]+)"/.exec(event ?? '')?.[1];

async function playRound(round: number): Promise<void> {
  const pairs = Array.from({ length: PAIRS_IN_ROUND }, (_, at) => pairOf(seed, round * PAIRS_IN_ROUND + at));
  const sides = await Promise.all(
    SIDES.map((side) =>
      openSide(
        pairs,
        pairs.map((pair) => lifeOf(seed, pair, side)),
      ),
    ),
  );
  const sockets: Watching[][] = [[], []];
  const firstCursors: (string | undefined)[] = [];
  try {
    for (const tick of TICKS.keys()) {
      const told = await Promise.all(
        sides.map(async (side, at) => {
          await side.live(tick);
          const announced = side.announced();
          if (tick === 1) sockets[at]?.push(await openStream(side));
          const events: (string | null)[] = [];
          for (const socket of sockets[at] ?? []) events.push(await socket.hear(announced));
          if (tick === 1) firstCursors[at] = cursorIn(events[0] ?? null);
          if (tick === 8 || tick === 19) {
            const again = await openStream(side, firstCursors[at]);
            events.push(await again.hear([]));
            await again.close();
          }
          const answers = LOOKED_AT.includes(tick) ? await everything(side, pairs) : {};
          const laidAside = tick === ACKNOWLEDGED_AT ? await acknowledge(side) : [];
          return { events: events.map(read), ...answers, laidAside };
        }),
      );
      const [one, other] = told;
      if (JSON.stringify(one) === JSON.stringify(other)) continue;
      const at = `tick ${tick}, ${TICKS[tick]?.toISOString()}`;
      expect({ at, parted: differences(one, other).map((line) => named(line, pairs)) }).toEqual({ at, parted: [] });
    }
  } finally {
    for (const socket of sockets.flat()) await socket.close();
    await Promise.all(sides.map((side) => side.close()));
  }
}

/** An answer's place among the athletes, as the pair that it is. */
const named = (line: string, pairs: readonly Pair[]): string =>
  pairs.reduce(
    (text, pair, at) =>
      text
        .replace(
          `Athlete from ${at - (at % ATHLETES_AT_ONCE)}.data._entities.${at % ATHLETES_AT_ONCE}.`,
          `${nameOf(pair)}.`,
        )
        .replace(pair.athleteId, nameOf(pair)),
    line,
  );

const only = process.env['ROUND'];
const rounds = only === undefined ? Array.from({ length: ROUNDS }, (_, round) => round) : [Number(only)];

test(
  `what a coach can fetch is the same to the byte, whatever is withheld (CHAOS_SEED=${seed}, ${rounds.length * PAIRS_IN_ROUND} pairs)`,
  async () => {
    const startedAt = Date.now();
    for (const round of rounds) {
      await playRound(round).catch((error: unknown) => {
        throw new Error(`round ${round}: repeat it with CHAOS_SEED=${seed} ROUND=${round}`, { cause: error });
      });
      tell(`${(round + 1) * PAIRS_IN_ROUND} pairs, ${Date.now() - startedAt} ms`);
    }
  },
  isChaos ? 7_200_000 : 300_000,
);

test('each field that a coach reads had a value, and those that are the athlete’s alone never had one', () => {
  const withValue = seen.fieldsWithValue();
  const readable = [...reachable(graph, { ...ASIDE, ...OWN })].filter((field) => asked.has(field) && !(field in OWN));
  expect(readable.filter((field) => !withValue.has(field)).toSorted()).toEqual([]);
  expect(Object.keys(OWN).filter((field) => withValue.has(field))).toEqual([]);
});
