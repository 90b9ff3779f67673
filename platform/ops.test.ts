import { AppError } from './errors.ts';
import { openOnDemand, runOps, type AddVerbs } from './ops.ts';

interface Parts {
  store(): Promise<string>;
  close(): Promise<void>;
}

/** Runs a program of two nouns; answers what it printed and what it opened and closed. */
async function run(...args: string[]) {
  const [out, err, events]: string[][] = [[], [], []];
  const onDemand = openOnDemand();
  const parts: Parts = {
    store: onDemand.part(
      async () => (events?.push('opened'), 'the store'),
      () => void events?.push('closed'),
    ),
    close: () => onDemand.close(),
  };
  const shelves: AddVerbs<Parts> = (program, { store }) => {
    const noun = program.command('shelves').description('Where jars stand');
    noun
      .command('count')
      .description('how many there are')
      .option('--room <name>', 'of one room')
      .action(async ({ room }: { room?: string }) => {
        out?.push(`${await store()}: ${room ?? 'all'}`);
      });
    noun
      .command('break')
      .description('fails')
      .action(async () => {
        await store();
        throw new AppError('CONFLICT', 'The shelf is in use. Empty it, then try again.');
      });
  };
  const jars: AddVerbs<Parts> = (program) =>
    program
      .command('fill')
      .description('fills a jar')
      .action(() => {});
  const terminal = { out: (line: string) => void out?.push(line), err: (line: string) => void err?.push(line) };
  const code = await runOps({ subgraph: 'pantry', verbs: [shelves, jars], parts, args, terminal });
  return { code, out: out?.join('\n') ?? '', err: err?.join('\n') ?? '', events };
}

test('a verb gets its options, opens what it needs, and all is closed at the end', async () => {
  expect(await run('shelves', 'count', '--room', 'cellar')).toEqual({
    code: 0,
    out: 'the store: cellar',
    err: '',
    events: ['opened', 'closed'],
  });
});

test.each([[[]], [['--help']]])('without a verb every verb is listed, and nothing is opened (%j)', async (args) => {
  const { code, out, events } = await run(...args);
  expect(code).toBe(0);
  for (const line of ['shelves count', 'shelves break', 'fill', 'how many there are']) expect(out).toContain(line);
  expect(events).toEqual([]);
});

test('a failure is one sentence and code 1, and what was opened is closed', async () => {
  expect(await run('shelves', 'break')).toEqual({
    code: 1,
    out: '',
    err: 'The shelf is in use. Empty it, then try again.',
    events: ['opened', 'closed'],
  });
});

test.each([
  [['shelfs', 'count'], /unknown command 'shelfs'/],
  [['shelves', 'count', '--rom', 'x'], /unknown option '--rom'/],
  [['shelves', 'count', '--room'], /argument missing/],
  [['shelves'], /how many there are/],
])('a mistake in the words is told, and nothing is opened (%j)', async (args, told) => {
  const { code, out, err, events } = await run(...args);
  expect({ code, out, events }).toEqual({ code: 1, out: '', events: [] });
  expect(err).toMatch(told);
});

test('a part is opened once, and the last opened is closed first', async () => {
  const events: string[] = [];
  const onDemand = openOnDemand();
  const under = onDemand.part(
    () => events.push('open under'),
    () => events.push('close under'),
  );
  const above = onDemand.part(
    async () => (await under(), events.push('open above')),
    () => events.push('close above'),
  );
  await Promise.all([above(), above(), under()]);
  await onDemand.close();
  expect(events).toEqual(['open under', 'open above', 'close above', 'close under']);
});
