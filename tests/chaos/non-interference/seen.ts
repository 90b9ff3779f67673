import { parse, TypeInfo, visit, visitWithTypeInfo, type GraphQLSchema } from 'graphql';

/** Which fields answered something: a comparison of nulls proves nothing. */
export interface Seen {
  note(schema: GraphQLSchema, document: string, data: unknown): void;
  fieldsWithValue(): Set<string>;
}

export function createSeen(): Seen {
  const fields = new Set<string>();
  return {
    note(schema, document, data) {
      const type = new TypeInfo(schema);
      // Every value at the place that is being visited, of all entries of the lists on the way.
      const places: unknown[][] = [[data]];
      visit(
        parse(document),
        visitWithTypeInfo(type, {
          Field: {
            enter(node) {
              const key = node.alias?.value ?? node.name.value;
              const values = (places.at(-1) ?? []).flatMap((one) => flat((one as Record<string, unknown>)[key]));
              if (values.length > 0) fields.add(`${type.getParentType()?.name}.${node.name.value}`);
              places.push(values);
            },
            leave: () => void places.pop(),
          },
        }),
      );
    },
    fieldsWithValue: () => fields,
  };
}

const flat = (value: unknown): unknown[] =>
  Array.isArray(value) ? value.flatMap(flat) : value === null || value === undefined ? [] : [value];
