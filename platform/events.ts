import { z } from 'zod';
import { SIGNALS } from '#platform/signals';
import { NORMALIZED_DOMAINS, subjects } from '#platform/streams';

/**
 * What travels in the messages of each subject: the one source of their types, of the check at the consumer and of
 * `schema/events/`. References, days and counts; no health value, no name, no id at a provider. Nothing that is not named
 * here may be in one. A breaking change is a new version beside the old one, on a subject of its own.
 */

/** At most as many as one message carries, signed once. */
const MOST_REFERENCES = 200;

/** Deliveries by their place in `connections.delivery_v1`. Whoever loads a body compares it with the hash (SHA-256, hex). */
export const rawReferences = z.strictObject({
  refs: z
    .array(
      z.strictObject({
        id: z.uuid(),
        receivedOn: z.iso.date(),
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        receivedAt: z.iso.datetime(),
      }),
    )
    .min(1)
    .max(MOST_REFERENCES),
});
export type RawReferences = z.infer<typeof rawReferences>;

/** Days on which something of one domain is different now. `revision` is the highest of these days. */
export const touchedDays = z.strictObject({
  touched: z
    .array(
      z.strictObject({
        athleteId: z.uuid(),
        days: z.array(z.iso.date()).min(1),
        revision: z.int().positive(),
      }),
    )
    .min(1),
});
export type TouchedDays = z.infer<typeof touchedDays>;

/** Which views of an athlete have a new revision. Each listener reads what its viewers may see. */
export const readinessAnnouncement = z.strictObject({
  athleteId: z.uuid(),
  changes: z.array(
    z.strictObject({
      date: z.iso.date(),
      reason: z.enum(['COMPUTED', 'LATE_DATA', 'CORRECTION', 'DELETION', 'BACKFILL']),
      views: z.array(z.strictObject({ basis: z.int().min(0).max(7), revision: z.int().positive() })),
    }),
  ),
});
export type ReadinessAnnouncement = z.infer<typeof readinessAnnouncement>;

/** A job is different now: whoever may see it reads it. */
export const jobAnnouncement = z.strictObject({ jobId: z.uuid() });
export type JobAnnouncement = z.infer<typeof jobAnnouncement>;

/** Something an athlete said about one signal and one team. `epoch` rises with every word of that athlete to that team. */
export const consentChange = z.strictObject({
  athleteId: z.uuid(),
  teamId: z.uuid(),
  signal: z.enum(SIGNALS),
  epoch: z.int().positive(),
});
export type ConsentChange = z.infer<typeof consentChange>;

/** A right that ended: a membership (`teamId`) or a session (`sessionId`). */
export const accessChange = z.strictObject({
  accountId: z.uuid(),
  teamId: z.uuid().optional(),
  sessionId: z.uuid().optional(),
});
export type AccessChange = z.infer<typeof accessChange>;

/** A dead letter was stored. */
export const deadLetterAnnouncement = z.strictObject({ id: z.uuid(), stage: z.string(), reason: z.string() });
export type DeadLetterAnnouncement = z.infer<typeof deadLetterAnnouncement>;

/** Each kind of event: its subject, with a name in braces for what varies, and its body. */
export const EVENTS: readonly { subject: string; body: z.ZodType }[] = [
  { subject: subjects.raw('{provider}', '{domain}'), body: rawReferences },
  ...NORMALIZED_DOMAINS.map((domain) => ({ subject: subjects.normalized(domain), body: touchedDays })),
  { subject: subjects.readiness('{athleteId}'), body: readinessAnnouncement },
  { subject: subjects.syncJob('{provider}', '{jobId}'), body: jobAnnouncement },
  { subject: subjects.consentChanged, body: consentChange },
  { subject: subjects.accessChanged, body: accessChange },
  { subject: subjects.deadLetter('{stage}'), body: deadLetterAnnouncement },
];

/** JSON Schema of each event by file name: the subject without the product's name and without what varies. */
export function eventSchemas(): Map<string, object> {
  return new Map(
    EVENTS.map(({ subject, body }) => [
      `${subject.replace(/^athlete-ally\./, '').replaceAll(/\.\{\w+\}/g, '')}.json`,
      { title: subject, ...z.toJSONSchema(body) },
    ]),
  );
}
