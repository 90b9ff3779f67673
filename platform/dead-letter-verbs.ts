import { InvalidArgumentError, type Command } from 'commander';
import type { DeadLetter, LetterFilter } from '#platform/dead-letters';
import { AppError } from '#platform/errors';
import { isId } from '#platform/ids';
import type { AddVerbs, Terminal } from '#platform/ops';
import { providerNamed, providerSlug, type Provider } from '#platform/signals';

/** What became of a letter that was tried again. `told` is for people: one sentence, no values. */
export interface Retried {
  id: string;
  /** asked_again: the running subgraph does it, and the letter stays open until it is done. */
  ending: 'retried' | 'asked_again' | 'failed';
  told: string;
}

/** The letters of one subgraph, as the verbs handle them. */
export interface LetterDesk {
  readonly subgraph: string;
  find(filter: LetterFilter): Promise<DeadLetter[]>;
  /** The opened body, on record; null when it is gone. */
  body(letter: DeadLetter): Promise<Buffer | null>;
  /** Open letters only, in portions that one transaction can hold. */
  retry(letters: readonly DeadLetter[]): Promise<Retried[]>;
  /** Answers those that were open. */
  drop(ids: readonly string[], note: string): Promise<string[]>;
  /** Those that are no letter of any subgraph: asked of the last program that runs, the others answer none. */
  unknown(ids: readonly string[]): Promise<string[]>;
}

interface Narrowed {
  stage?: string;
  provider?: Provider;
  reason?: string;
}

const SHOWN = 50;
const PORTION = 100;
/** Of one run; the next run takes the next. */
const MOST_RETRIED = 10_000;

/** dead-letters list, show, retry, drop: for a subgraph that keeps letters. An id of another subgraph is passed over. */
export function deadLetterVerbs<Parts extends { terminal: Terminal }>(
  openDesk: (parts: Parts) => Promise<LetterDesk>,
): AddVerbs<Parts> {
  return (program, parts) => {
    const { terminal } = parts;
    const noun = program.command('dead-letters').description('What could not be read, fetched, normalised or computed');
    addList(noun, terminal, () => openDesk(parts));
    noun
      .command('show')
      .description('all that is known of a letter')
      .argument('<id>', 'of the letter', toId)
      .option('--body', 'open the sealed body and print it; the athlete sees that somebody looked')
      .option('--json', 'print it for a program')
      .action(async (id: string, options: { body?: true; json?: true }) =>
        show(await openDesk(parts), { ...options, id, terminal }),
      );
    noun
      .command('retry')
      .description('try letters again, by id or all open ones of a reason')
      .argument('[id...]', 'of letters', toIds)
      .option('--stage <name>', 'intake, fetch, normalise or recompute')
      .option('--provider <name>', 'of this provider only: oura', toProvider)
      .option('--reason <word>', 'set aside for this reason')
      .option('--json', 'print the result for a program')
      .action(async (ids: string[], options: Narrowed & { json?: true }) =>
        retry(await openDesk(parts), { ...options, ids, terminal }),
      );
    noun
      .command('drop')
      .description('close letters that need no retry; they are forgotten after 90 days')
      .argument('<id...>', 'of letters', toIds)
      .requiredOption('--note <text>', 'why, for whoever looks later; no health values')
      .action(async (ids: string[], { note }: { note: string }) => {
        const desk = await openDesk(parts);
        for (const id of await desk.drop(ids, note)) terminal.out(`${id} dropped`);
        await complainOfUnknown(desk, ids);
      });
  };
}

function addList(noun: Command, terminal: Terminal, openDesk: () => Promise<LetterDesk>): void {
  noun
    .command('list')
    .description('letters, newest first; open ones unless --all')
    .option('--stage <name>', 'intake, fetch, normalise or recompute')
    .option('--provider <name>', 'of this provider only: oura', toProvider)
    .option('--reason <word>', 'set aside for this reason')
    .option('--open', 'only those that nobody has resolved (this is the default)')
    .option('--all', 'resolved ones as well')
    .option('--limit <number>', 'at most so many of each subgraph', toCount, SHOWN)
    .option('--json', 'print it for a program: a line for each subgraph')
    .action(async (options: Narrowed & { all?: true; limit: number; json?: true }) => {
      const desk = await openDesk();
      const letters = await desk.find(filterOf(options, { isOpen: options.all !== true, limit: options.limit }));
      if (options.json) return terminal.out(JSON.stringify({ subgraph: desk.subgraph, letters }));
      terminal.out(headingOf(desk.subgraph, letters.length, options));
      for (const letter of letters) terminal.out(`  ${lineOf(letter)}`);
    });
}

const filterOf = (narrowed: Narrowed, rest: Pick<LetterFilter, 'isOpen' | 'limit'>): LetterFilter => ({
  ids: null,
  stage: narrowed.stage ?? null,
  provider: narrowed.provider ?? null,
  reason: narrowed.reason ?? null,
  ...rest,
});

const one = (id: string): LetterFilter => ({ ...filterOf({}, { isOpen: false, limit: 1 }), ids: [id] });

function headingOf(subgraph: string, count: number, { all, limit }: { all?: true; limit: number }): string {
  const kind = all ? 'dead' : 'open dead';
  if (count === 0) return `${subgraph}: no ${kind} letters`;
  return `${subgraph}: ${count}${count === limit ? ' newest' : ''} ${kind} ${count === 1 ? 'letter' : 'letters'}`;
}

const lineOf = (letter: DeadLetter): string =>
  [
    letter.id,
    letter.createdAt.toISOString(),
    letter.stage.padEnd(9),
    (letter.provider === null ? '-' : providerSlug(letter.provider)).padEnd(14),
    letter.resolution === null ? letter.reason : `${letter.reason} (${letter.resolution})`,
  ].join('  ');

async function show(
  desk: LetterDesk,
  options: { id: string; body?: true; json?: true; terminal: Terminal },
): Promise<void> {
  const { id, terminal } = options;
  const [letter] = await desk.find(one(id));
  if (!letter) return complainOfUnknown(desk, [id]);
  const body = options.body ? await desk.body(letter) : undefined;
  if (options.json) {
    const text = body === undefined ? {} : { body: body?.toString() ?? null };
    return terminal.out(JSON.stringify({ subgraph: desk.subgraph, ...letter, ...text }));
  }
  for (const [name, value] of factsOf(letter)) terminal.out(`${name.padEnd(11)}${value}`);
  if (body === undefined) return;
  terminal.out('');
  if (letter.deliveryId === null) terminal.out('There is no body: this letter is of no delivery.');
  else terminal.out(body === null ? 'The body is no longer there, or its key was destroyed.' : body.toString());
}

function bodyWords({ deliveryId, hasBody }: DeadLetter): string | null {
  if (deliveryId === null) return null;
  return hasBody ? 'in the database, sealed' : 'no longer in the database';
}

function factsOf(letter: DeadLetter): [string, string][] {
  const { resolvedAt, resolution } = letter;
  const facts: [string, string | null][] = [
    ['letter', letter.id],
    ['set aside', letter.createdAt.toISOString()],
    ['stage', letter.stage],
    ['reason', letter.reason],
    ['detail', letter.detail],
    ['provider', letter.provider === null ? null : providerSlug(letter.provider)],
    ['domain', letter.domain],
    ['athlete', letter.athleteId ?? 'nobody we know'],
    ['delivery', letter.deliveryId === null ? null : `${letter.deliveryId} of ${letter.receivedOn}`],
    ['record', letter.recordId],
    ['body', bodyWords(letter)],
    ['state', resolvedAt === null ? 'open' : `${resolution}, ${resolvedAt.toISOString()}`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

async function retry(
  desk: LetterDesk,
  options: Narrowed & { ids: readonly string[]; json?: true; terminal: Terminal },
): Promise<void> {
  const { ids, terminal } = options;
  if (ids.length === 0 && options.reason === undefined && options.provider === undefined)
    throw new AppError(
      'BAD_USER_INPUT',
      'Say which letters: their ids, or --reason and --provider. dead-letters list names them.',
    );
  const filter = filterOf(options, { isOpen: true, limit: MOST_RETRIED });
  const letters = await desk.find(ids.length === 0 ? filter : { ...filter, ids });
  const results: Retried[] = [];
  for (let at = 0; at < letters.length; at += PORTION) {
    const portion = await desk.retry(letters.slice(at, at + PORTION));
    results.push(...portion);
    if (!options.json) for (const { id, told } of portion) terminal.out(`${id}  ${told}`);
  }
  if (options.json) terminal.out(JSON.stringify({ subgraph: desk.subgraph, letters: results }));
  else if (ids.length === 0 && letters.length === 0) terminal.out(`${desk.subgraph}: no open letter is like that`);
  await complainOfUnknown(desk, ids);
}

async function complainOfUnknown(desk: LetterDesk, ids: readonly string[]): Promise<void> {
  const unknown = ids.length === 0 ? [] : await desk.unknown(ids);
  if (unknown.length === 0) return;
  throw new AppError(
    'NOT_FOUND',
    `There is no dead letter ${unknown.join(', ')}. It never was, or it was resolved more than 90 days ago: dead-letters list --all names those there are.`,
  );
}

function toId(text: string): string {
  if (!isId(text)) throw new InvalidArgumentError('An id looks like 0193a000-0000-7000-8000-000000000001.');
  return text.toLowerCase();
}

const toIds = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), toId(text)];

function toProvider(text: string): Provider {
  const provider = providerNamed(text);
  if (provider === null) throw new InvalidArgumentError('There is no such provider. Write it as in addresses: oura.');
  return provider;
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Choose a whole number from 1.');
  return count;
}
