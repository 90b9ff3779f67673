import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { ARGUMENTS, ASIDE, OF_AN_EVENT, type Asking } from './asked.ts';
import type { SubgraphName } from './side.ts';

/** A type and one of its fields, such as `Athlete.hrv`. */
type FieldName = string;

/** A document with every field of one entrance to the graph. */
export interface Document {
  subgraph: SubgraphName;
  entrance: 'Query' | 'Athlete' | 'Team' | 'Subscription';
  text: string;
}

export interface Surface {
  documents: Document[];
  /** All that some document asks for. */
  fields: Set<FieldName>;
}

/** What belongs to another subgraph stands in it as a key; its fields are asked for by that key, as the gateway does. */
const ENTITIES = ['Athlete', 'Team'];

/**
 * Documents that ask a subgraph for all it has, made from its schema: a new field is in them by itself. A field with
 * arguments is asked as `ARGUMENTS` says, and one of which nothing is said there is an error that names it.
 */
export function surfaceOf(subgraph: SubgraphName, schema: GraphQLSchema): Surface {
  const fields = new Set<FieldName>();
  const select = (type: GraphQLObjectType, path: readonly string[]): string =>
    Object.values(type.getFields())
      .flatMap((field) => {
        const name = `${type.name}.${field.name}`;
        if (field.name.startsWith('_') || name in ASIDE) return [];
        fields.add(name);
        return asked(name, field).map(({ args, selection }, at) => {
          const alias = at === 0 ? '' : `${field.name}_${at}: `;
          return `${alias}${field.name}${args} ${selection ?? selectionOf(field, [...path, type.name])}`;
        });
      })
      .join('\n');

  function selectionOf(field: GraphQLField<unknown, unknown>, path: readonly string[]): string {
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return '';
    if (!isObjectType(type)) throw new Error(`${type.name} is no object type: say how it is asked for.`);
    if (!ENTITIES.includes(type.name)) return `{ ${select(type, path)} }`;
    return path.includes('Subscription') ? OF_AN_EVENT : '{ id }';
  }

  const documents: Document[] = [];
  for (const [entrance, type] of Object.entries({
    Query: schema.getQueryType(),
    Subscription: schema.getSubscriptionType(),
  })) {
    const body = type ? Object.values(type.getFields()).length > 0 && select(type, []) : '';
    if (!body || body.trim() === '') continue;
    const variables = body.includes('$athlete') ? '($athlete: ID!)' : '';
    const text = `${entrance.toLowerCase()} ${variables} { ${body} }`;
    documents.push({ subgraph, entrance: entrance as Document['entrance'], text });
  }
  for (const entrance of ['Athlete', 'Team'] as const) {
    const type = schema.getType(entrance);
    if (!isObjectType(type)) continue;
    const text = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${entrance} { ${select(type, [])} } } }`;
    documents.push({ subgraph, entrance, text });
  }
  for (const { name, problem } of unasked(schema, fields)) throw new Error(`${name} ${problem}`);
  return { documents, fields };
}

function asked(name: FieldName, field: GraphQLField<unknown, unknown>): readonly Asking[] {
  if (field.args.length === 0) return [{ args: '' }];
  const ways = ARGUMENTS[name];
  if (!ways) throw new Error(`${name} has arguments: say in asked.ts how a coach asks for it, or why none can.`);
  return ways;
}

/** Arguments that no way of asking names; values of enums and parts of filters that none does of any field that takes them. */
function unasked(schema: GraphQLSchema, fields: ReadonlySet<FieldName>): { name: string; problem: string }[] {
  const asked = [...fields].flatMap((name) => {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = schema.getType(typeName);
    const text = (ARGUMENTS[name] ?? []).map(({ args }) => args).join(' ');
    const args = isObjectType(type) ? (type.getFields()[fieldName]?.args ?? []) : [];
    return args.map((argument) => ({ name, text, argument: argument.name, type: getNamedType(argument.type) }));
  });
  return asked.flatMap(({ name, text, argument, type }) => {
    const sameType = asked.filter((other) => other.type === type).map((other) => other.text);
    const missing = wordsOf(type).filter((word) => !isNamed(word, sameType.join(' ')));
    return [...(isNamed(argument, text) ? [] : [argument]), ...missing].map((word) => ({
      name,
      problem: `is never asked with "${word}". Add it in asked.ts.`,
    }));
  });
}

const isNamed = (word: string, text: string): boolean => new RegExp(`\\b${word}\\b`).test(text);

function wordsOf(type: unknown): string[] {
  // Providers are many and treated alike: some of them are asked for.
  if (isEnumType(type)) return type.name === 'Provider' ? [] : type.getValues().map(({ name }) => name);
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [field.name, ...wordsOf(getNamedType(field.type))]);
}

/** Every field that can be reached from where clients begin, without looking below those that are left out. */
export function reachable(schema: GraphQLSchema, leftOut: Readonly<Record<FieldName, string>>): Set<FieldName> {
  const found = new Set<FieldName>();
  const seen = new Set<string>();
  const walk = (type: unknown): void => {
    if (!isObjectType(type) || seen.has(type.name)) return;
    seen.add(type.name);
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      found.add(name);
      if (!(name in leftOut)) walk(getNamedType(field.type));
    }
  };
  walk(schema.getQueryType());
  walk(schema.getSubscriptionType());
  return found;
}
