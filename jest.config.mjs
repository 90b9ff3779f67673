import { partTests } from './tests/support/needs-servers.mjs';

const transform = {
  '^.+\\.[mc]?[jt]sx?$': [
    '@swc/jest',
    {
      swcrc: false,
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        keepClassNames: true,
      },
      module: { type: 'commonjs' },
    },
  ],
};

// These ship ES modules only; they are transpiled like our own files.
const esmOnly = [
  'commander',
  'content-disposition',
  'cookie',
  'cockatiel',
  'jose',
  'lossless-json',
  'oauth4webapi',
  'temporal-polyfill',
  'temporal-utils',
  'uuid',
];

const shared = {
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^#platform/(.*)$': '<rootDir>/platform/$1.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.data', '<rootDir>/.cache'],
  testEnvironment: 'node',
};

/** One PostgreSQL for all that need it. */
const withServers = {
  ...shared,
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
};

const beside = partTests(['platform', 'subgraphs', 'gateway', 'dashboard', 'simulator', 'schema', 'tests/contracts']);
const filesOf = (kind) => beside.get(kind).map((file) => `<rootDir>/${file}`);

export default {
  // Two cores: the servers of a journey need one of them.
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    // What `npm run check` runs.
    { ...shared, displayName: 'unit', testMatch: filesOf('unit') },
    { ...withServers, displayName: 'integration', testMatch: filesOf('integration') },
    // The starter's own tests start servers and whole products: slower than a unit, so not part of `npm run check`.
    { ...withServers, displayName: 'embedded', testMatch: ['<rootDir>/embedded/**/*.test.ts'] },
    {
      ...withServers,
      displayName: 'journey',
      testMatch: ['<rootDir>/tests/{journeys,chaos,browser,support}/**/*.test.ts'],
    },
  ],
};
