import { createHash } from 'node:crypto';
import {
  GraphQLError,
  Kind,
  parse,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '#platform/errors';

/** What one document may ask for. Counted with fragments spelled out, before anything is validated or planned. */
export const LIMITS = {
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  rootFields: 10,
  directives: 20,
  /** As many as a document without fragments could hold: fragments must not multiply the work. */
  fields: 2_000,
} as const;

/** An introspection query of an IDE goes 15 deep; counted only where introspection is on at all. */
const INTROSPECTION_DEPTH = 20;

const ADVICE: Record<keyof typeof LIMITS, string> = {
  tokens: 'Ask for fewer fields, or split the operation.',
  depth: 'Ask for the inner objects in an operation of their own.',
  aliases: 'Ask for fewer variants of a field in one operation.',
  rootFields: 'Split the operation.',
  directives: 'Send the operation without the parts you do not need, rather than switching them off.',
  fields: 'Use fewer fragments inside fragments.',
};

/** Names that would reach into an object's prototype when an answer is built. */
const REFUSED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const REMEMBERED = 2_000;

export interface Limits {
  /** Throws OPERATION_TOO_COMPLEX naming the limit. Says nothing about text that does not parse: validation will. */
  check(text: unknown): void;
  /** The parsed document. Throws OPERATION_TOO_COMPLEX, or a GraphQLError for text that does not parse. */
  parse(text: string): DocumentNode;
}

/** `mayIntrospect`: whether introspection is answered here, and then may be as deep as it is. */
export function createLimits(options: { mayIntrospect: boolean }): Limits {
  const passed = new Set<string>();

  function parseWithinLimits(text: string): DocumentNode {
    const document = parseCounting(text);
    measureDocument(document, options.mayIntrospect);
    return document;
  }

  return {
    parse: parseWithinLimits,
    check(text) {
      if (typeof text !== 'string') return;
      const hash = createHash('sha256').update(text).digest('base64');
      if (passed.has(hash)) return;
      try {
        parseWithinLimits(text);
      } catch (error) {
        if (error instanceof GraphQLError) return;
        throw error;
      }
      passed.add(hash);
      if (passed.size > REMEMBERED) passed.delete(passed.values().next().value as string);
    },
  };
}

function parseCounting(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message)) throw tooComplex('tokens');
    throw error;
  }
}

function tooComplex(limit: keyof typeof LIMITS): AppError {
  return new AppError(
    'OPERATION_TOO_COMPLEX',
    `The operation is over the limit "${limit}" of ${LIMITS[limit]}. ${ADVICE[limit]}`,
  );
}

interface Measure {
  depth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  fields: number;
}

function measureDocument(document: DocumentNode, mayIntrospect: boolean): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measure = createMeasure(fragments);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const variable of definition.variableDefinitions ?? []) refuseName(variable.variable.name.value);
    const measured = measure(definition.selectionSet);
    measured.directives += count(definition.directives);
    const depth = mayIntrospect && isIntrospection(definition.selectionSet) ? INTROSPECTION_DEPTH : LIMITS.depth;
    if (measured.depth > depth) throw tooComplex('depth');
    for (const limit of ['aliases', 'rootFields', 'directives', 'fields'] as const) {
      if (measured[limit] > LIMITS[limit]) throw tooComplex(limit);
    }
  }
}

/**
 * Each fragment is measured once and its numbers are added wherever it is spread, so a document that doubles with
 * each fragment costs no more than its text. A fragment inside itself is infinitely deep.
 */
function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => Measure {
  const known = new Map<string, Measure | 'measuring'>();

  function ofFragment(name: string): Measure {
    const found = known.get(name);
    if (found === 'measuring') throw tooComplex('depth');
    if (found) return found;
    known.set(name, 'measuring');
    const fragment = fragments.get(name);
    const measured = fragment ? ofSet(fragment.selectionSet) : empty();
    known.set(name, measured);
    return measured;
  }

  function ofSet(set: SelectionSetNode): Measure {
    const total = empty();
    for (const selection of set.selections) {
      total.directives += count(selection.directives);
      if (selection.kind === Kind.FIELD) {
        refuseName((selection.alias ?? selection.name).value);
        const inner = selection.selectionSet ? ofSet(selection.selectionSet) : empty();
        add(total, { ...inner, depth: inner.depth + 1, rootFields: 1, fields: inner.fields + 1 });
        if (selection.alias) total.aliases++;
      } else {
        add(
          total,
          selection.kind === Kind.INLINE_FRAGMENT ? ofSet(selection.selectionSet) : ofFragment(selection.name.value),
        );
      }
    }
    return total;
  }

  return ofSet;
}

const empty = (): Measure => ({ depth: 0, aliases: 0, rootFields: 0, directives: 0, fields: 0 });
const count = (directives: readonly DirectiveNode[] | undefined): number => directives?.length ?? 0;

function add(total: Measure, part: Measure): void {
  total.depth = Math.max(total.depth, part.depth);
  total.aliases += part.aliases;
  total.rootFields += part.rootFields;
  total.directives += part.directives;
  total.fields += part.fields;
}

function refuseName(name: string): void {
  if (!REFUSED_NAMES.has(name)) return;
  throw new AppError(
    'OPERATION_TOO_COMPLEX',
    `The name "${name}" cannot be used in an operation. Choose another alias.`,
  );
}

const isIntrospection = (set: SelectionSetNode): boolean =>
  set.selections.every((selection) => selection.kind === Kind.FIELD && /^__(schema|type)$/.test(selection.name.value));
