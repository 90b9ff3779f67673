import type { SetAside } from '#platform/set-aside';
import type { LocalDate } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { ProcessParts } from './process.ts';
import { processOrSetAside } from './process-or-set-aside.ts';

/** Ids that one statement looks at: well below its time limit, however many a day has. */
const IDS = 2_000;
/** References that are processed together. */
const BATCH = 200;

const NO_DAY: LocalDate = '0001-01-01';
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The same as the sweep for what is older than its window, for as long as it stands in the log: after days without this
 * subgraph nothing else would bring it. A day is a partition. It is walked in the order of its ids, in its index and the
 * ledger's alone; a body's page is read only of what has no entry.
 * `before`: up to the day of this instant (UTC). Returns how many deliveries it found; those that failed are in `aside`.
 */
export async function sweepOldDays(
  parts: ProcessParts & { before: Date },
  aside: SetAside = new Map(),
): Promise<number> {
  const last = parts.before.toISOString().slice(0, 10);
  let count = 0;
  for (let day = await dayAfter(parts, NO_DAY); day !== null && day <= last; day = await dayAfter(parts, day)) {
    count += await sweepDay(parts, day, aside);
  }
  return count;
}

/** The next day that has deliveries. */
async function dayAfter({ db }: ProcessParts, day: LocalDate): Promise<LocalDate | null> {
  const [row] = await db.query<{ day: LocalDate | null }[]>(
    'select min(received_on) as day from connections.delivery_v1 where received_on > $1::date',
    [day],
  );
  return row?.day ?? null;
}

async function sweepDay(parts: ProcessParts, day: LocalDate, aside: SetAside): Promise<number> {
  let count = 0;
  for (let after: string | null = NO_ID; after !== null;) {
    const page = await readPage(parts, { day, after });
    if (page.oldestAt !== null) {
      parts.metrics.oldestUnnormalised.set((parts.clock.now().getTime() - page.oldestAt.getTime()) / 1000);
      parts.metrics.swept.inc({ consumer: 'normaliser' }, page.ids.length);
      parts.log.info({ count: page.ids.length, day }, 'old deliveries without an entry are normalised');
    }
    for (let at = 0; at < page.ids.length; at += BATCH) {
      const ids = page.ids.slice(at, at + BATCH);
      const references = ids.map((id) => ({ id, receivedOn: day, hash: null }));
      await processOrSetAside(parts, references, aside);
    }
    count += page.ids.length;
    after = page.last;
  }
  return count;
}

interface Page {
  /** Up to which id it looked; null when there was none. */
  last: string | null;
  /** Those without an entry. */
  ids: string[];
  oldestAt: Date | null;
}

async function readPage({ db }: ProcessParts, from: { day: LocalDate; after: string }): Promise<Page> {
  const [page] = await db.query<Page[]>(
    // By key each, whatever the planner thinks of the ledger's size.
    `with page as materialized (
       select id from connections.delivery_v1 where received_on = $1::date and id > $2 order by id limit ${IDS}
     ), unentered as materialized (
       select page.id
         from page left join lateral
              (select true as is_there from health_data.processed_delivery p where p.delivery_id = page.id limit 1) entry on true
        where entry.is_there is null
     )
     select (select id from page order by id desc limit 1) as last, coalesce(array_agg(d.id order by d.id), '{}') as ids,
            min(d.received_at) as "oldestAt"
       from unentered cross join lateral
            (select d.id, d.received_at from connections.delivery_v1 d
              where d.received_on = $1::date and d.id = unentered.id and d.domain <> $3 limit 1) d`,
    [from.day, from.after, NOTIFICATION],
  );
  return page ?? { last: null, ids: [], oldestAt: null };
}
