const HOUR_MS = 3_600_000;

/**
 * A zone where it is between 14:30 and 15:30 while a bench begins, and the date there: no midnight, morning or slot of an
 * athlete falls into it, whenever it is run.
 */
export function quietZone(now: Date = new Date()): { timeZone: string; today: string } {
  const ahead = 15 - Math.round((now.getTime() % (24 * HOUR_MS)) / HOUR_MS);
  const hours = ahead > 12 ? ahead - 24 : ahead;
  // The sign of these names is that of the sea: Etc/GMT-3 is three hours ahead.
  const timeZone = hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  return { timeZone, today: new Date(now.getTime() + hours * HOUR_MS).toISOString().slice(0, 10) };
}
