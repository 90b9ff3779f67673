import type { Rig } from '../rig.ts';
import { nowMs } from './now.ts';
import { EVENTS_PER_S, type Parts } from './parts.ts';
import { eachTold } from './watching.ts';

export interface Withdrawn {
  count: number;
  /** Received events that hold the signal in a night that was pushed after the withdrawal was answered. */
  ofLaterNights: number;
  /** Received events that hold the signal, more than 250 ms after it. */
  receivedLate: number;
  /** From the answer to the last event that holds the signal; below 0 when it came before. */
  lastMs: number;
  /** Sockets that were told that the view is narrower, of all that are due. */
  told: number;
  due: number;
}

export const LATE_MS = 250;

/**
 * One athlete after another withdraws SLEEP while nights of theirs keep coming. A withdrawal is committed before it is
 * answered, so whatever is told of a night that was pushed after the answer had its consent read after the commit.
 */
export async function withdrawals(parts: Parts, tokens: readonly string[]): Promise<Withdrawn> {
  const { rig, sizes, team, watching, pusher } = parts;
  const leaving = team.athleteIds.slice(0, sizes.withdrawals);
  const answeredAt = new Map<string, number>();
  const pushedAt = new Map<string, number>();
  await watching.tell();
  const storm = pusher.send({
    athleteIds: leaving,
    count: leaving.length * EVENTS_PER_S * 2,
    rate: 2 * EVENTS_PER_S,
    seen: ({ athleteId, asleepMin, dueAt }) => void pushedAt.set(`${athleteId} ${asleepMin}`, dueAt),
  });
  for (const [at, athleteId] of leaving.entries()) {
    await withdraw(rig, { teamId: team.id, token: tokens[at] ?? '' });
    answeredAt.set(athleteId, nowMs());
    await new Promise((resolve) => setTimeout(resolve, 1000 / EVENTS_PER_S));
  }
  await storm;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const arrivals = [await watching.tell()];
  const result: Withdrawn = {
    count: leaving.length,
    ofLaterNights: 0,
    receivedLate: 0,
    lastMs: -Infinity,
    told: 0,
    due: leaving.length * sizes.dashboards,
  };
  const toldNarrower = new Set<string>();
  eachTold(arrivals, ({ at, socket, told }) => {
    for (const { athleteId, basis, reason, asleepMin } of told) {
      const answered = answeredAt.get(athleteId);
      if (answered === undefined) continue;
      const holds = basis.includes('SLEEP') || asleepMin !== null;
      if (reason === 'CONSENT_CHANGED' && !holds) toldNarrower.add(`${athleteId} ${socket}`);
      if (!holds) continue;
      result.lastMs = Math.max(result.lastMs, at - answered);
      if (at - answered > LATE_MS) result.receivedLate += 1;
      if ((pushedAt.get(`${athleteId} ${asleepMin}`) ?? -Infinity) > answered) result.ofLaterNights += 1;
    }
  });
  return { ...result, told: toldNarrower.size };
}

async function withdraw({ place }: Rig, by: { teamId: string; token: string }): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${place.ports.gateway.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${by.token}` },
    body: JSON.stringify({
      query: 'mutation ($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { signal } }',
      variables: { input: { teamId: by.teamId, signal: 'SLEEP' } },
    }),
  });
  const text = await response.text();
  if (text.includes('errors')) throw new Error(`a withdrawal was answered with ${text}`);
}
