import { opsProgram } from '#platform/ops';
import { PROGRAMS_OF_VERB } from '../../../embedded/ops-programs.ts';
import { createOpsParts } from './parts.ts';
import { verbs } from './verbs.ts';

const terminal = { out: () => undefined, err: () => undefined };

test('npm run ops finds each verb of insights by its first word', () => {
  const parts = createOpsParts({ env: {}, terminal });
  const words = opsProgram({ subgraph: 'insights', verbs, parts, terminal }).commands.map((verb) => verb.name());
  const found = Object.keys(PROGRAMS_OF_VERB).filter((word) => PROGRAMS_OF_VERB[word]?.includes('insights'));
  expect(words.sort()).toEqual(found.sort());
});
