import type { Sql } from '#platform/database';

/**
 * Reads of one request. All that is asked for in the same step, before any answer has come, goes as ONE statement, whoever
 * asks: loaders need not know of each other to share it. A step ends when nothing more can be asked without an answer.
 *
 * Only for texts that read, with `$1` and so on for their values. Rows come as JSON: instants (`timestamptz`) are text, of
 * which `instantOf` makes a `Date`; dates, numbers, arrays and JSON are as ever.
 */
export function readTogether(db: Sql): Sql {
  let step: Question[] = [];

  function ask(text: string, values: unknown[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // After all promises and ticks of this step: loaders that ask further loaders are in it as well.
      if (step.push({ text, values, resolve, reject }) === 1) setImmediate(() => void send());
    });
  }

  async function send(): Promise<void> {
    const questions = step;
    step = [];
    try {
      const { text, values } = asOne(questions);
      const [answers = {}] = await db.query<Record<string, unknown>[]>(text, values);
      for (const [place, { resolve }] of questions.entries()) resolve(answers[`q${place}`] ?? []);
    } catch (error) {
      if (questions.length > 1 && isOfValues(error)) await sendAlone(questions);
      else for (const { reject } of questions) reject(error);
    }
  }

  /** A value that PostgreSQL refuses is the error of whoever sent it. */
  async function sendAlone(questions: readonly Question[]): Promise<void> {
    for (const question of questions) {
      const { text, values } = asOne([question]);
      await db
        .query<{ q0: unknown }[]>(text, values)
        .then(([answer]) => question.resolve(answer?.q0 ?? []), question.reject);
    }
  }

  return { query: ask as Sql['query'] };
}

/** An instant of a row, however the row was read. */
export function instantOf(at: Date | string): Date;
export function instantOf(at: Date | string | null): Date | null;
export function instantOf(at: Date | string | null): Date | null {
  return at === null ? null : new Date(at);
}

interface Question {
  text: string;
  values: unknown[];
  resolve: (rows: unknown) => void;
  reject: (error: unknown) => void;
}

/** Each question's rows as one column, its values behind those of the questions before it. */
function asOne(questions: readonly Question[]): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const columns = questions.map(({ text, values: own }, place) => {
    const before = values.length;
    values.push(...own);
    const numbered = text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + before}`);
    return `(select json_agg(r) from (${numbered}) r) as q${place}`;
  });
  return { text: `select ${columns.join(',\n')}`, values };
}

/** SQLSTATE class 22: data exception. */
const isOfValues = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('22');
