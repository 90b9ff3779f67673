import type { CodegenConfig } from '@graphql-codegen/cli';

/** Both scalars travel as strings: `Date` as YYYY-MM-DD, `DateTime` as RFC 3339 with an offset. */
const overTheWire = {
  Date: { input: 'string', output: 'string' },
  DateTime: { input: 'string', output: 'string' },
};

/** Inside a subgraph an instant is a JavaScript `Date`; a calendar day stays text. */
const inCode = {
  Date: { input: 'string', output: 'string' },
  DateTime: { input: 'Date', output: 'Date' },
  ID: { input: 'string', output: 'string' },
  _FieldSet: { input: 'string', output: 'string' },
};

/** Typed documents for the dashboard out of the client-facing graph that schema/build.ts prints. */
const dashboard: CodegenConfig['generates'] = {
  'dashboard/graphql/': {
    preset: 'client',
    schema: 'schema/api.graphql',
    documents: ['dashboard/**/*.graphql'],
    presetConfig: { fragmentMasking: false, skipIndexFile: true },
    config: {
      scalars: overTheWire,
      enumsAsTypes: true,
      useTypeImports: true,
      skipTypename: true,
      defaultScalarType: 'never',
      strictScalars: true,
    },
  },
};

/** What the resolvers of each subgraph must answer, as its SDL says. Held against the code by tests/contracts/resolver-types.ts. */
const resolvers: CodegenConfig['generates'] = Object.fromEntries(
  ['connections', 'health-data', 'insights'].map((name) => [
    `schema/generated/${name}.ts`,
    {
      schema: `schema/${name}.graphql`,
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        scalars: inCode,
        enumsAsTypes: true,
        useTypeImports: true,
        skipTypename: true,
        avoidOptionals: true,
        maybeValue: 'T | null',
        strictScalars: true,
        federation: true,
      },
    },
  ]),
);

const config: CodegenConfig = {
  importExtension: '.ts',
  silent: true,
  generates: { ...dashboard, ...resolvers },
};

export default config;
