import 'reflect-metadata';
import { processTerminal as terminal, runOps } from '#platform/ops';
import { createOpsParts } from './parts.ts';
import { verbs } from './verbs.ts';

// Runs one verb beside the subgraph, with its environment: node dist/subgraphs/insights/ops/main.js readiness explain
process.exitCode = await runOps({
  subgraph: 'insights',
  verbs,
  parts: createOpsParts({ env: process.env, terminal }),
  args: process.argv.slice(2),
  terminal,
});
