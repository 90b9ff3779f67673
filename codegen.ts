import type { CodegenConfig } from '@graphql-codegen/cli';

/** Both scalars travel as strings: `Date` as YYYY-MM-DD, `DateTime` as RFC 3339 with an offset. */
const scalars = {
  Date: { input: 'string', output: 'string' },
  DateTime: { input: 'string', output: 'string' },
};

/** Typed documents for the dashboard out of the client-facing graph that schema/build.ts prints. */
const dashboard: CodegenConfig['generates'] = {
  'dashboard/graphql/': {
    preset: 'client',
    schema: 'schema/api.graphql',
    documents: ['dashboard/**/*.graphql'],
    presetConfig: { fragmentMasking: false, skipIndexFile: true },
    config: {
      scalars,
      enumsAsTypes: true,
      useTypeImports: true,
      skipTypename: true,
      defaultScalarType: 'never',
      strictScalars: true,
    },
  },
};

const config: CodegenConfig = {
  importExtension: '.ts',
  silent: true,
  generates: { ...dashboard },
};

export default config;
