import { archiveKey, archivePlace, archivePrefix, type Archive, type ArchivePlace } from '#platform/archive';
import type { Clock } from '#platform/clock';
import { associatedData, sha256 } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { PayloadKeys } from '#platform/payload-keys';
import { CannotStart } from '#platform/process';
import { PROVIDERS, isLocalDate, providerNamed, providerSlug, type LocalDate, type Provider } from '#platform/signals';
import { NOTIFICATION } from '#platform/streams';
import type { NewDelivery } from '../webhooks/new-delivery.ts';
import { storeDeliveries } from '../webhooks/store-deliveries.ts';
import { erasedAmong } from './erase.ts';
import { decodeObject, openObject, type SealedObject } from './object.ts';

const DAY_MS = 86_400_000;
/** Objects read, opened and stored at a time: their bodies are in memory at once, 10 MiB each at the worst. */
const BATCH = 16;

/** What is replayed: deliveries of one provider by the day on which they came (UTC, both ends included). */
export interface ReplayRange {
  provider: Provider;
  from: LocalDate;
  to: LocalDate;
}

/** Reads what an operator typed. Throws CannotStart with what is wrong about it. */
export function replayRange(typed: { provider: string; from: string; to: string }): ReplayRange {
  const provider = providerNamed(typed.provider);
  if (provider === null) {
    const names = PROVIDERS.map(providerSlug).join(', ');
    throw new CannotStart(`There is no provider of this name. Say --provider with one of ${names}.`);
  }
  for (const day of [typed.from, typed.to])
    if (!isLocalDate(day)) throw new CannotStart('--from and --to are calendar days, such as 2026-11-01.');
  if (typed.from > typed.to)
    throw new CannotStart(`The range ends before it begins: --from ${typed.from} is later than --to ${typed.to}.`);
  return { provider, from: typed.from, to: typed.to };
}

export interface ReplayReport {
  /** Objects looked at so far. */
  read: number;
  /** Stored again; in a dry run, those that would be. */
  replayed: number;
  /** Stored by an earlier run of the same id. */
  repeated: number;
  /** They only say "fetch this": what was fetched is an object of its own. */
  notifications: number;
  /** Their athlete was erased (the key is gone, nobody can open them), or had this provider's data deleted. */
  erased: number;
  /** Deliveries whose object was changed, moved or cut short. Nothing of it is believed. */
  damaged: string[];
  /** `2026-11-01 sleep`, and how many were (or would be) replayed. */
  domains: Map<string, number>;
}

export interface ReplayParts {
  db: Database;
  archive: Archive;
  payloadKeys: PayloadKeys;
  clock: Clock;
}

/**
 * Stores archived deliveries once more, each as a delivery of its own that takes the ordinary road: nobody is told of it,
 * and the consumers' sweeps find it within a minute, so that a replay needs no broker. Times and origin are those of the
 * first, so that rows which are right win over it and stay as they are, and rows which are gone come back.
 * The same `runId` again goes on where a run stopped and repeats nothing (for as long as delivery keys are kept: 30 days).
 */
export async function replay(
  parts: ReplayParts,
  options: ReplayRange & {
    /** null: everybody's. */
    athleteId: string | null;
    runId: string;
    isDryRun: boolean;
    onProgress: (day: LocalDate, report: ReplayReport) => void;
  },
): Promise<ReplayReport> {
  const report: ReplayReport = {
    read: 0,
    replayed: 0,
    repeated: 0,
    notifications: 0,
    erased: 0,
    damaged: [],
    domains: new Map(),
  };
  for (const receivedOn of daysOf(options)) {
    const { provider, athleteId } = options;
    const prefix = archivePrefix({ provider, receivedOn, ...(athleteId === null ? {} : { athleteId }) });
    for await (const places of batches(parts.archive.list(prefix))) {
      await replayBatch({ ...parts, ...options, report }, places);
      options.onProgress(receivedOn, report);
    }
  }
  return report;
}

function* daysOf({ from, to }: Pick<ReplayRange, 'from' | 'to'>): Generator<LocalDate> {
  for (let day = from; day <= to; day = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)) yield day;
}

async function* batches(keys: AsyncIterable<string>): AsyncGenerator<ArchivePlace[]> {
  let batch: ArchivePlace[] = [];
  for await (const key of keys) {
    const place = archivePlace(key);
    if (place !== null) batch.push(place);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface ReplayState extends ReplayParts {
  runId: string;
  isDryRun: boolean;
  report: ReplayReport;
}

async function replayBatch(state: ReplayState, places: readonly ArchivePlace[]): Promise<void> {
  const { db, payloadKeys, report } = state;
  const deliveries = await readBatch(state, places);
  report.read += places.length;
  const { isNew } = state.isDryRun
    ? { isNew: deliveries.map(() => true) }
    : await storeDeliveries(db, { deliveries: deliveries.map(({ delivery }) => delivery), payloadKeys });
  deliveries.forEach(({ place, delivery }, at) => {
    if (!isNew[at]) {
      report.repeated += 1;
      return;
    }
    report.replayed += 1;
    const line = `${place.receivedOn} ${delivery.domain}`;
    report.domains.set(line, (report.domains.get(line) ?? 0) + 1);
  });
}

/** Reads and opens objects; what cannot be replayed, or must not, is counted and left out. */
async function readBatch(
  { db, archive, payloadKeys, clock, runId, report }: ReplayState,
  places: readonly ArchivePlace[],
): Promise<{ place: ArchivePlace; delivery: NewDelivery }[]> {
  const objects = await readObjects(archive, places, report);
  const data = objects.filter(({ domain }) => domain !== NOTIFICATION);
  report.notifications += objects.length - data.length;
  await payloadKeys.load(
    db,
    data.map(({ keyId }) => keyId),
  );
  const erased = await erasedAmong(db, places[0]?.provider as Provider, data);
  const deliveries: { place: ArchivePlace; delivery: NewDelivery }[] = [];
  for (const object of data) {
    if (erased.has(object) || !payloadKeys.has(object.keyId)) {
      report.erased += 1;
      continue;
    }
    const body = openObject(object, payloadKeys);
    if (body === null) {
      report.damaged.push(object.deliveryId);
      continue;
    }
    deliveries.push({ place: object, delivery: deliveryOf(object, { body, runId, now: clock.now() }) });
  }
  return deliveries;
}

async function readObjects(
  archive: Archive,
  places: readonly ArchivePlace[],
  report: ReplayReport,
): Promise<SealedObject[]> {
  const bodies = await Promise.all(places.map((place) => archive.get(archiveKey(place))));
  return places.flatMap((place, at) => {
    const bytes = bodies[at] ?? null;
    // Retention took it between the listing and now.
    if (bytes === null) return [];
    const object = decodeObject(bytes, place);
    if (object === null) report.damaged.push(place.deliveryId);
    return object ?? [];
  });
}

const deliveryOf = (object: SealedObject, part: { body: Buffer; runId: string; now: Date }): NewDelivery => ({
  provider: object.provider,
  domain: object.domain,
  athleteId: object.athleteId,
  connectionId: object.connectionId,
  keyId: object.keyId,
  deliveryKey: sha256(associatedData(['replayed', part.runId, object.deliveryId])),
  body: part.body,
  sourceUpdatedAt: object.sourceUpdatedAt,
  receivedAt: part.now,
  firstReceivedAt: object.receivedAt,
  provenance: object.provenance as NewDelivery['provenance'],
});
