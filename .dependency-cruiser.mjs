/**
 * The walls between the folders. `npx depcruise --config .dependency-cruiser.mjs .` reads every import of the product and
 * its tests; tests/contracts/architecture.test.ts also checks that it truly saw them.
 *
 * TypeScript 7 has no API that this tool could parse with, so @swc/core does it. Without @swc/core beside it the tool
 * reads no .ts file and passes.
 */
const TEST_FILE = '[.](test|test-suite|test-support)[.]tsx?$|/testing/|^tests/';

/** Files that take values and return values: no I/O and no clock. */
const PURE = [
  '^subgraphs/insights/readiness/(formula/[^/.]*|recompute/affected-days)[.]ts$',
  '^subgraphs/insights/sleep/(debt|nudge|bedtime)[.]ts$',
  '^subgraphs/insights/training/(adjust|load|load-series|load-week|recent-load)[.]ts$',
  '^subgraphs/insights/plan/(session|suggestion|sentences)[.]ts$',
  '^subgraphs/insights/alerts/(kinds|messages|quiet-hours|push-keys)[.]ts$',
  '^subgraphs/insights/weekly/(week|sentences)[.]ts$',
  '^subgraphs/health-data/trace/(steps|stories|connection-steps|words)[.]ts$',
  '^subgraphs/health-data/normalise/(units|device|documents|normaliser|[^/]+/[^/.]*)[.]ts$',
  '^subgraphs/health-data/workouts/(sport|thin)[.]ts$',
];

/** Node's modules that touch nothing outside the process. */
const HARMLESS_NODE_MODULES = '^(node:)?(crypto|util|buffer|assert)$';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea cut in half. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere hides every wall behind it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'subgraphs-apart',
      comment: 'Two subgraphs meet only in a message, a _v1 view or a federated @key.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'subgraphs-use-platform',
      comment: 'A subgraph stands on its own rooms and on platform/.',
      severity: 'error',
      from: { path: '^subgraphs/', pathNot: TEST_FILE },
      to: { pathNot: ['^subgraphs/', '^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'platform-imports-nobody',
      comment: 'platform/ knows no provider, no formula and no subgraph.',
      severity: 'error',
      from: { path: '^platform/', pathNot: TEST_FILE },
      to: { pathNot: ['^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'gateway-imports-platform',
      comment: 'The gateway knows the subgraphs by their schema and their address only.',
      severity: 'error',
      from: { path: '^gateway/', pathNot: TEST_FILE },
      to: { pathNot: ['^gateway/', '^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'dashboard-imports-itself',
      comment: 'The dashboard speaks to the graph like any other client.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { pathNot: ['^dashboard/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'simulator-imports-platform',
      comment: 'The simulator stands in for a vendor: it shares no code with what reads the vendor.',
      severity: 'error',
      from: { path: '^simulator/', pathNot: TEST_FILE },
      to: { pathNot: ['^simulator/', '^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'migrations-import-platform',
      comment: 'A migration says what it does by itself: code it imported would change under it.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { pathNot: ['^migrations/', '^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'embedded-imports-platform',
      comment: 'embedded/ starts the programs as anybody would: by their compiled main files and their variables.',
      severity: 'error',
      from: { path: '^embedded/', pathNot: TEST_FILE },
      to: { pathNot: ['^embedded/', '^platform/', 'node_modules'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'simulator-and-embedded-unused',
      comment: 'Neither is part of the product. Tests may start them.',
      severity: 'error',
      from: { pathNot: ['^simulator/', '^embedded/', TEST_FILE, '^bench/'] },
      to: { path: '^(simulator|embedded)/' },
    },
    {
      name: 'pure-files-do-no-io',
      comment: 'Scores, baselines, units and normalisers take values and return values.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: HARMLESS_NODE_MODULES },
    },
    {
      name: 'pure-files-reach-no-io',
      comment: 'Nor through somebody they import: no database, broker, server or HTTP client.',
      severity: 'error',
      from: { path: PURE },
      to: { path: 'node_modules/(pg|typeorm|nats|fastify|undici|ws|pino)/', reachable: true },
    },
    {
      name: 'product-imports-no-tests',
      comment: 'What runs must not need what checks it.',
      severity: 'error',
      from: { pathNot: [TEST_FILE, '^bench/', '^jest[.]config[.]mjs$'] },
      to: { path: TEST_FILE },
    },
    {
      name: 'product-needs-no-dev-packages',
      comment: 'The production image holds "dependencies" only. The dashboard and schema/build.ts run at build time.',
      severity: 'error',
      from: { path: '^(platform|subgraphs|gateway|simulator|migrations)/', pathNot: TEST_FILE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    exclude: { path: '^(dist|[.]cache|[.]data|coverage)/' },
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    // Imports of types alone are walls' business too.
    tsPreCompilationDeps: true,
    // "#platform/*" of package.json: the condition "source" leads to the .ts file.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.tsx', '.mts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
