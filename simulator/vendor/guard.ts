import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Squad } from '../athletes/squad.ts';
import type { Story } from '../athletes/stories.ts';
import type { ApiOptions, VendorSettings, WindowUse } from './tables.ts';
import type { Faults } from './faults.ts';
import type { Grants } from './grants.ts';

/** Who asks. */
export interface Caller {
  athlete: Story;
  scopes: string[];
}

/**
 * Puts the vendor's gate before every route of a scope (one that was `register`ed): who brings no valid access token is
 * turned away, requests are counted, and ordered faults strike. Gives the function that names a request's caller.
 */
export type Guard = (scope: FastifyInstance) => (request: FastifyRequest) => Caller;

export function createGuard({
  squad,
  grants,
  faults,
  api,
  settings,
  now,
}: {
  squad: Squad;
  grants: Grants;
  faults: Faults;
  api: ApiOptions;
  settings: Pick<VendorSettings, 'rateLimit'>;
  now: () => number;
}): Guard {
  const count = createCounter({ api, rateLimit: settings.rateLimit, now });

  /** Who asks, or an answer already sent: 401, 429, or a fault that was ordered. */
  const callerOrAnswer = async (request: FastifyRequest, reply: FastifyReply): Promise<Caller | null> => {
    const token = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const grant = grants.withToken(token);
    const athlete = grant && squad.named(grant.athleteKey);
    if (!athlete) {
      await api.unauthorized(reply);
      return null;
    }
    if (faults.isDue('slow')) await pause(3000);
    if (faults.isDue('server-error')) {
      await api.unavailable(reply);
      return null;
    }
    const counted = count(api.limitedPer === 'token' ? token : '');
    const isOrdered = faults.isDue('rate-limit');
    const windows = isOrdered ? shownFull(counted, now() + ORDERED_MS) : counted;
    if (api.usageHeaders) void reply.headers(api.usageHeaders({ windows, nowMs: now() }));
    const full = windows.find(({ used, requests }) => used > requests);
    const endsAtMs = isOrdered ? now() + ORDERED_MS : full?.endsAtMs;
    if (endsAtMs !== undefined) {
      const { headers, body } = api.rateLimited({ windows, endsAtMs, nowMs: now() });
      await reply.code(429).headers(headers).send(body);
      return null;
    }
    return { athlete, scopes: grant.scopes };
  };

  return (scope) => {
    const callers = new WeakMap<FastifyRequest, Caller>();
    scope.addHook('onRequest', async (request, reply) => {
      const caller = await callerOrAnswer(request, reply);
      if (caller) callers.set(request, caller);
    });
    return (request) => {
      const caller = callers.get(request);
      if (!caller) throw new Error('The request was not authorised: the hook of this scope has not run.');
      return caller;
    };
  };
}

/** What an ordered 429 says that it takes, where the vendor says such a thing. */
const ORDERED_MS = 2000;

/** An ordered refusal looks like any other: the shortest window has no room left. What was counted stays as it is. */
const shownFull = (windows: readonly WindowUse[], endsAtMs: number): WindowUse[] =>
  windows.map((window, at) =>
    at === 0 ? { ...window, used: Math.max(window.used, window.requests), endsAtMs } : window,
  );

/** Counts a request in every window of the vendor's. */
function createCounter({
  api,
  rateLimit,
  now,
}: {
  api: ApiOptions;
  rateLimit: number;
  now: () => number;
}): (key: string) => WindowUse[] {
  const used = new Map<string, WindowUse[]>();
  return (key) => {
    const known = used.get(key) ?? [];
    const windows = api.windows.map(({ requests, sec }, index) => {
      const window = known[index];
      const isOpen = window !== undefined && window.endsAtMs > now();
      return {
        requests: index === 0 ? rateLimit : requests,
        sec,
        used: (isOpen ? window.used : 0) + 1,
        endsAtMs: isOpen ? window.endsAtMs : now() + 1000 * sec,
      };
    });
    used.set(key, windows);
    return windows;
  };
}
