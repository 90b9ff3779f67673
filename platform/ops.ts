import { Command, CommanderError } from 'commander';
import { sentence } from '#platform/process';

/** Where a verb prints, line by line: its result on `out`, progress and complaints on `err`. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

export const processTerminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** Adds one verb, or all verbs of one noun (`keys status`, `keys rotate`). What it needs of `parts` it opens when it runs. */
export type AddVerbs<Parts> = (program: Command, parts: Parts) => void;

/**
 * Runs one verb of an operator's program and answers the exit code: 0, or 1 with one sentence on `err`. Without a verb it
 * prints all there are. `parts` are closed at the end, whatever happened.
 */
export async function runOps<Parts extends { close(): Promise<void> }>(options: {
  subgraph: string;
  verbs: readonly AddVerbs<Parts>[];
  parts: Parts;
  args: readonly string[];
  terminal: Terminal;
}): Promise<number> {
  const { parts, args, terminal } = options;
  const program = opsProgram(options);
  try {
    if (args.length === 0) terminal.out(program.helpInformation().trimEnd());
    else await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // What commander complains of it has printed by itself; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode;
    terminal.err(sentence(error));
    return 1;
  } finally {
    await parts.close();
  }
}

/** The program with its verbs, for `runOps` and for whoever lists them. */
export function opsProgram<Parts>(options: {
  subgraph: string;
  verbs: readonly AddVerbs<Parts>[];
  parts: Parts;
  terminal: Terminal;
}): Command {
  const { terminal } = options;
  const program = new Command('ops')
    .description(`Verbs of ${options.subgraph}, run beside it with its environment.`)
    .usage('<verb> [options]')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('Without a verb, all verbs are listed; <verb> --help tells more of one.')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, '')),
    })
    .configureHelp({
      visibleCommands: (command) => (command.parent === null ? leavesOf(command) : [...command.commands]),
      subcommandTerm: (command) => `${wordsOf(command)} ${command.usage().replace('[options]', '')}`.trimEnd(),
    });
  for (const addVerbs of options.verbs) addVerbs(program, options.parts);
  return program;
}

/** A noun by itself does nothing: what is listed are the verbs that can be run. */
const leavesOf = (command: Command): Command[] =>
  command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));

function wordsOf(command: Command): string {
  const above = command.parent;
  return above === null || above.parent === null ? command.name() : `${wordsOf(above)} ${command.name()}`;
}

/** Parts of a process that are opened at their first use and closed together, last opened first closed. */
export interface OnDemand {
  /** A part that is opened once, by whoever asks first. */
  part<T>(open: () => Promise<T> | T, close?: (part: T) => Promise<unknown> | unknown): () => Promise<T>;
  close(): Promise<void>;
}

export function openOnDemand(): OnDemand {
  const opened: (() => Promise<unknown> | unknown)[] = [];
  return {
    part(open, close) {
      let part: ReturnType<typeof openNow> | undefined;
      async function openNow() {
        const made = await open();
        if (close) opened.push(() => close(made));
        return made;
      }
      return () => (part ??= openNow());
    },
    async close() {
      for (const close of opened.splice(0).reverse()) await close();
    },
  };
}
