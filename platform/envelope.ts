import type { MsgHdrs } from 'nats';
import { sha256, type MessageSigner, type MessageVerifier } from '#platform/crypto';

export const SIGNATURE_HEADER = 'athlete-ally-signature';
export const ID_HEADER = 'Nats-Msg-Id';

/** One message as it travels: references only, signed over subject, id, time, key id and body. */
export interface Envelope<Body> {
  subject: string;
  id: string;
  issuedAt: string;
  keyId: string;
  body: Body;
}

function signedBytes(parts: {
  subject: string;
  id: string;
  issuedAt: string;
  keyId: string;
  body: Uint8Array;
}): Buffer {
  const bodyHash = sha256(Buffer.from(parts.body)).toString('hex');
  return Buffer.from(['athlete-ally/1', parts.subject, parts.id, parts.issuedAt, parts.keyId, bodyHash].join('\n'));
}

/** The bytes and headers of a message. */
export function sealEnvelope(options: {
  subject: string;
  id: string;
  issuedAt: Date;
  body: unknown;
  signer: MessageSigner;
}): {
  data: Uint8Array;
  headers: [string, string][];
} {
  const data = Buffer.from(JSON.stringify(options.body));
  const issuedAt = options.issuedAt.toISOString();
  const { keyId } = options.signer;
  const signature = options.signer.sign(
    signedBytes({ subject: options.subject, id: options.id, issuedAt, keyId, body: data }),
  );
  return {
    data,
    headers: [
      [ID_HEADER, options.id],
      [SIGNATURE_HEADER, `${keyId};${issuedAt};${signature.toString('base64url')}`],
    ],
  };
}

/** The envelope, or null for a message that is unsigned, altered, moved to another subject or signed by a stranger. */
export function openEnvelope<Body>(message: {
  subject: string;
  data: Uint8Array;
  headers?: MsgHdrs | undefined;
  verify: MessageVerifier;
}): Envelope<Body> | null {
  const id = message.headers?.get(ID_HEADER);
  const [keyId, issuedAt, signature] = message.headers?.get(SIGNATURE_HEADER).split(';') ?? [];
  if (!id || !keyId || !issuedAt || !signature) return null;
  const bytes = signedBytes({ subject: message.subject, id, issuedAt, keyId, body: message.data });
  if (!message.verify(keyId, bytes, Buffer.from(signature, 'base64url'))) return null;
  return {
    subject: message.subject,
    id,
    issuedAt,
    keyId,
    body: JSON.parse(Buffer.from(message.data).toString()) as Body,
  };
}
