import { isDatabaseAway, isRolledBack } from '#platform/database-away';
import type { Logger } from '#platform/log';
import type { Vendors } from '../providers/registry.ts';
import { fromRecord, type TimedArrival } from './arrival.ts';

interface Parts {
  vendors: Vendors;
  store: (arrivals: readonly TimedArrival[]) => Promise<void>;
  log: Logger;
}

/**
 * Stores records of the spool. Answers how many can never be stored as things are, each of which is told in the log; the
 * others are. Throws while PostgreSQL is away.
 */
export async function bringBack(records: readonly Buffer[], parts: Parts): Promise<number> {
  const arrivals = records.map((record) => read(record, parts)).filter((arrival) => arrival !== null);
  return records.length - arrivals.length + (await storeOrRefuse(arrivals, parts));
}

function read(record: Buffer, { vendors, log }: Parts): TimedArrival | null {
  try {
    const arrival = fromRecord(record, vendors);
    if (arrival === null) log.error('a spooled delivery is of a provider that is not configured');
    return arrival;
  } catch (error) {
    log.error({ err: error }, 'a spooled delivery cannot be read');
    return null;
  }
}

/** In halves, down to the one that is the reason: it keeps no other from its place. */
async function storeOrRefuse(arrivals: readonly TimedArrival[], parts: Parts): Promise<number> {
  if (arrivals.length === 0) return 0;
  try {
    await parts.store(arrivals);
    return 0;
  } catch (error) {
    if (isDatabaseAway(error) || isRolledBack(error)) throw error;
    if (arrivals.length === 1) {
      parts.log.error(
        { err: error, provider: arrivals[0]?.arrival.vendor.slug },
        'a spooled delivery cannot be stored',
      );
      return 1;
    }
    const middle = arrivals.length >> 1;
    const refused = await storeOrRefuse(arrivals.slice(0, middle), parts);
    return refused + (await storeOrRefuse(arrivals.slice(middle), parts));
  }
}
