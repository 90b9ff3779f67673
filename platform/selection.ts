import { collectSubFields } from '@graphql-tools/utils';
import { getNamedType, isObjectType, type GraphQLResolveInfo } from 'graphql';

/** Whether the request asks for this field of what a resolver answers: by whatever alias or fragment, unless it is skipped. */
export function selects(info: GraphQLResolveInfo, field: string): boolean {
  const { schema, fragments, variableValues, fieldNodes } = info;
  const type = getNamedType(info.returnType);
  if (!isObjectType(type)) return false;
  const { fields } = collectSubFields(schema, fragments, variableValues, type, [...fieldNodes]);
  return [...fields.values()].flat().some(({ name }) => name.value === field);
}
