import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Database } from '#platform/database';

/** Counts that all replicas share, in the table `rate_limit`. One statement each; rejects when the database is away. */
export interface Counter {
  /**
   * Takes up to `points` of the `limit` that a stretch of `perS` seconds has; the stretch begins with the first take.
   * `granted` is what was still free of it, `endsInMs` when the next stretch begins.
   */
  take(options: {
    key: string;
    points?: number;
    limit: number;
    perS: number;
  }): Promise<{ granted: number; endsInMs: number }>;
  /** Gives one point back. */
  giveBack(options: { key: string; limit: number; perS: number }): Promise<void>;
}

export function createCounter({ db }: { db: Database }): Counter {
  const limiters = new Map<string, RateLimiterPostgres>();

  function limiterOf(limit: number, perS: number): RateLimiterPostgres {
    const name = `${limit}/${perS}`;
    let limiter = limiters.get(name);
    if (!limiter) {
      limiter = new RateLimiterPostgres({
        storeClient: db.source,
        storeType: 'typeorm',
        schemaName: 'connections',
        tableName: 'rate_limit',
        // By the migration: this role may make no tables.
        tableCreated: true,
        keyPrefix: '',
        points: limit,
        duration: perS,
        // One of them sweeps for all: they share the table.
        clearExpiredByTimeout: limiters.size === 0,
      });
      limiters.set(name, limiter);
    }
    return limiter;
  }

  return {
    async take({ key, points = 1, limit, perS }) {
      // `penalty` counts and answers; `consume` would reject a batch of which a part is still free.
      const { consumedPoints, msBeforeNext } = await limiterOf(limit, perS).penalty(key, points);
      const free = limit - (consumedPoints - points);
      return { granted: Math.max(0, Math.min(points, free)), endsInMs: msBeforeNext };
    },
    async giveBack({ key, limit, perS }) {
      await limiterOf(limit, perS).reward(key);
    },
  };
}
