import type { ParsedBody, Vendor } from '../providers/provider.ts';
import type { Vendors } from '../providers/registry.ts';

/** A request that is the provider's, read. */
export interface Arrival {
  vendor: Vendor;
  rawBody: Buffer;
  parsed: ParsedBody;
  provenance: 'signed' | 'unsigned';
  /** The time text as it was signed; empty where none is. */
  signedAt: string;
}

/** With the moment it came: in the spool it may wait for hours. */
export interface TimedArrival {
  arrival: Arrival;
  receivedAt: Date;
}

const HEAD_LENGTH_BYTES = 4;

/** As the spool keeps it: what is needed to take it in again. */
export function toRecord({ arrival, receivedAt }: TimedArrival): Buffer {
  const { vendor, provenance, signedAt, rawBody } = arrival;
  const head = Buffer.from(JSON.stringify({ slug: vendor.slug, provenance, signedAt, receivedAt }));
  const length = Buffer.alloc(HEAD_LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, rawBody]);
}

/** null: its provider is not configured any more. */
export function fromRecord(record: Buffer, vendors: Vendors): TimedArrival | null {
  const bodyAt = HEAD_LENGTH_BYTES + record.readUInt32BE(0);
  const head = JSON.parse(record.subarray(HEAD_LENGTH_BYTES, bodyAt).toString()) as {
    slug: string;
    provenance: Arrival['provenance'];
    signedAt: string;
    receivedAt: string;
  };
  const vendor = vendors.named(head.slug);
  if (!vendor) return null;
  const rawBody = record.subarray(bodyAt);
  return {
    arrival: {
      vendor,
      rawBody,
      parsed: vendor.webhook.parse(rawBody),
      provenance: head.provenance,
      signedAt: head.signedAt,
    },
    receivedAt: new Date(head.receivedAt),
  };
}
