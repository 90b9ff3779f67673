import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#platform/clock';
import { AppError } from '#platform/errors';
import { readRosterLink } from '#platform/roster-link';
import { BYTE_ORDER_MARK, csvLine } from './csv.ts';
import type { AccountViewer, SignIn } from './sign-in.ts';

/** Below the root of REST. */
export const ROSTER_CSV_PATH = '/teams/:id/readiness.csv';
/** File in schema/operations, without its ending. */
export const ROSTER_CSV_OPERATION = 'team-readiness';

/** Runs the stored operation as one coach. */
type AskAs = (
  viewer: AccountViewer,
  request: FastifyRequest,
) => <Data>(variables: Record<string, unknown>) => Promise<Data>;

interface Part {
  team: { name: string; rosterTable: { columns: string[]; rows: string[][]; endCursor: string | null } | null } | null;
}

/** Whose file it is and what stands in it: as a link says, or as whoever is signed in asks. */
interface Wanted {
  viewer: AccountViewer;
  days: number | null;
  filter: Record<string, unknown> | null;
}

/**
 * GET …/readiness.csv, by a link of the mutation `rosterCsvLink` or with an access token. A link is a pointer: the session
 * it was made in must live, and the file is made of what this coach is shown at this moment, part by part, so that
 * nothing is held and a withdrawal holds from its commit on.
 */
export function serveRosterCsv(
  api: FastifyInstance,
  options: {
    askAs: AskAs;
    signIn: SignIn;
    signedIn: (request: FastifyRequest) => Promise<AccountViewer>;
    linkKey: Buffer;
    clock: Clock;
    refuse: (reply: FastifyReply, error: AppError) => FastifyReply;
  },
): void {
  const { askAs, signIn, linkKey, clock } = options;

  async function wantedBy(request: FastifyRequest, teamId: string): Promise<Wanted> {
    const { link, days } = request.query as { link?: unknown; days?: unknown };
    if (link === undefined) return { viewer: await options.signedIn(request), days: daysIn(days), filter: null };
    const said = readRosterLink({ key: linkKey, link: String(link), now: clock.now() });
    const viewer = await signIn.session({ sessionId: said.sessionId, isActivity: true });
    if (viewer.accountId !== said.accountId || said.teamId !== teamId) throw noSuchTeam();
    return { viewer, days: said.days, filter: said.filter };
  }

  api.get(ROSTER_CSV_PATH, async (request, reply) => {
    try {
      const teamId = (request.params as { id: string }).id;
      const { viewer, days, filter } = await wantedBy(request, teamId);
      const ask = askAs(viewer, request);
      const read = async (after: string | null) => {
        const { team } = await ask<Part>({ id: teamId, days, filter, after });
        if (!team?.rosterTable) throw noSuchTeam();
        return { name: team.name, ...team.rosterTable };
      };
      // Before the head of the answer leaves: a refusal is a problem to read, and no file.
      const first = await read(null);
      const { bom } = request.query as { bom?: unknown };
      const day = clock.now().toISOString().slice(0, 10);
      return await reply
        .header('content-type', 'text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="readiness-${day}.csv"`)
        .send(Readable.from(linesOf({ first, read, mark: bom === '1' ? BYTE_ORDER_MARK : '' }), { objectMode: false }));
    } catch (error) {
      if (error instanceof AppError) return options.refuse(reply, error);
      throw error;
    }
  });
}

interface FilePart {
  name: string;
  columns: string[];
  rows: string[][];
  endCursor: string | null;
}

/** One part at a time, when the reader has taken the one before. A part that fails breaks the answer off: no file ends early and looks whole. */
async function* linesOf(options: {
  first: FilePart;
  read: (after: string) => Promise<FilePart>;
  mark: string;
}): AsyncGenerator<string> {
  let part = options.first;
  yield options.mark + csvLine(['team', ...part.columns]);
  for (;;) {
    const { name, rows, endCursor } = part;
    if (rows.length > 0) yield rows.map((row) => csvLine([name, ...row])).join('');
    if (endCursor === null) return;
    part = await options.read(endCursor);
  }
}

function daysIn(text: unknown): number | null {
  if (text === undefined) return null;
  if (typeof text === 'string' && /^\d{1,3}$/.test(text)) return Number(text);
  throw new AppError('BAD_USER_INPUT', '"days" is not a whole number. Write it as ?days=7.');
}

const noSuchTeam = (): AppError => new AppError('NOT_FOUND', 'There is no such team among those you coach.');
