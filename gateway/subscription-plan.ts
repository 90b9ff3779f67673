import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { operationFromDocument } from '@apollo/federation-internals';
import {
  GraphQLError,
  Kind,
  TypeInfo,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  print,
  separateOperations,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import { keepNewest } from '#platform/keep-newest';
import { AppError } from '#platform/errors';
import type { Limits } from './limits.ts';
import type { SubgraphName } from './subgraphs.ts';
import type { ComposedGraph } from './supergraph.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The variable that carries `since` in a planned operation, whatever the client wrote there. */
const SINCE = 'athlete_ally_since';
/** The hidden field by which changes of one athlete find each other; removed before an event is sent. */
export const ATHLETE_KEY = 'athlete_ally_athlete';

/** One subscription, planned once for its text: what runs upstream, and what is joined to each of its events. */
export interface SubscriptionPlan {
  /** The planned document as text; equal texts may share. `since` is not part of it. */
  text: string;
  document: DocumentNode;
  operationName: string | undefined;
  rootField: string;
  /** Where an event has its parts, by the client's own aliases. */
  keys: { root: string; gap: readonly string[]; changes: readonly string[] };
  primary: FetchNode & { serviceName: SubgraphName };
  rest: PlanNode | undefined;
  /** The arguments of the root field. Throws a GraphQLError when any variable of the operation is wrong. */
  argumentsOf(variables: Variables): Record<string, unknown>;
  /** The variables that make a difference to what is shared: those the operation declares, without `since`. */
  sharedVariables(variables: Variables): Record<string, unknown>;
  /** `variables` of a request to the primary subgraph. */
  primaryVariables(variables: Variables, since: string | null): Record<string, unknown>;
}

export type Planned = { plan: SubscriptionPlan } | { errors: readonly GraphQLError[] };

const REMEMBERED = 100;

/** Plans subscriptions, and remembers the last hundred. Throws AppError or GraphQLError for text that is refused. */
export function createSubscriptionPlanner(options: {
  graph: ComposedGraph;
  limits: Limits;
}): (request: { query: string; operationName?: string | null | undefined }) => Planned {
  const plans = new Map<string, SubscriptionPlan>();
  return ({ query, operationName }) => {
    const name = operationName ?? undefined;
    const key = `${name ?? ''}\n${query}`;
    let plan = plans.get(key);
    if (!plan) {
      const document = options.limits.parse(query);
      const errors = validate(options.graph.schema, document);
      if (errors.length > 0) return { errors };
      plan = planOf({ graph: options.graph, document, operationName: name });
    }
    // Put last again: the oldest out is the one not used for longest.
    keepNewest(plans, [key, plan], REMEMBERED);
    return { plan };
  };
}

function planOf(options: {
  graph: ComposedGraph;
  document: DocumentNode;
  operationName: string | undefined;
}): SubscriptionPlan {
  const { graph, operationName } = options;
  const { document, root, rootOriginal, gap, changes } = prepare(options.document, operationName, graph.schema);
  const operation = operationOf(document, operationName);
  const plan = graph.planner.buildQueryPlan(
    operationFromDocument(graph.apiSchema, document, operationName === undefined ? {} : { operationName }),
  );
  if (plan.node?.kind !== 'Subscription') throw new Error('the planner made no subscription of a subscription');
  const { primary, rest } = plan.node;
  const field = graph.schema.getSubscriptionType()?.getFields()[root.name.value];
  if (!field) throw new Error(`the schema has no subscription ${root.name.value}`);
  const declared = (operation.variableDefinitions ?? [])
    .map((definition) => definition.variable.name.value)
    .filter((name) => name !== SINCE);
  const sinceVariable = variableOf(sinceOf(rootOriginal));
  const shared = declared.filter((name) => name !== sinceVariable);
  return {
    text: print(document),
    document,
    operationName,
    rootField: root.name.value,
    keys: { root: (root.alias ?? root.name).value, gap, changes },
    primary: primary as SubscriptionPlan['primary'],
    rest,
    argumentsOf(variables) {
      const { errors, coerced } = getVariableValues(graph.schema, operation.variableDefinitions ?? [], {
        ...variables,
      });
      if (errors?.[0]) throw errors[0];
      return getArgumentValues(field, rootOriginal, coerced ?? {});
    },
    sharedVariables: (variables) => pick(variables, shared),
    primaryVariables: (variables, since) => ({
      ...pick(
        variables,
        (primary.variableUsages ?? []).filter((name) => name !== SINCE),
      ),
      ...(since === null ? {} : { [SINCE]: since }),
    }),
  };
}

function operationOf(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation)
    throw new AppError('BAD_USER_INPUT', 'The operation to run is not clear. Send its name as operationName.');
  return operation;
}

/**
 * The document as it is planned: `since` always comes in one variable of our own, so that it can be left out of what is
 * shared, and each change tells its athlete. Collects the names the client gave to `gap` and `changes` on the way.
 */
function prepare(whole: DocumentNode, operationName: string | undefined, schema: GraphQLSchema) {
  const name = operationOf(whole, operationName).name?.value ?? '';
  const document = separateOperations(whole)[name] as DocumentNode;
  const types = new TypeInfo(schema);
  const gap = new Set<string>();
  const changes = new Set<string>();
  let rootOriginal: FieldNode | null = null;
  const prepared = visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter(node) {
          const parent = types.getParentType()?.name;
          const responseName = (node.alias ?? node.name).value;
          if (parent === 'Subscription') {
            rootOriginal = node;
            return withSinceVariable(node);
          }
          if (parent !== 'ReadinessEvent') return undefined;
          if (node.name.value === 'gap') gap.add(responseName);
          if (node.name.value !== 'changes' || !node.selectionSet) return undefined;
          changes.add(responseName);
          return {
            ...node,
            selectionSet: { ...node.selectionSet, selections: [...node.selectionSet.selections, ATHLETE_FIELD] },
          };
        },
      },
      OperationDefinition: {
        leave: (node) => ({ ...node, ...withSinceDefinition(node) }),
      },
    }),
  );
  const original = rootOriginal as FieldNode | null;
  if (original === null)
    throw new AppError('BAD_USER_INPUT', 'This is no subscription. Send it as a query or a mutation.');
  if ((original.directives?.length ?? 0) > 0) {
    throw new AppError(
      'BAD_USER_INPUT',
      'The subscribed field itself takes no directives. Remove them and subscribe again.',
    );
  }
  return { document: prepared, root: original, rootOriginal: original, gap: [...gap], changes: [...changes] };
}

const ATHLETE_FIELD: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: ATHLETE_KEY },
  name: { kind: Kind.NAME, value: 'athleteId' },
};

const sinceOf = (field: FieldNode): ValueNode | undefined =>
  field.arguments?.find((argument) => argument.name.value === 'since')?.value;
const variableOf = (value: ValueNode | undefined): string | undefined =>
  value?.kind === Kind.VARIABLE ? value.name.value : undefined;

function withSinceVariable(field: FieldNode): FieldNode {
  const value: ValueNode = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: SINCE } };
  return {
    ...field,
    arguments: (field.arguments ?? []).map((argument) =>
      argument.name.value === 'since' ? { ...argument, value } : argument,
    ),
  };
}

function withSinceDefinition(operation: OperationDefinitionNode): Pick<OperationDefinitionNode, 'variableDefinitions'> {
  return {
    variableDefinitions: [
      ...(operation.variableDefinitions ?? []),
      {
        kind: Kind.VARIABLE_DEFINITION,
        variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: SINCE } },
        type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'String' } },
      },
    ],
  };
}

function pick(variables: Variables, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names.toSorted()) {
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) picked[name] = variables[name];
  }
  return picked;
}
