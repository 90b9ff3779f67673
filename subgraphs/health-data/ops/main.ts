import 'reflect-metadata';
import { processTerminal as terminal, runOps } from '#platform/ops';
import { createOpsParts } from './parts.ts';
import { verbs } from './verbs.ts';

// Runs one verb beside the subgraph, with its environment: node dist/subgraphs/health-data/ops/main.js dead-letters list
process.exitCode = await runOps({
  subgraph: 'health-data',
  verbs,
  parts: createOpsParts({ env: process.env, terminal }),
  args: process.argv.slice(2),
  terminal,
});
