/** Where two answers part, as paths with both values; nothing where they are the same to the byte. */
export function differences(one: unknown, other: unknown, path = '', found: string[] = []): string[] {
  if (found.length >= MOST || JSON.stringify(one) === JSON.stringify(other)) return found;
  const isBoth = [one, other].every((side) => typeof side === 'object' && side !== null);
  if (!isBoth) {
    found.push(`${path}: ${text(one)} / ${text(other)}`);
    return found;
  }
  const [left, right] = [byAthlete(one as object), byAthlete(other as object)];
  const before = found.length;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    differences(left[key], right[key], `${path}.${key}`, found);
  // The same parts in another order.
  if (found.length === before) found.push(`${path}: other order`);
  return found;
}

/** Changes of an event by the athlete and day they tell of: one that is missing does not shift all that follow. */
function byAthlete(value: object): Record<string, unknown> {
  const changes = Array.isArray(value) && value.every((one) => (one as { athleteId?: string } | null)?.athleteId);
  if (!changes) return value as Record<string, unknown>;
  const told = value as { athleteId: string; readiness?: { date: string } }[];
  return Object.fromEntries(told.map((one, at) => [`${one.athleteId} ${one.readiness?.date ?? at}`, one]));
}

/** Enough to understand a leak, and no more than anybody reads. */
const MOST = 12;

const text = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
