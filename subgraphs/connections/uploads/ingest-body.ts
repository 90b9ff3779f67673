import { z } from 'zod';
import { isId } from '#platform/ids';
import { PROVIDERS, isLocalDate, type Provider, type Signal } from '#platform/signals';

export const INGEST_KINDS = ['hrv', 'sleep'] as const;
export type IngestKind = (typeof INGEST_KINDS)[number];

/** What becomes of one kind: the domain of its deliveries, and the signals that are written. */
export const INGEST: Readonly<Record<IngestKind, { domain: string; signals: readonly Signal[] }>> = {
  hrv: { domain: 'ingest_hrv', signals: ['HRV', 'RESTING_HEART_RATE'] },
  sleep: { domain: 'ingest_sleep', signals: ['SLEEP'] },
};

/** One athlete's values of one provider, out of a request. `indexes` are their places in it. */
export interface IngestGroup {
  /** null: what stands there is no id. */
  athleteId: string | null;
  provider: Provider;
  indexes: number[];
  /** Without athlete and provider, which the delivery names. */
  items: Record<string, unknown>[];
}

export type IngestReading = { ok: true; groups: IngestGroup[]; count: number } | { ok: false; fault: string };

const MAX_ITEMS = 500;
const MAX_FAULTS = 5;

const who = {
  athleteId: z.string().min(1).max(64),
  provider: z.enum(PROVIDERS),
  date: z.string().refine(isLocalDate, 'must be a calendar date, YYYY-MM-DD'),
};
const instant = z.iso.datetime({ offset: true, message: 'must be an instant with Z or an offset' });
const number = z.number().nullish();

/** What a value may be is judged when it is normalised: here it is only of the right kind. */
const ITEMS = {
  hrv: z.strictObject({
    ...who,
    rmssdMs: z.number(),
    restingHeartRateBpm: number,
    capturedAt: instant.nullish(),
  }),
  sleep: z.strictObject({
    ...who,
    startAt: instant,
    endAt: instant,
    zoneOffset: z
      .string()
      .regex(/^(Z|[+-]\d{2}:[0-5]\d)$/, 'must be an offset such as +02:00')
      .nullish(),
    durationMin: z.number(),
    efficiencyPct: number,
    latencyMin: number,
    wakeCount: z.number().int().nullish(),
    awakeMin: number,
    deepMin: number,
    lightMin: number,
    remMin: number,
  }),
} as const;

type Given = z.infer<(typeof ITEMS)[IngestKind]>;

/** One object, or `{ items: [] }` of up to 500. The fault names fields, never what stood in them. */
export function readIngest(kind: IngestKind, body: unknown): IngestReading {
  const item: z.ZodType<Given> = ITEMS[kind];
  const isList = typeof body === 'object' && body !== null && 'items' in body;
  const schema = isList ? z.strictObject({ items: z.array(item).min(1).max(MAX_ITEMS) }) : item;
  const result = schema.safeParse(body);
  if (!result.success) return { ok: false, fault: faultOf(result.error) };
  const items = 'items' in result.data ? result.data.items : [result.data];
  return group(items);
}

function faultOf({ issues }: z.ZodError): string {
  const told = issues.slice(0, MAX_FAULTS).map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  const more = issues.length > MAX_FAULTS ? `; and ${issues.length - MAX_FAULTS} more` : '';
  return `${told.join('; ')}${more}.`;
}

function group(items: readonly Given[]): IngestReading {
  const groups = new Map<string, IngestGroup>();
  const places = new Map<string, number>();
  for (const [index, { athleteId: given, provider, ...values }] of items.entries()) {
    const athleteId = isId(given) ? given.toLowerCase() : null;
    const name = `${athleteId ?? given}/${provider}`;
    const day = `${name}/${values.date}`;
    const earlier = places.get(day);
    if (earlier !== undefined) {
      const fault = `items.${earlier} and items.${index} are of the same athlete, provider and date.`;
      return { ok: false, fault };
    }
    places.set(day, index);
    const one = groups.get(name) ?? { athleteId, provider, indexes: [], items: [] };
    one.indexes.push(index);
    one.items.push(values);
    groups.set(name, one);
  }
  return { ok: true, groups: [...groups.values()], count: items.length };
}
