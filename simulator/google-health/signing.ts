import { createPublicKey, generateKeyPairSync, randomInt, sign } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Store, VendorState } from '../state.ts';

/** The key that deliveries are signed with; kept, so that a restart does not change it. */
interface SigningKey {
  keyId: number;
  privateKey: string;
}

/** Signs deliveries and shows the public key, as Google does for all who listen. */
export interface Signer {
  /** Base64 of 0x01, the id of the key in four bytes and an ECDSA signature over the body. */
  signatureOf(rawBody: string): string;
  addKeySet(app: FastifyInstance): void;
}

export function createSigner({ store, memory }: { store: Store; memory: VendorState }): Signer {
  const keyOf = (): SigningKey => {
    if (!memory.notes['signingKey']) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      memory.notes['signingKey'] = { keyId: randomInt(1, 2 ** 32), privateKey: pem } satisfies SigningKey;
      store.changed();
    }
    return memory.notes['signingKey'] as SigningKey;
  };
  return {
    signatureOf: (rawBody) => {
      const { keyId, privateKey } = keyOf();
      const prefix = Buffer.alloc(5);
      prefix[0] = 1;
      prefix.writeUInt32BE(keyId, 1);
      return Buffer.concat([prefix, sign('sha256', Buffer.from(rawBody), privateKey)]).toString('base64');
    },
    addKeySet: (app) => {
      app.get('/webhooks/webhooks_public_keyset.json', () => {
        const { keyId, privateKey } = keyOf();
        return { primaryKeyId: keyId, key: [tinkKey(keyId, privateKey)] };
      });
    },
  };
}

/** A public key as Tink writes it: a protobuf message of parameters and two coordinates. */
function tinkKey(keyId: number, privateKey: string): object {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x?: string; y?: string };
  // A zero before a coordinate, as big numbers with a sign have it.
  const coordinate = (text: string): Buffer => Buffer.concat([Buffer.alloc(1), Buffer.from(text, 'base64url')]);
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
  // SHA-256, P-256, DER.
  const params = Buffer.of(0x08, 3, 0x10, 2, 0x18, 2);
  const value = Buffer.concat([field(2, params), field(3, coordinate(x)), field(4, coordinate(y))]);
  return {
    keyId,
    status: 'ENABLED',
    outputPrefixType: 'TINK',
    keyData: {
      typeUrl: 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey',
      value: value.toString('base64'),
      keyMaterialType: 'ASYMMETRIC_PUBLIC',
    },
  };
}
