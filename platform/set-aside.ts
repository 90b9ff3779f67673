/** One that fails must not keep the others waiting; nor is it tried at every round. */
const ASIDE_MS = 60_000;

/** What the sweeps of one process leave aside for a while: ids, and until when (ms). */
export type SetAside = Map<string, number>;

export const leaveAside = (aside: SetAside, id: string, nowMs: number): void => void aside.set(id, nowMs + ASIDE_MS);

/** Ids that are still left aside; forgets the others. */
export function idsSetAside(aside: SetAside, nowMs: number): string[] {
  for (const [id, until] of aside) if (until <= nowMs) aside.delete(id);
  return [...aside.keys()];
}
