import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { readConfig } from '#platform/config';
import type { AskAsAthlete, ProviderAnswer, Vendor, Verification, WebhookRequest } from './provider.ts';
import type { Configured } from './reading.ts';

/** A vendor as its variables make it; those left out have their defaults. */
export function vendorWith<Shape extends Record<string, z.ZodType>>(
  create: (config: Configured<Shape> & { SIGNATURE_TOLERANCE_S: number }) => Vendor | null,
  shape: Shape,
  variables: Record<string, string>,
): Vendor {
  const vendor = create({ ...readConfig(shape, variables), SIGNATURE_TOLERANCE_S: 300 });
  if (vendor === null) throw new Error('these variables make no vendor: its credentials are missing');
  return vendor;
}

/** By the head, then by the body, as a delivery is judged. */
export function verify(vendor: Vendor, request: Partial<WebhookRequest>): Promise<Verification> {
  const asked = { rawBody: Buffer.alloc(0), headers: {}, params: {}, now: new Date(), ...request };
  const reason = vendor.webhook.refusalByHead?.(asked) ?? null;
  return Promise.resolve(reason === null ? vendor.webhook.verify(asked) : { ok: false, reason });
}

/** A file of the shared fixtures: `whoop/webhook_events.json`. */
export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(join(process.cwd(), '../shared/fixtures', name), 'utf8')) as T;

export interface SignatureVector {
  id: string;
  provider: string;
  secret?: string;
  rawBody: string;
  headers: Record<string, string>;
  valid: boolean | string;
  now?: string;
  [more: string]: unknown;
}

/** Headers as Node hands them on: names in lower case. */
export function signatureVectors(provider: string): SignatureVector[] {
  return fixture<{ vectors: SignatureVector[] }>('signatures.json')
    .vectors.filter((vector) => vector.provider === provider)
    .map((vector) => ({
      ...vector,
      headers: Object.fromEntries(Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value])),
    }));
}

export const vectorRequest = (vector: SignatureVector): Partial<WebhookRequest> => ({
  rawBody: Buffer.from(vector.rawBody),
  headers: vector.headers,
  now: vector.now === undefined ? new Date() : new Date(vector.now),
});

/** A provider that answers each address (path and query, without the host) as told, and 404 else. It keeps what was asked. */
export function answering(answers: Record<string, unknown>): { ask: AskAsAthlete; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async ask({ method, url }): Promise<ProviderAnswer> {
      const { pathname, search } = new URL(url);
      const address = `${method} ${pathname}${search}`;
      asked.push(address);
      const answer = answers[address] ?? answers[`${method} ${pathname}`];
      if (answer === undefined) return { status: 404, body: Buffer.from('{}') };
      if (typeof answer === 'number') return { status: answer, body: Buffer.from('{}') };
      return { status: 200, body: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)) };
    },
  };
}
