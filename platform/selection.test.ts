import { buildSchema, graphql, type GraphQLResolveInfo } from 'graphql';
import { selects } from './selection.ts';

const schema = buildSchema('type Query { plan: [Session!] } type Session { id: ID title: String suggestion: String }');

/** What a resolver of `plan` is told of `suggestion`. */
async function isAsked(source: string): Promise<boolean | undefined> {
  let asked: boolean | undefined;
  const plan = (_: unknown, __: unknown, info: GraphQLResolveInfo) => {
    asked = selects(info, 'suggestion');
    return [];
  };
  const { errors } = await graphql({ schema, source, rootValue: { plan } });
  expect(errors).toBeUndefined();
  return asked;
}

test.each([
  ['by its name', '{ plan { id suggestion } }'],
  ['by an alias', '{ plan { advice: suggestion } }'],
  ['in a fragment', '{ plan { ...Part } } fragment Part on Session { suggestion }'],
  ['in a part without a name', '{ plan { ... { ... on Session { suggestion } } } }'],
  ['in one of two places', '{ plan { id } ...Rest } fragment Rest on Query { plan { suggestion } }'],
  ['where it is included', '{ plan { suggestion @include(if: true) } }'],
])('a field is asked for %s', async (_how, source) => expect(await isAsked(source)).toBe(true));

test.each([
  ['left out', '{ plan { id title } }'],
  ['skipped', '{ plan { id suggestion @skip(if: true) } }'],
  ['of another, which has taken its name', '{ plan { suggestion: title } }'],
])('and is not asked for where it is %s', async (_how, source) => expect(await isAsked(source)).toBe(false));
